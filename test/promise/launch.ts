/** The built program in a place of its own against an IAM of its own, with its reader, its signals and its moments in a test's hands. */
import * as childProcess from 'node:child_process'
import * as os from 'node:os'
import type * as stream from 'node:stream'
import { onTestFinished } from 'vitest'
import { Account } from '../support/account.ts'
import { type FakeIam, type Moment, serve } from '../support/fake-iam.ts'
import { createSandbox, credentials } from '../support/process.ts'
import { inventory, type Verdict, verdict } from './verdict.ts'

export interface Launch {
  /** For a shell; `iamkey …` unless said otherwise. */
  readonly line?: string
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  /** Told of every moment of every call; the service waits for it. */
  readonly on?: (moment: Moment, action: string, child: childProcess.ChildProcess) => unknown
  /** Told at the start. */
  readonly started?: (child: childProcess.ChildProcess) => unknown
  /** Faults and denials. */
  readonly prepare?: (iam: FakeIam, account: Account) => void
}

export interface Landed {
  readonly verdict: Verdict
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly calls: readonly string[]
}

export const COMMAND = 'iamkey create-access-key --user-name Bob'

/** Runs a line, or several in turn, each judged by itself. */
export async function launch(...runs: readonly Launch[]): Promise<Landed[]> {
  const account = new Account({ users: ['Bob', 'ops'] })
  let now: { on: Launch['on']; child: childProcess.ChildProcess } | undefined
  const iam = await serve(account, { on: async (moment, { action }) => void (await now?.on?.(moment, action, now.child)) })
  const env = credentials(account, iam)
  const here = createSandbox(Object.assign({}, ...runs.map(({ files }) => files)))
  onTestFinished(async () => {
    here.remove()
    await iam.close()
  })
  const landed: Landed[] = []
  for (const { line = COMMAND, env: more, on, started, prepare } of runs) {
    prepare?.(iam, account)
    const before = inventory(account)
    const earlier = iam.calls.length
    // The shell becomes the program, for signals to reach it.
    const child = childProcess.spawn('/bin/sh', ['-c', line.startsWith('iamkey') ? `exec ${line}` : line], {
      cwd: here.cwd,
      env: { ...here.env, ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    now = { on, child }
    started?.(child)
    const seen = await ended(child)
    const judged = verdict(seen, account, before, 'Bob')
    landed.push({ ...seen, verdict: judged, calls: iam.calls.slice(earlier).map(({ action }) => action) })
  }
  return landed
}

function ended(child: childProcess.ChildProcessByStdio<null, stream.Readable, stream.Readable>) {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', chunk => stdout.push(chunk))
  child.stderr.on('data', chunk => stderr.push(chunk))
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => {
      const code = signal ? 128 + os.constants.signals[signal] : (status ?? -1)
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })
    })
  })
}
