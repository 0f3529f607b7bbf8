/** One run of the whole program in this process: real requests, in real time but for the waits, while files, output and signals are in memory. */
import type { Env, Host } from '../../src/core/host.ts'
import { run } from '../../src/run/index.ts'
import type { Account } from '../support/account.ts'
import { type SinkOptions, type TestHost, testHost } from '../support/host.ts'
import { inventory, type Seen, type Verdict, verdict } from './verdict.ts'

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

export interface Circumstances {
  readonly env?: Env
  readonly files?: Readonly<Record<string, string>>
  readonly stdout?: SinkOptions
}

/** Any words, signed by the key of `ops`. */
export async function runIn(
  account: Account,
  endpoint: string,
  words: readonly string[],
  circumstances: Circumstances = {},
): Promise<Seen> {
  const { id, secret } = account.liveKeys('ops')[0] ?? account.addKey('ops')
  const signer = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_EC2_METADATA_DISABLED: 'true' }
  const memory = testHost({ ...circumstances, env: { AWS_ENDPOINT_URL: endpoint, ...signer, ...circumstances.env } })
  const host: TestHost = Object.create(memory, { clock: { value: clock } })
  const code = await run(words, host)
  const { stdout, stderr } = memory.written
  return { code, stdout: Buffer.from(stdout()).toString(), stderr: Buffer.from(stderr()).toString() }
}

/** `create-access-key` for Bob, who has both of his slots again afterwards. */
export async function createFor(
  account: Account,
  endpoint: string,
  stdout: SinkOptions = {},
): Promise<Seen & { readonly verdict: Verdict }> {
  if (account.liveKeys('ops').length === 0) account.addKey('ops')
  const before = inventory(account)
  const seen = await runIn(account, endpoint, ['create-access-key', '--user-name', 'Bob'], { stdout })
  const judged = verdict(seen, account, before, 'Bob')
  for (const key of account.liveKeys('Bob')) key.deleted = account.now()
  return { ...seen, verdict: judged }
}
