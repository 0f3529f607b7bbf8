/** What a person at a terminal reads below an error, and that nobody else does. Whole runs in process, against the fake IAM. */
import * as crypto from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/index.ts'
import type { Clock } from '../../src/core/host.ts'
import { run } from '../../src/run/index.ts'
import { PROFILES } from '../services/profiles.ts'
import { serveProfile } from '../services/service.ts'
import { Account } from '../support/account.ts'
import { type FakeIam, serve } from '../support/fake-iam.ts'
import { type TestHostOptions, testHost } from '../support/host.ts'
import { credentials } from '../support/process.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, wake) =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      wake?.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    }),
}

interface Scene extends TestHostOptions {
  readonly account?: Account
  /** False where stderr goes into a file. */
  readonly terminal?: boolean
}

/** What a failing run says on stderr, and what the service was asked. */
async function said(
  argv: readonly string[],
  { account = new Account({ users: ['Bob', 'Alice'] }), terminal = true, ...options }: Scene = {},
) {
  const iam = await serve(account)
  try {
    const env = { ...credentials(account, iam), ...options.env }
    const host = { ...testHost({ ...options, env, ...(terminal ? { stderr: { columns: 80 } } : {}) }), clock }
    const code = await run(argv, host)
    expect(code).not.toBe(0)
    const [error = '', ...hints] = Buffer.from(host.written.stderr())
      .toString()
      .split('\n\n')
      .map(text => text.trim())
    return { error, hint: hints.join('\n\n'), calls: callsOf(iam) }
  } finally {
    await iam.close()
  }
}

const callsOf = ({ calls }: FakeIam) => calls.map(({ action }) => action)
const create = (...words: readonly string[]) => ['create-access-key', ...words]

/** Bob with a key of 400 days that nobody used, and one that was used three days ago. */
function full(): Account {
  const account = new Account({ users: ['Bob', 'Alice'] })
  account.addKey('Bob', Date.now() - 400 * DAY)
  account.addKey('Bob', Date.now() - 90 * DAY).used = { at: Date.now() - 3 * DAY, service: 's3', region: 'us-east-1' }
  return account
}

describe('two keys', () => {
  test('are shown with their age and use, and the command that deletes the idle one', async () => {
    const account = full()
    const [idle, used] = account.liveKeys('Bob')
    const { hint } = await said(create('--user-name', 'Bob', '--region', 'us-east-1'), { account })
    expect(hint).toBe(`The keys of Bob:
  ${idle?.id}  Active, created 400 days ago, never used
  ${used?.id}  Active, created 90 days ago, last used 3 days ago (s3)
If the idle key is no longer needed, delete it with
  iamkey delete-access-key --user-name Bob --access-key-id ${idle?.id} --region us-east-1`)
  })

  test.each([
    ['nobody may ask for their last use', (account: Account) => void account.denied.add('GetAccessKeyLastUsed')],
    [
      'both are in use',
      (account: Account) => {
        for (const key of account.liveKeys('Bob')) key.used = { at: Date.now() - DAY, service: 'iam', region: 'us-east-1' }
      },
    ],
  ])('come without a command where %s', async (_, change) => {
    const account = full()
    change(account)
    const { hint } = await said(create('--user-name', 'Bob'), { account })
    expect(hint).toMatch(/^The keys of Bob:\n {2}AKIA\w+ {2}Active, created 400 days ago.*\n {2}AKIA\w+ {2}.*$/)
  })

  test('may be those of the caller, whose own key is not for deletion', async () => {
    const account = new Account({ users: ['ops'] })
    account.addKey('ops', Date.now() - 400 * DAY)
    account.addKey('ops', Date.now() - 300 * DAY)
    const [signs, other] = account.liveKeys('ops')
    const { hint } = await said(create(), { account })
    expect(hint).not.toContain(`--access-key-id ${signs?.id}`)
    expect(hint).toContain(`iamkey delete-access-key --user-name ops --access-key-id ${other?.id}`)
  })

  test('are no subject where they may not be listed', async () => {
    const account = full()
    account.denied.add('ListAccessKeys')
    expect(await said(create('--user-name', 'Bob'), { account })).toMatchObject({
      hint: '',
      error: expect.stringContaining('LimitExceeded'),
    })
  })
})

describe('two keys of another service', () => {
  test('come without a command where it keeps no record of use, and without an age where it has no dates', async () => {
    const profile = PROFILES.find(({ name }) => name === 'Floci')
    if (profile === undefined) throw new Error('no such profile')
    const service = await serveProfile({ ...profile, dates: 'absent', listed: (_, keys) => listWithoutDates(keys) }, { limit: 2 })
    service.add('Bob', 'AKIAOLD0000000000001')
    service.add('Bob', 'AKIAOLD0000000000002')
    const env = { AWS_ENDPOINT_URL: service.endpoint, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' }
    const host = { ...testHost({ env, stderr: { columns: 80 } }), clock }
    expect(await run(create('--user-name', 'Bob'), host)).toBe(254)
    expect(Buffer.from(host.written.stderr()).toString()).toContain(
      '\n\nThe keys of Bob:\n  AKIAOLD0000000000001  Active\n  AKIAOLD0000000000002  Active\n',
    )
    await service.close()
  })
})

const listWithoutDates = (keys: readonly { readonly user: string; readonly id: string }[]) =>
  `<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata>${keys
    .map(({ user, id }) => `<member><UserName>${user}</UserName><AccessKeyId>${id}</AccessKeyId><Status>Active</Status></member>`)
    .join('')}</AccessKeyMetadata></ListAccessKeysResult></ListAccessKeysResponse>`

describe('a name that AWS would refuse', () => {
  const refused = create('--user-name', 'tenant$Bob')

  test.each([
    [
      'at another service',
      {},
      /^That is what AWS allows\. If http:\/\/127\.0\.0\.1:\d+ allows more: parameter_validation = false in the profile default sends it as it is\.$/,
    ],
    [
      'at another service, named in the profile',
      {
        env: { AWS_ENDPOINT_URL: undefined, AWS_PROFILE: 'ceph' },
        files: { '~/.aws/config': '[profile ceph]\nendpoint_url = https://rgw.example.com\n' },
      },
      /https:\/\/rgw\.example\.com .*in the profile ceph/,
    ],
    ['at AWS', { env: { AWS_ENDPOINT_URL: undefined } }, /^$/],
    ["at AWS's own address", { env: { AWS_ENDPOINT_URL: 'https://iam.amazonaws.com' } }, /^$/],
  ])('%s', async (_, scene, hint) => {
    const seen = await said(refused, scene)
    expect(seen.error).toContain("Invalid value for parameter UserName: '$' at position 7")
    expect(seen.hint).toMatch(hint)
    expect(seen.calls).toEqual([])
  })

  test('shows no hint to a script', async () => {
    expect((await said(refused, { terminal: false })).hint).toBe('')
  })
})

describe('a user that does not exist', () => {
  test.each([
    ['Alicee', 'Did you mean the user Alice?'],
    ['BOB', 'Did you mean the user Bob?'],
    ['Zacharias', ''],
  ])('%s', async (name, hint) => {
    expect((await said(create('--user-name', name))).hint).toBe(hint)
  })

  test('stays a riddle where users may not be listed', async () => {
    const account = new Account({ users: ['Alice'] })
    account.denied.add('ListUsers')
    expect((await said(create('--user-name', 'Alicee'), { account })).hint).toBe('')
  })
})

test.each([
  ['--cli-input-json', 'in.json', 'in.json is a file. To read it: --cli-input-json file://in.json'],
  ['--cli-input-yaml', 'in.json', 'in.json is a file. To read it: --cli-input-yaml file://in.json'],
  ['--cli-input-json', 'no.json', ''],
  ['--cli-input-json', '{', ''],
])('%s %s', async (option, value, hint) => {
  expect(await said(create(option, value), { files: { 'in.json': '{"UserName": "Bob"}' } })).toMatchObject({ hint, calls: [] })
})

test.each([
  ['porfile', 'Did you mean the profile profile?'],
  ['dev', 'There are the profiles profile, other.'],
])('a profile that does not exist: %s', async (name, hint) => {
  const files = { '~/.aws/config': '[profile profile]\n[profile other]\n' }
  expect(await said(create('--profile', name), { files })).toMatchObject({ hint, calls: [] })
})

test('no credentials: what was looked at', async () => {
  const env = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }
  const files = { '~/.aws/config': '[profile dev]\nregion = eu-west-1\n' }
  expect((await said(create(), { env, files })).hint).toBe(`Credentials were looked for in this order:
  environment      AWS_ACCESS_KEY_ID is not set
  profile default  not in /home/user/.aws/config, not in /home/user/.aws/credentials
  container        no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI
  instance         switched off by AWS_EC2_METADATA_DISABLED
aws is not installed here. A key in the environment is enough:
  export AWS_ACCESS_KEY_ID=AKIA... AWS_SECRET_ACCESS_KEY=...
or these lines in /home/user/.aws/credentials:
  [default]
  aws_access_key_id = AKIA...
  aws_secret_access_key = ...`)
  expect((await said(create('--profile', 'dev'), { env, files })).hint).toContain(`
  environment  not used, because --profile is given
  profile dev  without any in /home/user/.aws/config, not in /home/user/.aws/credentials
`)
})

test('an SSO session that has ended: the command that starts one, for the profile that signs in', async () => {
  const config = `[profile work]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = Admin
[profile role]
role_arn = arn:aws:iam::123456789012:role/KeyAdmin
source_profile = work
`
  const cached = `~/.aws/sso/cache/${crypto.createHash('sha1').update('https://example.awsapps.com/start').digest('hex')}.json`
  const token = JSON.stringify({ accessToken: 'token', expiresAt: '2020-01-01T00:00:00Z' })
  for (const profile of ['work', 'role']) {
    const { error, hint } = await said(create('--profile', profile), { files: { '~/.aws/config': config, [cached]: token } })
    expect({ error, hint }).toEqual({
      error: expect.stringContaining('SSO session associated with this profile has expired'),
      hint: 'Sign in again with\n  aws sso login --profile work',
    })
  }
})

test.each([
  [20, '20 minutes ahead of'],
  [-20, '20 minutes behind'],
])('a clock that is %i minutes off', async (minutes, words) => {
  const account = new Account({ users: ['Bob'], now: () => Date.now() - minutes * MINUTE })
  const { hint } = await said(create('--user-name', 'Bob'), { account, env: { AWS_MAX_ATTEMPTS: '1' } })
  expect(hint).toBe(`The clock of this machine is ${words} the service's.`)
})

test('a key that is not known: which one it was, and who was asked', async () => {
  const { hint } = await said(create(), { env: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' } })
  expect(hint).toMatch(/^The request was signed with AKIAIOSFODNN7EXAMPLE \(the environment\) and sent to http:\/\/127\.0\.0\.1:\d+\.$/)
})

describe('a command line that is not understood', () => {
  /** Everything on stderr at a terminal of so many columns, or where it is none. */
  async function stderr(argv: readonly string[], columns?: number): Promise<string> {
    const env = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'us-east-1' }
    const host = testHost(columns === undefined ? { env } : { env, stderr: { columns } })
    expect(await run(argv, host)).toBe(252)
    return Buffer.from(host.written.stderr()).toString()
  }

  test.each([
    [create('--usr-name', 'Bob'), 'Did you mean --user-name Bob?', '--usr-name, Bob', '--usr-name'],
    [create('--usr-name=Bob'), 'Did you mean --user-name=Bob?', '--usr-name=Bob', '--usr-name=Bob'],
    [create('--usr-name', 'B b'), "Did you mean --user-name 'B b'?", '--usr-name, B b', '--usr-name'],
    [create('--wiat', '--store', 'csv:a'), 'Did you mean --wait?', '--wiat', '--wiat'],
    [create('Bob'), 'Did you mean --user-name Bob?', 'Bob', 'Bob'],
    [
      create('--dry-run'),
      'There is no dry run; --generate-cli-skeleton prints an input template without calling AWS.',
      '--dry-run',
      '--dry-run',
    ],
    [['rotate-access-key', '--dry-run'], '--plan changes nothing, and shows what would be done.', '--dry-run', '--dry-run'],
  ])('%j', async (argv, hint, unknown, ofOptions) => {
    const plain = await stderr(argv)
    expect(plain).toMatch(new RegExp(`: Unknown options: ${unknown}\n$`))
    expect(await stderr(argv, 80)).toBe(`${plain.replace(unknown, ofOptions)}\n${hint}\n`)
  })

  test.each([
    [create('--store'), /^--store <\w+>: Store the key in profile:NAME, env-file:PATH, [\s\S]*\.$/],
    [['delete-access-key'], /^--access-key-id <string>: The [\s\S]*\.$/],
    [['rotate-access-key'], /^--store <\w+>: [\s\S]*profile:NAME, [\s\S]*\.$/],
    [create('--output', 'xml'), /^--output <format>: one of json, text, table, yaml, yaml-stream, off$/],
  ])('%j: what the option takes', async (argv, hint) => {
    const plain = await stderr(argv)
    const shown = await stderr(argv, 80)
    expect(shown.slice(0, plain.length)).toBe(plain)
    expect(shown.slice(plain.length).trim()).toMatch(hint)
    expect(
      shown
        .slice(plain.length)
        .split('\n')
        .filter(line => line.length > 80),
    ).toEqual([])
  })

  test.each([
    [80, '\n  delete-access-key         Deletes an access key, for good.\n'],
    [40, '\n  delete-access-key\n      Deletes an access key, for good.\n'],
  ])('nothing at all, in %i columns: the commands there are', async (columns, row) => {
    for (const argv of [[], ['iam'], ['xyzzy']]) {
      const plain = await stderr(argv)
      const shown = await stderr(argv, columns)
      expect(shown.slice(0, plain.length)).toBe(plain)
      const list = shown.slice(plain.length)
      expect(list.match(/^ {2}\S+/gm)?.map(name => name.trim())).toEqual(commands.map(({ name }) => name))
      expect(list).toContain(row)
      expect(list.split('\n').filter(line => line.length > columns)).toEqual([])
    }
  })

  test('what is like nothing gets no suggestion', async () => {
    const plain = await stderr(create('--zzz'))
    expect(await stderr(create('--zzz'), 80)).toBe(plain)
  })
})

describe('nobody else sees a hint, or causes its calls:', () => {
  const argv = create('--user-name', 'Alicee')
  test.each<[string, readonly string[], Scene]>([
    ['a script', argv, { terminal: false }],
    ['whoever reads errors as data', [...argv, '--cli-error-format', 'json'], {}],
    ['the same, by the environment', argv, { env: { AWS_CLI_ERROR_FORMAT: 'json' } }],
  ])('%s', async (_, words, scene) => {
    expect(await said(words, scene)).toMatchObject({ hint: '', calls: ['CreateAccessKey'] })
  })
})
