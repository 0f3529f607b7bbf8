/** `--store`: which words name a store, which stores refuse before the call, and what a program is given. */
import { describe, expect, test } from 'vitest'
import { readProfiles } from '../../src/config/profiles.ts'
import type { Clock, Finished } from '../../src/core/host.ts'
import { openStores } from '../../src/stores/open.ts'
import { namedStore } from '../rotation/world.ts'
import { type StoredFile, type TestHostOptions, testHost } from '../support/host.ts'

const KEY = { UserName: 'Bob', AccessKeyId: 'AKIANEW', Status: 'Active', SecretAccessKey: 'new/secret' }
const NEVER = new AbortController().signal
const PROGRAM: Readonly<Record<string, string>> = { '/bin/store': '' }

function open(named: string | readonly string[], options: TestHostOptions = {}) {
  const host = testHost(options)
  const runnable = (file: StoredFile | undefined) => file && { ...host.files.stat('/bin/store'), mode: 0o755, isFile: true }
  const files = {
    ...host.files,
    stat: (name: string) => (name === '/bin/store' ? runnable(host.contents.get(name)) : host.files.stat(name)),
  }
  // Programs end at once here: nobody waits for one.
  const clock: Clock = { ...host.clock, sleep: (ms, wake) => (ms < 60_000 ? host.clock.sleep(ms, wake) : new Promise<void>(() => {})) }
  const world = Object.create(host, { files: { value: files }, clock: { value: clock } })
  const remote = undefined as never
  return { host, stores: openStores([named].flat().map(namedStore), { host: world, profiles: readProfiles(world), user: 'Bob', remote }) }
}

test.each([
  [
    '',
    "Bad value for --store: '' is not one of profile:NAME, env-file:PATH, github-env, csv:PATH, secrets-manager:NAME, ssm:NAME, github-secret:REPO?name=NAME, gitlab-variable:PROJECT?name=NAME or command:COMMAND",
  ],
  [
    'prod',
    "Bad value for --store: 'prod' is not one of profile:NAME, env-file:PATH, github-env, csv:PATH, secrets-manager:NAME, ssm:NAME, github-secret:REPO?name=NAME, gitlab-variable:PROJECT?name=NAME or command:COMMAND",
  ],
  [
    'PROFILE:prod',
    "Bad value for --store: 'PROFILE:prod' is not one of profile:NAME, env-file:PATH, github-env, csv:PATH, secrets-manager:NAME, ssm:NAME, github-secret:REPO?name=NAME, gitlab-variable:PROJECT?name=NAME or command:COMMAND",
  ],
  [
    'constructor:x',
    "Bad value for --store: 'constructor:x' is not one of profile:NAME, env-file:PATH, github-env, csv:PATH, secrets-manager:NAME, ssm:NAME, github-secret:REPO?name=NAME, gitlab-variable:PROJECT?name=NAME or command:COMMAND",
  ],
  ['profile', 'cannot use profile: no profile can have that name'],
  ['profile:DEFAULT', 'cannot use profile:DEFAULT: no profile can have that name'],
  ['env-file:', 'cannot use env-file:: a path is missing'],
  ['csv:', 'cannot use csv:: a path is missing'],
  ['github-env', 'cannot use github-env: GITHUB_ENV is not set: this is no step of a GitHub Actions job'],
  ['command: ', 'cannot use command: : a command is missing'],
  ['command:store "x', 'cannot use command:store "x: No closing quotation'],
  ['command:gone', 'cannot use command:gone: there is no program gone'],
  ['command:/etc/text', 'cannot use command:/etc/text: /etc/text cannot be run'],
])('%j is refused', async (named, message) => {
  await expect(open(named, { files: { '/etc/text': '' } }).stores).rejects.toMatchObject({ message })
})

describe('a profile that gets its credentials elsewhere is refused', () => {
  const config = (keys: string) => ({ '~/.aws/config': `[profile prod]\n${keys}\n` })
  test.each([
    ['role_arn = x\nsource_profile = y', 'it assumes a role (role_arn)'],
    ['web_identity_token_file = x', 'it signs in with a token file (web_identity_token_file)'],
    ['sso_session = x', 'it signs in through SSO (sso_session)'],
    ['sso_start_url = x', 'it signs in through SSO (sso_start_url)'],
    ['login_session = x', 'it signs in with aws login (login_session)'],
    ['credential_process = x', 'it gets its credentials from a program (credential_process)'],
  ])('%j', async (keys, why) => {
    await expect(open('profile:prod', { files: config(keys) }).stores).rejects.toMatchObject({ message: `cannot use profile:prod: ${why}` })
  })

  test('a session token in the credentials file', async () => {
    const files = { '~/.aws/credentials': '[prod]\naws_session_token = t\n' }
    await expect(open('profile:prod', { files }).stores).rejects.toMatchObject({
      message: 'cannot use profile:prod: it holds a session (aws_session_token)',
    })
  })
})

test.each([
  ['profile:prod', '/home/user/.aws/credentials', '[prod]\naws_access_key_id = AKIANEW\naws_secret_access_key = new/secret\n'],
  ['env-file:~/.env', '/home/user/.env', 'AWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret\n'],
  ['env-file:a:b', '/here/a:b', 'AWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret\n'],
  ['csv:keys.csv', '/here/keys.csv', 'User Name,Access key ID,Secret access key\nBob,AKIANEW,new/secret\n'],
  ['github-env', '/run/env', 'AWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret\n'],
])('%s is %s', async (named, path, content) => {
  const { host, stores } = open(named, { env: { GITHUB_ENV: '/run/env' } })
  for (const store of await stores) {
    expect(await store.read?.('Bob')).toBeUndefined()
    await store.put(KEY, NEVER)
    expect(await store.read?.('Bob')).toEqual({ AccessKeyId: 'AKIANEW', SecretAccessKey: 'new/secret' })
  }
  const stored = host.contents.get(path)
  expect([Buffer.from(stored?.bytes ?? []).toString(), stored?.mode, host.contents.size]).toEqual([content, 0o600, 1])
})

test('the shared credentials file is where the environment says', async () => {
  const { host, stores } = open('profile:prod', { env: { AWS_SHARED_CREDENTIALS_FILE: '/etc/keys' } })
  for (const store of await stores) await store.put(KEY, NEVER)
  expect([...host.contents.keys()]).toEqual(['/etc/keys'])
})

test('the runner of a job hides the secret before it can show it', async () => {
  const { host, stores } = open('github-env', { env: { GITHUB_ENV: '/run/env' } })
  for (const store of await stores) await store.put({ ...KEY, SecretAccessKey: '50%' }, NEVER)
  expect(Buffer.from(host.written.stderr()).toString()).toBe('::add-mask::50%25\n')
})

describe('a program that shows a key', () => {
  const KEY_ID = 'AKIAIOSFODNN7EXAMPLE'
  const shows = async (status: number | null, text: string, signal: NodeJS.Signals | null = null) => {
    const execute = () => ({ status, signal, stdout: Buffer.from(text), stderr: new Uint8Array() })
    const [store] = await open('command:store < store --show', { files: PROGRAM, execute }).stores
    return store?.read?.('Bob')
  }

  test.each([
    ['its id', `${KEY_ID}\n`, { AccessKeyId: KEY_ID }],
    ['nothing', '\n', undefined],
  ])('%s', async (_, text, key) => {
    expect(await shows(0, text)).toEqual(key)
  })

  test.each([
    [1, KEY_ID, null, 'ended with exit code 1'],
    [null, KEY_ID, 'SIGTERM' as const, 'ended with SIGTERM'],
    [0, 'no such secret', null, 'printed neither an access key id nor a key'],
  ])('%s %j %s: what it does not say is not quoted', async (status, text, signal, why) => {
    await expect(shows(status, text, signal)).rejects.toMatchObject({ message: `cannot use command:store: its --read-command ${why}` })
  })

  test.each([
    ['command:store < gone', 'cannot use command:store: there is no program gone'],
    ['command:store < "x', 'cannot use command:store: No closing quotation'],
    ['profile:bob < store', "--read-command cannot follow --store 'profile:bob', which iamkey reads itself"],
  ])('%j is refused', async (named, message) => {
    await expect(open(named, { files: PROGRAM }).stores).rejects.toMatchObject({ message })
  })
})

describe('a program', () => {
  const finished = (status: number | null, signal: NodeJS.Signals | null = null): Finished => ({
    status,
    signal,
    stdout: new Uint8Array(),
    stderr: new Uint8Array(),
  })

  test('gets the structure as JSON on its standard input, and nothing of it in its arguments', async () => {
    const given: unknown[] = []
    const execute = (...all: unknown[]) => {
      given.push(...all)
      return finished(0)
    }
    const { stores } = open("command:store --to 'a b' -", { files: PROGRAM, execute })
    for (const store of await stores) await store.put(KEY, NEVER)
    expect(given).toEqual([
      ['store', '--to', 'a b', '-'],
      '{\n    "AccessKey": {\n        "UserName": "Bob",\n        "AccessKeyId": "AKIANEW",\n        "Status": "Active",\n        "SecretAccessKey": "new/secret"\n    }\n}\n',
    ])
  })

  test.each([
    [finished(1), 'it ended with exit code 1'],
    [finished(null, 'SIGKILL'), 'it ended with SIGKILL'],
  ])('that fails has not stored the key', async (end, why) => {
    const { stores } = open('command:store', { files: PROGRAM, execute: () => end })
    const [store] = await stores
    await expect(store?.put(KEY, NEVER)).rejects.toMatchObject({ message: `cannot use command:store: ${why}` })
  })

  test('that cannot be started has not either', async () => {
    const { stores } = open('command:store', { files: PROGRAM })
    const [store] = await stores
    await expect(store?.put(KEY, NEVER)).rejects.toMatchObject({ message: 'cannot use command:store: it could not be started (ENOENT)' })
  })
})
