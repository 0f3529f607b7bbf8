/** The built program, killed by the system at moments of its calls and of its programs, and started once more. A sample of what `crash-matrix.test.ts` has in full. */
import * as childProcess from 'node:child_process'
import * as fs from 'node:fs'
import * as net from 'node:net'
import * as path from 'node:path'
import * as timers from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Account } from '../support/account.ts'
import { type Moment, serve } from '../support/fake-iam.ts'
import { createSandbox, credentials, type Sandbox } from '../support/process.ts'

const DAY = 86_400_000
/** As long as a run may be busy with a key it has made, in milliseconds. */
const TRIAL = 300_000

const ROTATE = ['iamkey', 'rotate-access-key', '--user-name', 'Bob', '--output', 'off']
const IN_FILE_AND_VAULT = ['--store', 'profile:bob', '--store', 'command:./to-vault', '--retire-after', '0m']
/** Kills the run that started it where the next word of the file `script` says so. */
const TO_VAULT = `#!/bin/sh
read -r first < script
sed -i 1d script
[ "$first" = before ] && { kill -9 $PPID; exit 1; }
[ "$first" = later ] && { kill -9 $PPID; sleep 1; }
cat > vault.new && mv vault.new vault.json
[ "$first" = after ] && kill -9 $PPID
[ "$first" != fails ]
`
const FROM_VAULT = `#!/bin/sh
[ -e vault.json ] && sed -n 's/.*"AccessKeyId": "\\(.*\\)".*/\\1/p' vault.json
exit 0
`

async function runToDeath(
  here: Sandbox,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  begun: (child: childProcess.ChildProcess) => void,
) {
  const [program = '', ...rest] = words
  const child = childProcess.spawn(program, rest, { cwd: here.cwd, env: { ...here.env, ...env }, stdio: 'ignore' })
  begun(child)
  return new Promise(resolve => child.on('exit', (code, signal) => resolve(signal ?? code)))
}

const sandboxWith = async (files: Readonly<Record<string, string>>) => {
  const here = createSandbox({ 'to-vault': TO_VAULT, 'from-vault': FROM_VAULT, script: '', ...files })
  await here.run(['chmod', '700', 'to-vault', 'from-vault'])
  return here
}
const vaultIn = (here: Sandbox): { AccessKeyId?: string; SecretAccessKey?: string } => {
  const file = path.join(here.cwd, 'vault.json')
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).AccessKey : {}
}

interface Kill {
  readonly action: string
  /** Which of the calls of that name, counted from one. */
  readonly nth: number
  readonly moment: Moment
  /** Whether the next run finds the journal; without it some time passes. */
  readonly journal: boolean
  /** What the next run comes to: 4 where no later run can know what a program has. */
  readonly code: number
}

/** The first GetCallerIdentity is by the caller, the second by the key in the profile; five wait, one verifies. */
const KILLS: readonly Kill[] = [
  { action: 'CreateAccessKey', nth: 1, moment: 'received', journal: true, code: 0 },
  { action: 'GetCallerIdentity', nth: 3, moment: 'received', journal: true, code: 0 },
  { action: 'GetCallerIdentity', nth: 7, moment: 'decided', journal: true, code: 0 },
  { action: 'GetCallerIdentity', nth: 7, moment: 'decided', journal: false, code: 4 },
  { action: 'GetCallerIdentity', nth: 8, moment: 'received', journal: false, code: 0 },
  { action: 'UpdateAccessKey', nth: 1, moment: 'received', journal: true, code: 0 },
  { action: 'UpdateAccessKey', nth: 1, moment: 'received', journal: false, code: 0 },
  { action: 'UpdateAccessKey', nth: 1, moment: 'decided', journal: true, code: 0 },
]

describe.concurrent('a run that was killed, and the same command again', () => {
  test.for(KILLS)('$action $nth $moment, journal: $journal', { timeout: 120_000 }, async (kill, { expect, onTestFinished }) => {
    const { action, nth, moment, journal } = kill
    let later = 0
    const account = new Account({ users: ['Bob', 'ops'], now: () => Date.now() + later })
    const old = account.addKey('Bob', Date.now() - 100 * DAY)
    let child: childProcess.ChildProcess | undefined
    const iam = await serve(account, {
      on: (now, call) => {
        if (now !== moment || call.action !== action) return
        if (iam.calls.filter(each => each.action === action).length === nth) child?.kill('SIGKILL')
      },
    })
    const here = await sandboxWith({
      '~/.aws/credentials': `[bob]\naws_access_key_id = ${old.id}\naws_secret_access_key = ${old.secret}\n`,
    })
    onTestFinished(async () => {
      here.remove()
      await iam.close()
    })
    const env = credentials(account, iam)
    const words = [...ROTATE, ...IN_FILE_AND_VAULT]
    const end = await runToDeath(here, words, env, begun => {
      child = begun
    })
    expect(end).toBe('SIGKILL')

    if (!journal) await here.run(['rm', '-r', `${here.home}/.local`])
    if (!journal) later = TRIAL
    const { code } = await here.run(words, env)
    const keys = account.liveKeys('Bob')
    const profile = fs.readFileSync(path.join(here.home, '.aws/credentials'), 'utf8')
    const holder = keys.find(({ secret }) => profile.includes(secret))
    expect([code, holder?.status]).toEqual([kill.code, 'Active'])
    if (code !== 0) return expect(keys.map(({ status }) => status)).toEqual(['Active', 'Active'])
    expect([keys.map(({ status }) => status), vaultIn(here).SecretAccessKey]).toEqual([['Inactive', 'Active'], holder?.secret])
  })
})

/** What becomes of the run that the program kills, and of the same command after it. */
const PROGRAMS: readonly (readonly [script: string, read: boolean, ends: readonly unknown[], active: number])[] = [
  ['before', false, ['SIGKILL', 4], 2],
  ['after', false, ['SIGKILL', 4], 2],
  ['later', false, ['SIGKILL', 4], 2],
  ['fails\nfails\nfails', false, [4, 4], 2],
  ['fails', false, [0, 0], 2],
  ['after', true, ['SIGKILL', 0], 2],
  ['before', true, ['SIGKILL', 3], 2],
  ['later', true, ['SIGKILL', 0], 2],
  ['fails\nfails\nfails', true, [0, 0], 2],
]

describe.concurrent('a program that kills the run which has given it the key', () => {
  test.for(PROGRAMS)('%j, read: %s', { timeout: 120_000 }, async ([script, read, ends, active], { expect, onTestFinished }) => {
    const account = new Account({ users: ['Bob', 'ops'] })
    const old = account.addKey('Bob', Date.now() - 100 * DAY)
    const iam = await serve(account)
    const text = JSON.stringify({ AccessKey: { AccessKeyId: old.id, SecretAccessKey: old.secret } }, undefined, 1)
    const here = await sandboxWith({ script: `${script}\n`, 'vault.json': text })
    onTestFinished(async () => {
      here.remove()
      await iam.close()
    })
    const dead: string[] = []
    // A consumer that looks all the time.
    const timer = setInterval(() => {
      const { AccessKeyId: id, SecretAccessKey: secret } = vaultIn(here)
      const key = account.liveKeys('Bob').find(key => key.id === id && key.secret === secret && key.status === 'Active')
      if (key === undefined) dead.push(`${id}`)
    }, 5)
    onTestFinished(() => clearInterval(timer))
    const words = [...ROTATE, '--store', 'command:./to-vault', ...(read ? ['--read-command', './from-vault'] : []), '--wait-timeout', '20']
    const env = credentials(account, iam)
    const first = await runToDeath(here, words, env, () => {})
    await timers.setTimeout(1500)
    const { code } = await here.run(words, env)
    expect([[first, code], dead, account.liveKeys('Bob').filter(({ status }) => status === 'Active').length]).toEqual([ends, [], active])
  })
})

const hasMoto = childProcess.spawnSync('moto_server', ['--help']).status === 0
if (!hasMoto) console.warn('SKIPPED: there is no moto_server here, so that a rotation on its IAM stays unproven')

describe.skipIf(!hasMoto)('on the IAM of moto', () => {
  let moto: childProcess.ChildProcess
  let endpoint: string
  const env = () => ({
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  })
  beforeAll(async () => {
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    moto = childProcess.spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    for (let attempt = 0; attempt < 300; attempt++) {
      if (await fetch(endpoint).catch(() => undefined)) break
      await timers.setTimeout(200)
    }
    for (const UserName of ['Bob', 'Carol', 'Dave']) {
      await fetch(endpoint, {
        method: 'POST',
        headers: { authorization: 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/iam/aws4_request' },
        body: new URLSearchParams({ Action: 'CreateUser', Version: '2010-05-08', UserName }),
      })
    }
  }, 90_000)
  afterAll(() => void moto.kill())

  const CASES: readonly (readonly [user: string, script: string, ends: readonly unknown[]])[] = [
    ['Bob', 'before', ['SIGKILL', 0, 0]],
    ['Carol', 'after', ['SIGKILL', 0, 0]],
    ['Dave', 'fails\nfails\nfails', [3, 0, 0]],
  ]
  test.each(CASES)(
    '%s: %j',
    async (user, script, ends) => {
      const here = await sandboxWith({ script: `${script}\n` })
      const run = (...words: readonly string[]) => here.run(['iamkey', ...words], env())
      await run('create-access-key', '--user-name', user, '--store', 'profile:bob')
      const words = ['iamkey', 'rotate-access-key', '--user-name', user, '--output', 'off', ...IN_FILE_AND_VAULT]
      const first = await runToDeath(here, [...words, '--older-than', '0d'], env(), () => {})
      const second = await here.run(words, env())
      const third = await here.run(words, env())
      const keys = JSON.parse((await run('list-access-keys', '--user-name', user)).stdout).AccessKeyMetadata
      const [active] = keys.filter(({ Status }: { Status: string }) => Status === 'Active')
      expect([[first, second.code, third.code], keys.map(({ Status }: { Status: string }) => Status), vaultIn(here).AccessKeyId]).toEqual([
        ends,
        ['Inactive', 'Active'],
        active.AccessKeyId,
      ])
      expect((await here.run(['cat', `${here.home}/.aws/credentials`])).stdout).toContain(active.AccessKeyId)
      here.remove()
    },
    120_000,
  )
})

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
