/** How a key stands in a text: what it replaces, what stays, and that others read the same. */
import * as childProcess from 'node:child_process'
import * as dotenv from 'dotenv'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseIni } from '../../src/config/ini.ts'
import { csvFormat } from '../../src/stores/csv.ts'
import { dotenvFormat } from '../../src/stores/env-file.ts'
import { type TextFormat, UnsupportedContent } from '../../src/stores/file.ts'
import { githubEnvFormat } from '../../src/stores/github-env.ts'
import { credentialsFormat } from '../../src/stores/profile.ts'

const KEY = { UserName: 'Bob', AccessKeyId: 'AKIANEW', SecretAccessKey: 'new/secret+=' }
const PAIR = { AccessKeyId: KEY.AccessKeyId, SecretAccessKey: KEY.SecretAccessKey }

const ID = 'aws_access_key_id'
const SECRET = 'aws_secret_access_key'

describe('a profile of the shared credentials file', () => {
  test.each<[before: string, after: string | undefined, how: string]>([
    ['', '[prod]\naws_access_key_id = AKIANEW\naws_secret_access_key = new/secret+=\n', 'is made in an empty file'],
    [
      '[a]\nk = v',
      '[a]\nk = v\n\n[prod]\naws_access_key_id = AKIANEW\naws_secret_access_key = new/secret+=\n',
      'comes after what is there',
    ],
    [
      '[a]\r\nk = v\r\n',
      '[a]\r\nk = v\r\n\r\n[prod]\r\naws_access_key_id = AKIANEW\r\naws_secret_access_key = new/secret+=\r\n',
      'has the line ends of the file',
    ],
    [
      `# mine\n[prod]  ; here\n${SECRET}=old # part of it\n\n; about\nregion = x\n${ID}\t:  OLD\n[b]\n${ID} = B\n`,
      `# mine\n[prod]  ; here\n${SECRET}=new/secret+=\n\n; about\nregion = x\n${ID}\t:  AKIANEW\n[b]\n${ID} = B\n`,
      'keeps order, spaces, signs and comments',
    ],
    [
      `[prod]\nregion = x\ns3 =\n  ${ID} = no\n`,
      `[prod]\n${ID} = AKIANEW\n${SECRET} = new/secret+=\nregion = x\ns3 =\n  ${ID} = no\n`,
      'is not looked for in a block',
    ],
    [`[prod]\n  region = x`, `[prod]\n  ${ID} = AKIANEW\n  ${SECRET} = new/secret+=\n  region = x`, 'goes as deep as its section'],
    [`[prod]`, `[prod]\n${ID} = AKIANEW\n${SECRET} = new/secret+=\n`, 'fills an empty section'],
    [
      `[prod]\n${ID} = OLD\n  more\n${SECRET} = old`,
      `[prod]\n${ID} = AKIANEW\n${SECRET} = new/secret+=`,
      'replaces a value of several lines',
    ],
    [`[prod]\nAWS_Access_Key_ID = OLD\n`, `[prod]\n${SECRET} = new/secret+=\nAWS_Access_Key_ID = AKIANEW\n`, 'knows its keys in any case'],
    ['\ufeff', undefined, 'is refused in a file that no AWS tool reads'],
    // Python's and JavaScript's ideas of white space differ: what looks like a comment is a key of two lines.
    [`[prod]\n${ID} = OLD\n\ufeff# x = 1\n  y\n`, undefined, 'is refused where it would take other lines with it'],
    ['\u001c[prod]\nk = v\n', undefined, 'is refused where its section would be there twice'],
    [`[prod]\naws_session_token = t\n`, undefined, 'is refused beside a session token'],
    [`[prod]\n[prod]\n`, undefined, 'is refused in a file with the section twice'],
  ])('%j becomes %j: it %s', (before, after, _) => {
    const write = () => credentialsFormat('prod').write(before, KEY)
    if (after === undefined) expect(write).toThrow(UnsupportedContent)
    else expect(write()).toBe(after)
  })

  test.each(['a b', 'a]b', "it's", 'Ä', '#x'])('[%s] is found again', name => {
    const format = credentialsFormat(name)
    const text = format.write('[x]\nk = v\n', KEY)
    expect(format.read(text)).toEqual(PAIR)
    expect(format.write(text, KEY)).toBe(text)
  })

  const word = fc.stringMatching(/^[\w./+=-]{1,8}$/)
  const line = fc.oneof(
    fc.tuple(word, fc.constantFrom('=', ' = ', ':', ' :  '), word).map(parts => parts.join('')),
    fc.constantFrom(
      '',
      '# note',
      '; [prod]',
      '  ',
      `${ID} = OLD`,
      `${SECRET} = old`,
      `  ${ID} = deep`,
      's3 =',
      '[prod]',
      '[other]',
      '  depth',
    ),
  )
  const file = fc
    .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(([lines, end, ended]) => lines.join(end) + (ended ? end : ''))

  test('any file keeps its other content, or is refused', () => {
    const readable = (text: string) => {
      try {
        return parseIni(Buffer.from(text))
      } catch {
        return undefined
      }
    }
    let written = 0
    fc.assert(
      fc.property(file, before => {
        const format = credentialsFormat('prod')
        const meant = readable(before)
        fc.pre(meant !== undefined)
        const after = format.write(before, KEY)
        written++
        expect(format.read(after)).toEqual(PAIR)
        // Deeper lines may belong to the old value.
        const kept = before.split(/\r?\n/).filter(each => /^\S/.test(each) && !each.startsWith(ID) && !each.startsWith(SECRET))
        expect(after.split(/\r?\n/)).toEqual(expect.arrayContaining(kept))
      }),
      { numRuns: 2000 },
    )
    expect(written).toBeGreaterThan(500)
  })
})

describe('a dotenv file', () => {
  test.each<[before: string, after: string | undefined, how: string]>([
    ['', 'AWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret+=\n', 'is begun'],
    ['A=1', 'A=1\nAWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret+=\n', 'gets its last line ended'],
    [
      '# keys\nexport AWS_SECRET_ACCESS_KEY="old#1" # mine\nAWS_ACCESS_KEY_ID = OLD   # id\nB=2\n',
      '# keys\nexport AWS_SECRET_ACCESS_KEY=new/secret+= # mine\nAWS_ACCESS_KEY_ID = AKIANEW   # id\nB=2\n',
      'keeps what stands around the values',
    ],
    [
      `AWS_ACCESS_KEY_ID=\nPEM='x\nAWS_ACCESS_KEY_ID=inside\n'\nAWS_SECRET_ACCESS_KEY=\n`,
      `AWS_ACCESS_KEY_ID=AKIANEW\nPEM='x\nAWS_ACCESS_KEY_ID=inside\n'\nAWS_SECRET_ACCESS_KEY=new/secret+=\n`,
      'has lines inside values that are none',
    ],
    [
      'AWS_ACCESS_KEY_ID=A\nAWS_ACCESS_KEY_ID=B\nAWS_SECRET_ACCESS_KEY=s\n',
      'AWS_ACCESS_KEY_ID=A\nAWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret+=\n',
      'counts its last line of a name',
    ],
    ['A=1\r\n', 'A=1\r\nAWS_ACCESS_KEY_ID=AKIANEW\r\nAWS_SECRET_ACCESS_KEY=new/secret+=\r\n', 'keeps its line ends'],
    ['AWS_SESSION_TOKEN=t\n', undefined, 'is refused with a session token'],
    [
      'AWS_SESSION_TOKEN=\n',
      'AWS_SESSION_TOKEN=\nAWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret+=\n',
      'may have an empty token',
    ],
  ])('%j becomes %j: it %s', (before, after, _) => {
    const write = () => dotenvFormat.write(before, KEY)
    if (after === undefined) expect(write).toThrow(UnsupportedContent)
    else expect(write()).toBe(after)
  })

  const inSh = (text: string, name: string) =>
    childProcess.execFileSync('/bin/sh', ['-c', 'eval "$1"; eval "printf %s \\"\\$$2\\""', 'sh', text, name], { encoding: 'utf8' })

  const SECRETS = ['wJalrXUtnFEMI/K7MDENG+=', 'a b', '#a', 'a #b', '$HOME', '`id`', 'a"b', 'a\\nb', '~', '!x', '*', 'a;b', '&', '(x)']

  test.each(SECRETS)('%j is the same to a dotenv library, to sh and to us', SecretAccessKey => {
    for (const before of ['', 'export AWS_SECRET_ACCESS_KEY="old" # x\nAWS_ACCESS_KEY_ID=A\n']) {
      const text = dotenvFormat.write(before, { ...KEY, SecretAccessKey })
      expect(dotenv.parse(text).AWS_SECRET_ACCESS_KEY).toBe(SecretAccessKey)
      expect(inSh(text, 'AWS_SECRET_ACCESS_KEY')).toBe(SecretAccessKey)
      expect(dotenvFormat.read(text)).toEqual({ AccessKeyId: KEY.AccessKeyId, SecretAccessKey })
    }
  })

  test.each(["it's", 'a\nb'])('%j, which they read differently, is refused', SecretAccessKey => {
    expect(() => dotenvFormat.write('', { ...KEY, SecretAccessKey })).toThrow(UnsupportedContent)
  })

  test('any file keeps its other variables', () => {
    const value = fc.constantFrom('', 'x', "'q r'", '"d q"', '"two\nlines"', "'AWS_ACCESS_KEY_ID=no\n'", 'x # c', '`b`', '"a\\"b"')
    const name = fc.constantFrom('A', 'B', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION')
    const assignment = fc.tuple(fc.constantFrom('', 'export ', '  '), name, fc.constantFrom('=', ' = '), value).map(parts => parts.join(''))
    const text = fc.array(fc.oneof(assignment, fc.constantFrom('', '# AWS_ACCESS_KEY_ID=x', 'garbage'))).map(lines => lines.join('\n'))
    fc.assert(
      fc.property(text, before => {
        const after = dotenvFormat.write(before, KEY)
        const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...rest } = dotenv.parse(after)
        const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...others } = dotenv.parse(before)
        expect([AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, rest]).toEqual([KEY.AccessKeyId, KEY.SecretAccessKey, others])
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a table of keys', () => {
  const HEAD = 'User Name,Access key ID,Secret access key\n'
  test.each<[before: string, after: string | undefined]>([
    ['', `${HEAD}Bob,AKIANEW,new/secret+=\n`],
    [`${HEAD}Alice,A,a`, `${HEAD}Alice,A,a\nBob,AKIANEW,new/secret+=\n`],
    [`${HEAD}Bob,OLD,old\nAlice,A,a\n`, `${HEAD}Bob,AKIANEW,new/secret+=\nAlice,A,a\n`],
    [
      '\ufeffuser name,Password,access key id,secret access key,Link\r\nBob,pw,OLD,old,http://x\r\n',
      '\ufeffuser name,Password,access key id,secret access key,Link\r\nBob,pw,AKIANEW,new/secret+=,http://x\r\n',
    ],
    ['Secret access key,User name,Access key ID,x\n', 'Secret access key,User name,Access key ID,x\nnew/secret+=,Bob,AKIANEW,\n'],
    [`${HEAD}Bob,OLD,old\nBob,OLDER,older\n`, `${HEAD}Bob,OLD,old\nBob,AKIANEW,new/secret+=\n`],
    ['Access key ID,Secret access key\nA,a\n', undefined],
  ])('%j becomes %j', (before, after) => {
    const write = () => csvFormat.write(before, KEY)
    if (after === undefined) return expect(write).toThrow(UnsupportedContent)
    expect(write()).toBe(after)
    expect(csvFormat.read(write(), 'Bob')).toEqual(PAIR)
  })

  test('a name with a comma, which `aws configure import` would cut, is refused', () => {
    expect(() => csvFormat.write('', { ...KEY, UserName: 'a,b' })).toThrow(UnsupportedContent)
  })
})

describe('the environment of a job', () => {
  test.each([
    ['', 'AWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret+=\n'],
    ['A=1', 'A=1\nAWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret+=\n'],
  ])('%j becomes %j', (before, after) => {
    expect(githubEnvFormat.write(before, KEY)).toBe(after)
    expect(githubEnvFormat.read(after)).toEqual(PAIR)
  })
})

/** A text with something in it, for each format. */
const TEXTS: readonly (readonly [string, TextFormat, string])[] = [
  ['a profile', credentialsFormat('prod'), '[a]\nk = v\n\n[prod]\nregion = x\n\n[z]\n'],
  ['a dotenv file', dotenvFormat, 'A=1\n# b\n'],
  ['a table', csvFormat, 'User Name,Access key ID,Secret access key\nAlice,A,a\n'],
  ['the environment of a job', githubEnvFormat, 'A=1\n'],
]

test.each(TEXTS)('a key that was put into %s can be taken out again', (_, format, before) => {
  expect(format.remove(format.write(before, KEY), 'Bob')).toBe(before)
})

test.each(TEXTS)('a second key in %s takes the place of the first', (_, format, before) => {
  const second = { ...KEY, AccessKeyId: 'AKIASECOND', SecretAccessKey: 'second' }
  expect(format.read(format.write(format.write(before, KEY), second), 'Bob')).toMatchObject({
    AccessKeyId: 'AKIASECOND',
    SecretAccessKey: 'second',
  })
})
