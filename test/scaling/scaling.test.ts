/** Whatever comes from outside may be large, and may be made to be slow: each kind of it, as it is read, changed and shown. */
import { HttpResponse } from '@smithy/core/protocols'
import { describe, expect, test } from 'vitest'
import { createIam } from '../../src/aws/iam.ts'
import { requestedPages } from '../../src/aws/paginator.ts'
import { NotXml, parseXml } from '../../src/aws/xml.ts'
import { parseKnown } from '../../src/cli/argparse.ts'
import { loadYaml } from '../../src/cli/yaml-document.ts'
import { parseIni } from '../../src/config/ini.ts'
import { readProfiles } from '../../src/config/profiles.ts'
import type { Transport } from '../../src/core/transport.ts'
import { proxyFor } from '../../src/http/proxy.ts'
import { ResponseParser } from '../../src/http/response-parser.ts'
import { pagesRenderer } from '../../src/output/pages.ts'
import { compileQuery } from '../../src/output/query.ts'
import { type Format, renderer } from '../../src/output/render.ts'
import { parseDate } from '../../src/python/datetime.ts'
import { loads } from '../../src/python/json-decoder.ts'
import { expandUser, expandVars } from '../../src/python/path.ts'
import { split } from '../../src/python/shlex.ts'
import { strip } from '../../src/python/str.ts'
import type { Dict, Value } from '../../src/python/value.ts'
import { csvFormat } from '../../src/stores/csv.ts'
import { dotenvFormat } from '../../src/stores/env-file.ts'
import type { TextFormat } from '../../src/stores/file.ts'
import { githubEnvFormat } from '../../src/stores/github-env.ts'
import { credentialsFormat } from '../../src/stores/profile.ts'
import { DAY, START, world } from '../rotation/world.ts'
import { testHost } from '../support/host.ts'
import { expectLinear, growth } from './growth.ts'

const bytes = (text: string) => Buffer.from(text)
const lines = (n: number, line: (index: number) => string) => Array.from({ length: n }, (_, index) => line(index)).join('\n')
/** What a refusal costs is of interest, too. */
const attempt = (act: () => unknown) => {
  try {
    return act()
  } catch (error) {
    return error
  }
}

describe('the measure', () => {
  test('tells what is quadratic', async () => {
    const repeat = (n: number) => {
      let sum = 0
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += j
      return sum
    }
    // Compiled before it is measured: the first and smallest size would pay for that.
    repeat(6000)
    expect(await growth(3000, n => n, repeat)).toBeGreaterThan(8)
  })

  test('tells what is linear', async () => {
    await expectLinear(
      50_000,
      n => n,
      n => lines(n, String).length,
    )
  })
})

describe('a configuration file', () => {
  test.each<[string, number, (n: number) => string]>([
    ['of many sections', 5000, n => lines(n, i => `[p${i}]\naws_access_key_id = AKIA${i}\naws_secret_access_key = s\n`)],
    ['of many keys', 20_000, n => `[a]\n${lines(n, i => `k${i} = v`)}`],
    ['with a value of many lines', 20_000, n => `[a]\nk = v\n${lines(n, i => `  more ${i}`)}`],
    ['with a block of many lines', 20_000, n => `[a]\nk =\n${lines(n, i => `  k${i} = v`)}`],
    ['of many comments', 50_000, n => `[a]\n${lines(n, () => '  # c')}`],
    ['with blanks within a value', 50_000, n => `[a]\nk = b${' '.repeat(n)}x`],
    ['with blanks within a name', 50_000, n => `[default${' '.repeat(n)}]\nk = v`],
    ['with blanks before a sign', 50_000, n => `[a]\nk${' '.repeat(n)}= v`],
    ['of blanks', 50_000, n => `[a]\nk = v\n${' '.repeat(n)}`],
    ['with a line without end', 200_000, n => `[a]\nk = ${'x'.repeat(n)}`],
    ['that is no such file', 50_000, n => `[a]\nk = v\n${'['.repeat(n)}`],
  ])('%s', async (_, n, make) => {
    await expectLinear(
      n,
      size => bytes(make(size)),
      file => attempt(() => parseIni(file)),
    )
  })

  test('and a credentials file, of as many profiles', async () => {
    const files = (n: number) => ({
      '~/.aws/config': lines(n, i => `[profile p${i}]\nregion = eu-west-1\nservices = s`),
      '~/.aws/credentials': lines(n, i => `[p${i}]\naws_access_key_id = AKIA${i}`),
    })
    await expectLinear(3000, n => testHost({ files: files(n) }), readProfiles)
  })
})

const KEY = { UserName: 'Bob', AccessKeyId: 'AKIANEW', SecretAccessKey: 'new/secret+=' }

describe('a store', () => {
  const dotenv = (n: number, line: (i: number) => string) => `${lines(n, line)}\nAWS_ACCESS_KEY_ID=A\nAWS_SECRET_ACCESS_KEY=s\n`
  const pair = 'AWS_ACCESS_KEY_ID=A\nAWS_SECRET_ACCESS_KEY=s'
  const profile = (i: number) => `[p${i}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG\n`
  const cases: [string, TextFormat, number, (n: number) => string][] = [
    ['dotenv, of many variables', dotenvFormat, 10_000, n => dotenv(n, i => `V${i}=value`)],
    ['dotenv, of one variable many times', dotenvFormat, 10_000, n => lines(n, () => pair)],
    ['dotenv, with blanks within a value', dotenvFormat, 30_000, n => dotenv(1, () => `V=a${' '.repeat(n)}x`)],
    ['dotenv, with blanks and no value', dotenvFormat, 30_000, n => dotenv(1, () => `V=${' \t'.repeat(n)}`)],
    ['dotenv, with signs of comments', dotenvFormat, 30_000, n => dotenv(1, () => `V=a${'#'.repeat(n)}`)],
    ['dotenv, with a quotation left open', dotenvFormat, 30_000, n => `V="${'a\\"'.repeat(n)}`],
    ['dotenv, with a word without a sign', dotenvFormat, 30_000, n => dotenv(1, () => 'a'.repeat(n))],
    ['github-env, of many keys', githubEnvFormat, 10_000, n => `${lines(n, () => pair)}\n`],
    ['github-env, of other lines', githubEnvFormat, 20_000, n => `${lines(n, () => 'AWS_ACCESS_KEY_ID=x')}\n`],
    ['csv, of many users', csvFormat, 10_000, n => `User Name,Access key ID,Secret access key\n${lines(n, i => `u${i},AKIA,s`)}\n`],
    ['a profile among many', credentialsFormat('prod'), 3000, n => `${lines(n, profile)}\n[prod]\naws_access_key_id = A\n`],
    ['a profile of many keys', credentialsFormat('prod'), 5000, n => `[prod]\n${lines(n, i => `k${i} = v`)}\n`],
    ['a profile below empty lines', credentialsFormat('prod'), 30_000, n => `[a]\nk = v${'\n'.repeat(n)}k2 = v`],
  ]
  test.each(cases)('of %s', async (_, format, n, make) => {
    await expectLinear(n, make, text => {
      attempt(() => format.read(text, 'Bob'))
      const written = attempt(() => format.write(text, KEY))
      attempt(() => format.remove(typeof written === 'string' ? written : text, 'Bob'))
    })
  })

  test('a credentials file of 5 MB takes a new key in a second or so', () => {
    const text = lines(60_000, profile)
    expect(text.length).toBeGreaterThan(5_000_000)
    const before = process.cpuUsage()
    credentialsFormat('p59999').write(text, KEY)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6).toBeLessThan(10)
  })

  test('a whole rotation with a credentials file of many profiles', async () => {
    const path = '/home/user/.aws/credentials'
    await expectLinear(
      3000,
      n => lines(n, profile),
      async text => {
        const here = world()
        const old = here.account.addKey('Bob', START - 100 * DAY)
        const admin = here.account.addKey('ops', START - 10 * DAY)
        here.write(path, `${text}\n[bob]\naws_access_key_id = ${old.id}\naws_secret_access_key = ${old.secret}\n`)
        const signer = { AccessKeyId: admin.id, SecretAccessKey: admin.secret }
        const { failure } = await here.run({ UserName: 'Bob', store: ['profile:bob'] }, signer)
        const [, created] = here.account.liveKeys('Bob')
        expect(failure).toBeUndefined()
        expect(here.file(path)).toBe(`${text}\n[bob]\naws_access_key_id = ${created?.id}\naws_secret_access_key = ${created?.secret}\n`)
      },
    )
  }, 60_000)
})

describe('a reply', () => {
  const member = (i: number) =>
    `<member><UserName>Bob</UserName><AccessKeyId>AKIA${i}</AccessKeyId><Status>Active</Status><CreateDate>2015-03-09T18:39:23Z</CreateDate></member>`
  const listed = (members: string) =>
    `<ListAccessKeysResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListAccessKeysResult><AccessKeyMetadata>${members}</AccessKeyMetadata>` +
    '<IsTruncated>false</IsTruncated></ListAccessKeysResult></ListAccessKeysResponse>'

  /** Asked for through the SDK, as every reply is. */
  const asked = async (operation: 'ListAccessKeys' | 'CreateAccessKey', body: string, statusCode = 200) => {
    const transport: Transport = {
      metadata: { handlerProtocol: 'http/1.1' },
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
      destroy() {},
      handle: async () => ({ response: new HttpResponse({ statusCode, headers: {}, body: bytes(body) }) }),
    }
    const iam = createIam({
      region: 'us-east-1',
      endpoint: undefined,
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      credentials: { accessKeyId: 'AKIASIGNER', secretAccessKey: 'signer' },
      transport,
      userAgent: [['iamkey', '1']],
    })
    await iam.call(operation, {}).catch(() => {})
  }

  test.each<[string, number, (n: number) => string]>([
    ['with many keys', 3000, n => listed(lines(n, member))],
    ['with what the model does not know', 5000, n => listed(lines(n, i => `<other>${i}</other>`))],
    ['with one member many times', 5000, n => listed(`<member>${'<UserName>Bob</UserName>'.repeat(n)}</member>`)],
    ['with a long text', 100_000, n => listed(`<member><UserName>${'x&amp;'.repeat(n)}</UserName></member>`)],
    ['of elements in one another', 5000, n => listed('<a>'.repeat(n) + '</a>'.repeat(n))],
    ['that is cut off', 5000, n => `${listed(lines(n, member)).slice(0, -20)}`],
  ])('%s', async (_, n, make) => {
    await expectLinear(n, make, body => asked('ListAccessKeys', body))
  })

  test.each<[string, number, (n: number) => string]>([
    ['with many keys', 2000, n => `<CreateAccessKeyResponse><CreateAccessKeyResult>${'<AccessKey><a/></AccessKey>'.repeat(n)}`],
    ['that begins many times', 4000, n => '<CreateAccessKeyResult><AccessKey>'.repeat(n)],
    ['whose beginning does not end', 8000, n => '<CreateAccessKeyResult '.repeat(n)],
    ['whose key has no end', 8000, n => `<CreateAccessKeyResult><AccessKey>${'<AccessKeyId>'.repeat(n)}`],
    ['whose prefix has no end', 50_000, n => `<${'a'.repeat(n)}`],
  ])('to CreateAccessKey %s', async (_, n, make) => {
    await expectLinear(n, make, body => asked('CreateAccessKey', body))
  })

  test.each<[string, number, (n: number) => string]>([
    ['names an entity again and again', 5000, n => `<!DOCTYPE a [<!ENTITY e "${'x'.repeat(1000)}">]><a>${'&e;'.repeat(n)}</a>`],
    ['declares many entities', 2000, n => `<!DOCTYPE a [${lines(n, i => `<!ENTITY e${i} "x">`)}]><a/>`],
    ['has attributes without end', 3000, n => `<a ${lines(n, i => `b${i}="c"`)}/>`],
    ['has a comment without end', 50_000, n => `<a/><!--${'-x'.repeat(n)}`],
  ])('whose XML %s', async (_, n, make) => {
    await expectLinear(n, make, text => attempt(() => parseXml(text)))
  })

  test('of entities does not grow beyond all bounds', () => {
    const bomb = `<!DOCTYPE a [<!ENTITY e "${'x'.repeat(100_000)}">]><a>${'&e;'.repeat(1000)}</a>`
    expect(() => parseXml(bomb)).toThrow(NotXml)
  })

  const HEAD = 'HTTP/1.1 200 OK\r\n'
  test.each<[string, number, (n: number) => readonly string[]]>([
    ['a body in small pieces', 20_000, n => [`${HEAD}Content-Length: ${n}\r\n\r\n`, ...new Array<string>(n).fill('x')]],
    ['a body in small chunks', 10_000, n => [`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, ...new Array<string>(n).fill('1\r\nx\r\n')]],
    ['a line in small pieces', 20_000, n => [HEAD, 'X: ', ...new Array<string>(n).fill('x')]],
    ['a header of many lines', 20_000, n => [`${HEAD}X: a\r\n`, ' b\r\n'.repeat(n), '\r\n']],
    ['one header many times', 20_000, n => [HEAD, 'X: a\r\n'.repeat(n), '\r\n']],
    ['many replies before the reply', 10_000, n => new Array<string>(n).fill('HTTP/1.1 100 Continue\r\n\r\n')],
  ])('as it comes: %s', async (_, n, make) => {
    await expectLinear(
      n,
      size => make(size).map(bytes),
      pieces => {
        const reader = new ResponseParser()
        for (const piece of pieces) reader.push(piece)
        return reader.response
      },
    )
  })

  test('in many pages', async () => {
    const paging = { token: 'Marker', limit: 'MaxItems', more: 'IsTruncated', results: 'AccessKeyMetadata' }
    await expectLinear(
      3000,
      n => n,
      async n => {
        let page = 0
        const pages = requestedPages({ paging, startingToken: undefined, pageSize: undefined, maxItems: undefined }, async () => {
          page++
          const more = page < n
          return new Map<string, Value>([
            ['AccessKeyMetadata', Array.from({ length: 10 }, () => new Map([['AccessKeyId', 'AKIA']]))],
            ['IsTruncated', more],
            ...(more ? [['Marker', String(page)] as const] : []),
          ])
        })
        const list = pagesRenderer('json', 'AccessKeyMetadata', data => JSON.stringify([...data]), true)
        for await (const { page } of pages) list.page(page)
        return [...list.end(undefined)]
      },
    )
  })
})

describe('a document', () => {
  test.each<[string, number, (n: number) => string]>([
    ['of many keys', 2000, n => lines(n, i => `k${i}: v`)],
    ['of many keys in braces', 2000, n => `{${lines(n, i => `k${i}: v,`)}}`],
    ['of many anchors and aliases', 1000, n => `a:\n${lines(n, i => `  - &a${i} x\n  - *a${i}`)}`],
    ['of many merges', 500, n => `a: &a {x: 1}\nb:\n${lines(n, () => '  - <<: *a')}`],
    ['of a long text', 50_000, n => `k: "${'x '.repeat(n)}"`],
    ['of a long number', 20_000, n => `k: ${'1_'.repeat(n)}x`],
    ['of what might be a time', 20_000, n => `k: 2020-01-01${' '.repeat(n)}x`],
    ['of comments', 5000, n => `${lines(n, () => '# c')}\nk: v`],
  ])('in YAML %s', async (_, n, make) => {
    await expectLinear(n, make, text => attempt(() => loadYaml(text)))
  })

  test.each<[string, number, (n: number) => string]>([
    ['of many keys', 20_000, n => `{${lines(n, i => `"k${i}": ${i},`)} "z": 0}`],
    ['of a long text', 50_000, n => `["${'x\\n'.repeat(n)}"]`],
    ['of a text without end', 50_000, n => `["${'x\\n'.repeat(n)}`],
    ['of a long number', 50_000, n => `[${'1'.repeat(n)}.5x]`],
    ['of blanks', 50_000, n => `[${' '.repeat(n)}1`],
  ])('in JSON %s', async (_, n, make) => {
    await expectLinear(n, make, text => attempt(() => loads(text)))
  })
})

const keys = (n: number): Dict =>
  new Map<string, Value>([
    [
      'AccessKeyMetadata',
      Array.from(
        { length: n },
        (_, i) =>
          new Map<string, Value>([
            ['UserName', 'Bob'],
            ['AccessKeyId', `AKIA${(i * 7919) % 100_003}`],
            ['Status', i % 2 === 0 ? 'Active' : 'Inactive'],
          ]),
      ),
    ],
  ])

describe('a query', () => {
  test.each([
    'AccessKeyMetadata[].AccessKeyId',
    'AccessKeyMetadata[?Status==`Active`].{a: AccessKeyId, b: [Status]}',
    'sort_by(AccessKeyMetadata, &AccessKeyId)[-1]',
    'AccessKeyMetadata[].[AccessKeyId, Status][]',
    'AccessKeyMetadata[::-1] | reverse(@) | map(&Status, @) | join(`,`, @)',
    'max_by(AccessKeyMetadata, &AccessKeyId)',
    'AccessKeyMetadata[*].values(@)[]',
  ])('over many keys: %s', async text => {
    const query = compileQuery(text)
    await expectLinear(10_000, keys, reply => query.search(reply))
  })

  test.each<[string, number, (n: number) => string]>([
    ['a chain', 2000, n => `a${'.a'.repeat(n)}`],
    ['a list', 3000, n => `[${'a,'.repeat(n)}a]`],
    ['pipes', 3000, n => `a${'|a'.repeat(n)}`],
    ['indices', 500, n => `a${'[0]'.repeat(n)}`],
    ['a literal', 30_000, n => `'${'x'.repeat(n)}'`],
    ['a literal without end', 30_000, n => `'${"x\\'".repeat(n)}`],
    ['blanks', 30_000, n => `a${' '.repeat(n)}-`],
  ])('of %s', async (_, n, make) => {
    await expectLinear(n, make, text => attempt(() => compileQuery(text).search(new Map([['a', 'b']]))))
  })
})

describe('an output', () => {
  test.each<[Format, string | undefined, number]>([
    ['json', undefined, 10_000],
    ['text', undefined, 10_000],
    ['table', undefined, 5000],
    ['table', 'AccessKeyMetadata[].{a: AccessKeyId, b: [Status]}', 5000],
    ['yaml', undefined, 5000],
    ['yaml-stream', undefined, 5000],
  ])('in %s, %s', async (format, text, n) => {
    const query = text === undefined ? undefined : compileQuery(text)
    const color = { styled: false, resets: false, ending: '' }
    const render = await renderer({ format, title: 't', color, columns: undefined, search: query && (value => query.search(value)) })
    await expectLinear(n, keys, render)
  })

  test.each<Format>(['json', 'text', 'table', 'yaml'])('in %s, of one long text', async format => {
    const color = { styled: false, resets: false, ending: '' }
    const render = await renderer({ format, title: 't', color, columns: undefined })
    await expectLinear(20_000, n => new Map([['a', 'x "y\' '.repeat(n)]]), render)
  })
})

describe('the environment', () => {
  const machine = (home: string) => ({ home, files: { read: () => new Uint8Array() } })
  test.each<[string, number, (n: number) => string, (text: string) => unknown]>([
    ['a path with variables', 10_000, n => `\${A}$B/`.repeat(n), text => expandVars(text, { A: 'a' })],
    ['a path with variables that do not end', 20_000, n => `\${`.repeat(n), text => expandVars(text, {})],
    ['a home of slashes', 30_000, n => `${'/'.repeat(n)}x`, text => expandUser('~/a', machine(text))],
    [
      'hosts without a proxy',
      10_000,
      n => 'a.b,'.repeat(n),
      text => proxyFor({ secure: true, authority: 'h:1' }, { HTTPS_PROXY: 'http://p', NO_PROXY: text }),
    ],
    [
      'a proxy with a password',
      30_000,
      n => `http://${'a:'.repeat(n)}@p`,
      text => attempt(() => proxyFor({ secure: true, authority: 'h' }, { HTTPS_PROXY: text })),
    ],
    ['a command line', 10_000, n => `a "b c" 'd' \\e `.repeat(n), text => split(text)],
    ['a command line that does not end', 30_000, n => `"${'a\\"'.repeat(n)}`, text => attempt(() => split(text))],
    ['a date', 20_000, n => `2020-01-01T${'1'.repeat(n)}x`, parseDate],
    ['a date of digits', 20_000, n => `${'1'.repeat(n)}.5x`, parseDate],
    ['blanks around a word', 50_000, n => `${' '.repeat(n)}x${' '.repeat(n)}x${' '.repeat(n)}`, strip],
  ])('%s', async (_, n, make, work) => {
    await expectLinear(n, make, work)
  })
})

test.each([
  ['options', '--debug'],
  ['words', 'x'],
  ['unknown options', '-x'],
])('a command line of many %s', async (_, word) => {
  const options = [{ name: '--debug', takes: 'nothing' }] as const
  await expectLinear(
    5000,
    n => new Array<string>(n).fill(word),
    words => attempt(() => parseKnown({ options }, words)),
  )
})
