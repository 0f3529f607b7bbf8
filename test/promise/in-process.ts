/** One run of the whole program in this process: real requests, in real time but for the waits, while files, output and signals are in memory. */
import type { Host } from '../../src/host.ts'
import { run } from '../../src/run.ts'
import type { Account } from '../support/account.ts'
import { type SinkOptions, type TestHost, testHost } from '../support/host.ts'
import { inventory, type Verdict, verdict } from './verdict.ts'

// Before the SDK is loaded, as bin/iamkey.js does.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/** Waits are this many times shorter than they say. */
const HURRY = 20

const clock: Host['clock'] = {
  now: () => Date.now() * HURRY,
  sleep: (ms, wake) =>
    new Promise(resolve => {
      if (ms <= 0 || wake?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, ms / HURRY)
      wake?.addEventListener('abort', done, { once: true })
    }),
}

export interface Ran {
  readonly verdict: Verdict
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** `create-access-key --user-name Bob`, signed by `ops`, whose keys are left afterwards as they were before. */
export async function createFor(account: Account, endpoint: string, stdout: SinkOptions = {}): Promise<Ran> {
  const signer = account.liveKeys('ops')[0] ?? account.addKey('ops')
  const before = inventory(account)
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: signer.id,
    AWS_SECRET_ACCESS_KEY: signer.secret,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const memory = testHost({ env, stdout })
  const host: TestHost = Object.create(memory, { clock: { value: clock } })
  const code = await run(['create-access-key', '--user-name', 'Bob'], host)
  const seen = {
    code,
    stdout: Buffer.from(memory.written.stdout()).toString(),
    stderr: Buffer.from(memory.written.stderr()).toString(),
  }
  const judged = verdict(seen, account, before, 'Bob')
  // Every run has both of the user's slots.
  for (const key of account.liveKeys('Bob')) key.deleted = account.now()
  return { ...seen, verdict: judged }
}
