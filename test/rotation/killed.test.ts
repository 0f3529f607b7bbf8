/** The built program, killed by the system at moments of its calls, and started once more. A sample of what `crash-matrix.test.ts` has in full. */
import * as childProcess from 'node:child_process'
import { describe, test } from 'vitest'
import { Account } from '../support/account.ts'
import { type Moment, serve } from '../support/fake-iam.ts'
import { createSandbox, credentials } from '../support/process.ts'

const DAY = 86_400_000
/** As long as a run may be busy with a key it has made, in milliseconds. */
const TRIAL = 300_000

const WORDS = [
  'iamkey',
  'rotate-access-key',
  '--user-name',
  'Bob',
  '--store',
  'profile:bob',
  '--store',
  'command:./to-vault',
  '--two-keys',
  'delete-unused',
]
const TO_VAULT = '#!/bin/sh\nexec cat > vault.json\n'

interface Kill {
  readonly action: string
  /** Which of the calls of that name, counted from one. */
  readonly nth: number
  readonly moment: Moment
  /** Whether the next run finds the journal; without it some time passes. */
  readonly journal: boolean
}

const KILLS: readonly Kill[] = [
  { action: 'CreateAccessKey', nth: 1, moment: 'received', journal: true },
  { action: 'CreateAccessKey', nth: 1, moment: 'decided', journal: true },
  { action: 'CreateAccessKey', nth: 1, moment: 'replied', journal: false },
  { action: 'GetCallerIdentity', nth: 2, moment: 'received', journal: true },
  { action: 'GetCallerIdentity', nth: 6, moment: 'decided', journal: false },
  { action: 'GetCallerIdentity', nth: 7, moment: 'received', journal: false },
  { action: 'UpdateAccessKey', nth: 1, moment: 'received', journal: true },
  { action: 'UpdateAccessKey', nth: 1, moment: 'received', journal: false },
  { action: 'UpdateAccessKey', nth: 1, moment: 'decided', journal: true },
]

describe.concurrent('a run that was killed, and the same command again', () => {
  test.for(KILLS)('$action $nth $moment, journal: $journal', { timeout: 60_000 }, async (kill, { expect, onTestFinished }) => {
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
    const kept = `[bob]\naws_access_key_id = ${old.id}\naws_secret_access_key = ${old.secret}\n`
    const here = createSandbox({ '~/.aws/credentials': kept, 'to-vault': TO_VAULT })
    onTestFinished(async () => {
      here.remove()
      await iam.close()
    })
    const env = credentials(account, iam)
    await here.run(['chmod', '700', 'to-vault'])

    const [program = '', ...words] = WORDS
    child = childProcess.spawn(program, words, { cwd: here.cwd, env: { ...here.env, ...env }, stdio: 'pipe' })
    const signal = await new Promise(resolve => child?.on('exit', (_, by) => resolve(by)))
    expect(signal).toBe('SIGKILL')

    if (!journal) await here.run(['rm', '-r', `${here.home}/.local`])
    if (!journal) later = TRIAL
    const { code, stderr } = await here.run(WORDS, env)
    const said = stderr.replace(/^\n?iamkey: warning: .*$/gm, '').trim()
    const keys = account.liveKeys('Bob')
    const [key] = keys.filter(({ status }) => status === 'Active')
    const profile = (await here.run(['cat', `${here.home}/.aws/credentials`])).stdout
    const vault = JSON.parse((await here.run(['cat', 'vault.json'])).stdout)
    expect([code, said, keys.map(({ status }) => status), profile.includes(key?.secret ?? '?'), vault.AccessKey.SecretAccessKey]).toEqual([
      0,
      '',
      ['Inactive', 'Active'],
      true,
      key?.secret,
    ])
  })
})
