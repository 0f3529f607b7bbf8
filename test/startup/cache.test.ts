/** The program with its code cache in every state: the same key, nothing on stderr, whatever HOME is. */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Account } from '../support/account.ts'
import { type FakeIam, serve } from '../support/fake-iam.ts'
import { createSandbox, credentials, type Ran, type Sandbox } from '../support/process.ts'

/** One for each call: a user has two keys at most. */
const USERS = Array.from({ length: 60 }, (_, index) => `user${index}`)

let account: Account
let calls = 0
let iam: FakeIam
let here: Sandbox

beforeAll(async () => {
  account = new Account({ users: USERS })
  iam = await serve(account)
})
afterAll(() => iam.close())
beforeEach(() => {
  here = createSandbox()
})
afterEach(() => here.remove())

const create = (env: Readonly<Record<string, string>> = {}, before: readonly string[] = []) =>
  here.run([...before, 'iamkey', 'create-access-key', '--user-name', USERS[calls++] ?? ''], {
    ...credentials(account, iam),
    AWS_REGION: 'us-east-1',
    ...env,
  })
const cache = () => path.join(here.home, '.cache/iamkey')
const files = () => fs.readdirSync(cache()).map(name => path.join(cache(), name))
const rewrite = (edit: (bytes: Buffer) => Uint8Array) => {
  for (const file of files()) fs.writeFileSync(file, edit(fs.readFileSync(file)))
}

function expectKey({ code, stdout, stderr }: Ran): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { UserName, AccessKeyId } = JSON.parse(stdout).AccessKey
  expect(account.liveKeys(UserName).map(({ id }) => id)).toEqual([AccessKeyId])
}

test('the first call keeps what was compiled, and the second leaves it alone', async () => {
  expectKey(await create())
  expect(files().map(file => path.basename(file).replace(/-.*/, ''))).toEqual(['sdk', 'whole'])
  const kept = files().map(file => fs.statSync(file).mtimeMs)
  expectKey(await create())
  expect(files().map(file => fs.statSync(file).mtimeMs)).toEqual(kept)
})

test.each([['--help'], ['create-access-key help'], ['--version'], ['--user-name help']])(
  '%s succeeds without a cache and with one',
  async line => {
    const run = () => here.run(['iamkey', ...line.split(' ')])
    const first = await run()
    expect(first).toEqual({ code: 0, stdout: expect.stringMatching(/^(Examples:|iamkey\/)/), stderr: '' })
    expect(await run()).toEqual(first)
  },
)

test.each<[state: string, spoil: () => void]>([
  ['truncated', () => rewrite(bytes => bytes.subarray(0, 5000))],
  ['empty', () => rewrite(() => Buffer.alloc(0))],
  ['damaged by one bit', () => rewrite(bytes => bytes.fill(bytes.readUInt8(9000) ^ 1, 9000, 9001))],
  ['writable by others', () => fs.chmodSync(cache(), 0o777)],
  ['read-only', () => fs.chmodSync(cache(), 0o500)],
])('a cache that is %s does no harm', async (_, spoil) => {
  expectKey(await create())
  spoil()
  expectKey(await create())
})

test('damage is mended by the next run', async () => {
  await create()
  rewrite(bytes => bytes.subarray(0, 5000))
  await create()
  expect(files().filter(file => fs.statSync(file).size <= 5000)).toEqual([])
})

test.each([['/dev/null'], ['/proc'], ['/nowhere/at/all']])('HOME may be %s', async HOME => {
  expectKey(await create({ HOME, XDG_STATE_HOME: here.cwd, ...(HOME === '/nowhere/at/all' && { XDG_CACHE_HOME: '/dev/null' }) }))
})

test('a full disk keeps no part of a file', async () => {
  expectKey(await create({}, ['bash', '-c', 'ulimit -f 8; exec "$@"', 'bash']))
  expect(files()).toEqual([])
})

test('twenty runs at once leave whole files', async () => {
  const runs = await Promise.all(Array.from({ length: 20 }, () => create()))
  for (const run of runs) expectKey(run)
  expect(files().map(file => path.basename(file).replace(/-.*/, ''))).toEqual(['sdk', 'whole'])
  for (const file of files()) {
    const bytes = fs.readFileSync(file)
    expect(bytes.subarray(0, bytes.length / 2).equals(bytes.subarray(bytes.length / 2))).toBe(true)
  }
})

test('a package that is replaced meanwhile is no failure of the run', async () => {
  const root = new URL('../..', import.meta.url).pathname
  for (const folder of ['bin', 'dist']) fs.cpSync(path.join(root, folder), path.join(here.cwd, folder), { recursive: true })
  fs.rmSync(path.join(here.cwd, 'dist/write-code-cache.js'))
  const ran = await here.run(['node', 'bin/iamkey.js', 'create-access-key', '--user-name', USERS[calls++] ?? ''], {
    ...credentials(account, iam),
    AWS_REGION: 'us-east-1',
  })
  expectKey(ran)
  expect(fs.existsSync(cache())).toBe(false)
})

const sizes = () => files().map(file => [path.basename(file), fs.statSync(file).size])

test('what a run leaves out that fails, the first adds that succeeds', async () => {
  const env = { ...credentials(account, iam), AWS_REGION: 'us-east-1' }
  await here.run(['iamkey', 'create-access-key', '--user-name', 'nobody'], env)
  const failed = sizes()
  await here.run(['iamkey', 'create-access-key', '--user-name', 'nobody'], env)
  expect(sizes()).toEqual(failed)
  expectKey(await create())
  const succeeded = sizes()
  expect(succeeded.map(([name]) => name)).toEqual(failed.map(([name]) => name))
  expect(succeeded).not.toEqual(failed)
  await here.run(['iamkey', 'create-access-key', '--user-name', 'nobody'], env)
  expect(sizes()).toEqual(succeeded)
})

test('each command keeps what it needs, and what it comes to need is added', async () => {
  await here.run(['iamkey', 'list-access-keys', '--output'])
  const [failed = ''] = files()
  const before = fs.statSync(failed).size
  expectKey(await create())
  expect(fs.statSync(failed).size).toBe(before)
  await here.run(['iamkey', 'list-access-keys', '--user-name', 'Bob'], { ...credentials(account, iam), AWS_REGION: 'us-east-1' })
  expect(fs.statSync(failed).size).toBeGreaterThan(before)
})
