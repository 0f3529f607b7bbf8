/**
 * Waits until AWS accepts a new key everywhere. One success proves little, because the next call may reach a server that does not know the
 * key yet: several calls in a row must succeed.
 */

import type { Context } from '../core/command.ts'
import { ParameterError } from '../core/errors.ts'
import { CallFailure } from '../core/iam.ts'
import type { GetIdentity } from '../core/sts.ts'

const IN_A_ROW = 5
/** Milliseconds between two calls. */
const APART = 1000
const DEFAULT_PATIENCE = 60

/** The service knows the caller but denies the call: the key works. */
const KNOWN = new Set(['AccessDenied', 'AccessDeniedException'])

/**
 * @param typed --wait-timeout, in seconds
 * @returns milliseconds
 * @throws ParameterError
 */
export function parseWaitTimeout(typed: string = String(DEFAULT_PATIENCE)): number {
  if (!/^\d+(\.\d+)?$/.test(typed)) throw new ParameterError(`Bad value for --wait-timeout: '${typed}' is no number of seconds`)
  return Number(typed) * 1000
}

/**
 * Calls STS until the key has worked often enough, the time is up or a signal arrives. Never throws.
 *
 * @param patience in milliseconds
 * @param times the number of consecutive successes
 * @returns undefined once it works; otherwise why it is not known to
 */
export async function waitUntilUsable(
  { AccessKeyId }: { readonly AccessKeyId: string },
  ask: GetIdentity,
  patience: number,
  { clock, signals, progress, debug }: Pick<Context, 'clock' | 'signals' | 'progress' | 'debug'>,
  times = IN_A_ROW,
): Promise<string | undefined> {
  const began = clock.now()
  const end = new AbortController()
  clock.sleep(patience, signals.interrupt).then(() => end.abort())
  try {
    for (let row = 0; ; ) {
      const answer = await answerOf(ask, end.signal)
      debug(`waiting: ${answer}`)
      row = answer === 'OK' ? row + 1 : 0
      if (row === times) return undefined
      if (signals.received) return `interrupted by ${signals.received}`
      const left = began + patience - clock.now()
      if (left < APART) return `after ${patience / 1000} s the last answer was ${answer}`
      progress.say(`waiting until ${AccessKeyId} works, ${Math.round(left / 1000)} s at most: ${row} of ${times}`)
      await clock.sleep(APART, signals.interrupt)
    }
  } finally {
    progress.end()
  }
}

/** `OK`, or the name of the error. */
async function answerOf(ask: GetIdentity, stop: AbortSignal): Promise<string> {
  try {
    await ask(stop)
    return 'OK'
  } catch (error) {
    const code = error instanceof CallFailure ? (error.failure.code ?? error.name) : 'none'
    return KNOWN.has(code) ? 'OK' : code
  }
}
