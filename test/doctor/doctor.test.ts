/** `doctor` in the built program, on the fake IAM: the whole report, and exit 0 only where a rotation would work. */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Account } from '../support/account.ts'
import { type FakeIam, type Reply, serve } from '../support/fake-iam.ts'
import { createSandbox, credentials, type Sandbox } from '../support/process.ts'

const MINUTE = 60_000
const BOB = 'arn:aws:iam::123456789012:user/Bob'

let account: Account
let iam: FakeIam
let here: Sandbox
beforeEach(async () => {
  await start({ users: ['Bob', 'ops'], roles: ['KeyAdmin'] })
  account.addKey('Bob')
  here = createSandbox()
})
afterEach(async () => {
  here.remove()
  await iam.close()
})

async function start(options: ConstructorParameters<typeof Account>[0]) {
  await iam?.close()
  account = new Account(options)
  iam = await serve(account)
}

async function doctor(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await here.run(['iamkey', 'doctor', ...words], { ...credentials(account, iam), ...env })
  for (const { secret } of account.keys) expect(stdout + stderr).not.toContain(secret)
  const { Checks, ...about } = JSON.parse(stdout) as { Checks: readonly { Check: string; Result: string; Detail: string }[] }
  return { code, stderr, about, checks: Object.fromEntries(Checks.map(({ Check, Result, Detail }) => [Check, `${Result}: ${Detail}`])) }
}

const complaint = (checks: string) => `\niamkey: [ERROR]: a rotation would fail, or might: ${checks}\n`

test('a rotation that would work', async () => {
  const [bobs] = account.liveKeys('Bob')
  fs.writeFileSync(path.join(here.cwd, '.env'), `AWS_ACCESS_KEY_ID=${bobs?.id}\nAWS_SECRET_ACCESS_KEY=${bobs?.secret}\n`, { mode: 0o600 })
  const report = await doctor(['--user-name', 'Bob', '--store', 'profile:bob', '--store', 'env-file:.env', '--store', 'command:cat'])
  const [ops] = account.liveKeys('ops')
  expect(report).toEqual({
    code: 0,
    stderr: '',
    about: {
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/ops',
      UserName: 'Bob',
      UserArn: BOB,
      AccessKeyId: ops?.id,
      Source: 'env',
      Endpoint: iam.endpoint,
      ClockOffset: 0,
    },
    checks: {
      credentials: 'ok: accepted',
      clock: 'ok: as the service has it',
      keys: 'ok: Bob has one key, and room for another',
      ListAccessKeys: 'ok: allowed',
      CreateAccessKey: 'ok: allowed',
      UpdateAccessKey: 'ok: allowed',
      DeleteAccessKey: 'ok: allowed',
      GetAccessKeyLastUsed: 'ok: allowed',
      'state directory': 'ok: writable',
      'profile:bob': 'ok: writable, holds no key',
      'env-file:.env': `ok: writable, holds ${bobs?.id}`,
      'command:cat': 'ok: can be started, cannot be read',
    },
  })
  const changing = iam.calls.filter(({ action }) => !/^(Get|List|Simulate)/.test(action))
  expect({ changing, home: fs.readdirSync(here.home).filter(name => name !== '.cache') }).toEqual({ changing: [], home: [] })
})

describe('a rotation that would not', () => {
  test.each<[string, (account: Account) => unknown, string, string]>([
    ['a permission', ({ denied }) => denied.add('DeleteAccessKey'), 'DeleteAccessKey', 'failed: implicitDeny'],
    ['room', made => made.addKey('Bob'), 'keys', 'failed: Bob has two keys; see --two-keys'],
    [
      'an active key',
      made => {
        for (const key of made.liveKeys('Bob')) key.status = 'Inactive'
      },
      'keys',
      'failed: Bob has no active key to rotate',
    ],
  ])('lacks %s', async (_, change, check, finding) => {
    change(account)
    const report = await doctor(['--user-name', 'Bob'])
    expect(report).toMatchObject({ code: 255, stderr: complaint(check), checks: { [check]: finding } })
  })

  test('lacks stores: all of them are named', async () => {
    fs.mkdirSync(path.join(here.cwd, 'folder'))
    const report = await doctor([
      '--user-name',
      'Bob',
      '--store',
      'env-file:folder',
      '--store',
      'command:no-such-program',
      '--store',
      'csv:a',
    ])
    expect(report).toMatchObject({
      code: 255,
      stderr: complaint('env-file:folder, command:no-such-program'),
      checks: { 'env-file:folder': 'failed: it is not a regular file', 'csv:a': 'ok: writable, holds no key' },
    })
  })

  test('lacks a user', async () => {
    expect(await doctor(['--user-name', 'Carol'])).toMatchObject({
      code: 255,
      stderr: complaint('keys'),
      checks: {
        keys: expect.stringContaining('The user with name Carol cannot be found'),
        clock: 'warning: there was no reply of IAM that has its time',
      },
    })
  })

  test('lacks credentials that are accepted', async () => {
    const report = await doctor(['--user-name', 'Bob'], { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' })
    expect(report).toMatchObject({ code: 255, stderr: complaint('credentials, keys'), about: { Account: null, Arn: null } })
  })
})

test('a denied check is reported as unknown', async () => {
  account.denied.add('SimulatePrincipalPolicy')
  const report = await doctor(['--user-name', 'Bob'])
  expect(report).toMatchObject({
    code: 255,
    stderr: complaint('permissions'),
    checks: { permissions: expect.stringMatching(/^unknown: .*SimulatePrincipalPolicy/) },
  })
})

test('what a rotation can do without is a warning', async () => {
  account.denied.add('GetAccessKeyLastUsed')
  const report = await doctor(['--user-name', 'Bob'], { HOME: '' })
  expect(report).toMatchObject({
    code: 0,
    checks: {
      GetAccessKeyLastUsed: 'warning: implicitDeny',
      'state directory': 'warning: there is none: a run cannot know what an earlier one began',
    },
  })
})

test('a home that cannot be written is a warning, for a rotation does without it', async () => {
  const [bobs] = account.liveKeys('Bob')
  fs.writeFileSync(path.join(here.cwd, '.env'), `AWS_ACCESS_KEY_ID=${bobs?.id}\nAWS_SECRET_ACCESS_KEY=${bobs?.secret}\n`, { mode: 0o600 })
  const words = ['--user-name', 'Bob', '--store', 'env-file:.env']
  const env = { HOME: '/dev/null/home' }
  const report = await doctor(words, env)
  expect(report).toMatchObject({
    code: 0,
    checks: {
      'state directory':
        'warning: /dev/null/home/.local/state/iamkey/rotations cannot be written (EACCES): a run cannot know what an earlier one began',
    },
  })
  const rotation = ['iamkey', 'rotate-access-key', ...words, '--older-than', '0d', '--output', 'off']
  expect(await here.run(rotation, { ...credentials(account, iam), ...env })).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('a second key that a rotation has replaced is no hindrance', async () => {
  const words = ['--user-name', 'Bob', '--store', 'profile:bob']
  const [old] = account.liveKeys('Bob')
  const file = `[bob]\naws_access_key_id = ${old?.id}\naws_secret_access_key = ${old?.secret}\n`
  fs.mkdirSync(path.join(here.home, '.aws'))
  fs.writeFileSync(path.join(here.home, '.aws/credentials'), file, { mode: 0o600 })
  const rotate = (...more: readonly string[]) =>
    here.run(['iamkey', 'rotate-access-key', ...words, '--output', 'off', ...more], credentials(account, iam))
  expect((await rotate('--older-than', '0d')).code).toBe(0)
  expect(await doctor(words)).toMatchObject({
    code: 0,
    checks: { keys: `ok: Bob has two keys, of which a later run retires or deletes ${old?.id}` },
  })
  expect((await rotate()).code).toBe(0)
})

test('a reply that cannot be parsed is not shown', async () => {
  const body = '<!doctype html>\n<title>500 Internal Server Error</title>\n'
  iam.fail(
    'SimulatePrincipalPolicy',
    ...Array.from({ length: 3 }, () => ({ reply: (honest: Reply) => ({ ...honest, status: 500, body }) })),
  )
  expect((await doctor(['--user-name', 'Bob'])).checks.permissions).toBe(
    'unknown: Unable to parse response (not well-formed (invalid token): line 1, column 8), invalid XML received. Further retries may succeed',
  )
})

test('paths of users and roles count, and a role is no user', async () => {
  account.paths.set('Bob', '/ci/').set('KeyAdmin', '/teams/')
  const session = account.addSession('KeyAdmin', 'me', 3600)
  const env = { AWS_ACCESS_KEY_ID: session.id, AWS_SECRET_ACCESS_KEY: session.secret, AWS_SESSION_TOKEN: session.token }
  const report = await doctor(['--user-name', 'Bob'], env)
  expect(report).toMatchObject({ code: 0, about: { UserArn: 'arn:aws:iam::123456789012:user/ci/Bob' } })
  expect(iam.calls.find(({ action }) => action === 'SimulatePrincipalPolicy')?.parameters).toMatchObject({
    PolicySourceArn: 'arn:aws:iam::123456789012:role/teams/KeyAdmin',
    'ResourceArns.member.1': 'arn:aws:iam::123456789012:user/ci/Bob',
  })
  expect((await doctor([], env)).checks.keys).toBe('failed: the caller is not an IAM user: use --user-name')
})

test('a wrong clock is reported, and does not fail the check', async () => {
  await start({ users: ['Bob', 'ops'], now: () => Date.now() - 20 * MINUTE })
  account.addKey('Bob')
  const report = await doctor(['--user-name', 'Bob'])
  expect(report).toMatchObject({
    code: 0,
    checks: {
      clock: 'warning: 1200 s ahead of the service; a request is refused once, and then signed with the time of the service',
    },
  })
})

test('without a user it is about the caller', async () => {
  expect(await doctor([])).toMatchObject({
    code: 0,
    about: { UserName: 'ops' },
    checks: { keys: 'ok: ops has one key, and room for another' },
  })
})
