/**
 * Waits until AWS accepts a new key everywhere. One success proves little, because the next call may reach a server that does not know the
 * key yet: several calls in a row must succeed.
 */

import { backoff } from '../core/backoff.ts'
import type { Context } from '../core/command.ts'
import { ParameterError } from '../core/errors.ts'
import { CallFailure, Refused } from '../core/iam.ts'
import type { GetIdentity } from '../core/sts.ts'

const IN_A_ROW = 5
/** Milliseconds between two calls. */
const CALL_INTERVAL = 1000
const DEFAULT_TIMEOUT = 60

/** Errors by which the service denies a call to a caller that it knows. */
const DENIED = new Set(['AccessDenied', 'AccessDeniedException'])

/** Whether a call with this error shows that its key works. */
export const provesKey = (code: string): boolean => DENIED.has(code)

/**
 * @param typed --wait-timeout, in seconds
 * @returns milliseconds
 * @throws ParameterError
 */
export function parseWaitTimeout(typed: string = String(DEFAULT_TIMEOUT)): number {
  if (!/^\d+(\.\d+)?$/.test(typed)) throw new ParameterError(`Bad value for --wait-timeout: '${typed}' is no number of seconds`)
  return Number(typed) * 1000
}

/**
 * Calls STS until the key has worked often enough, the time is up or a signal arrives. Never throws.
 *
 * @param timeout in milliseconds
 * @param times the number of consecutive successes
 * @returns undefined once it works; otherwise why it is not known to
 */
export async function waitUntilUsable(
  { AccessKeyId }: { readonly AccessKeyId: string },
  getIdentity: GetIdentity,
  timeout: number,
  { clock, signals, random, progress, debug }: Pick<Context, 'clock' | 'signals' | 'random' | 'progress' | 'debug'>,
  times = IN_A_ROW,
): Promise<string | undefined> {
  const began = clock.now()
  const end = new AbortController()
  // Time in which STS throttles the calls does not count: it says nothing about the key.
  let lost = 0
  const alarm = async () => {
    for (let left = timeout; left > 0 && !signals.received; left = began + timeout + lost - clock.now()) {
      await clock.sleep(left, signals.interrupt)
    }
    end.abort()
  }
  alarm()
  try {
    for (let [row, throttled] = [0, 0]; ; ) {
      const calledAt = clock.now()
      const answer = await outcomeOf(getIdentity, end.signal)
      debug(`waiting: ${answer}`)
      if (answer === THROTTLED && lost < LONGEST_THROTTLING && !signals.received) {
        await clock.sleep(backoff(++throttled, { random }), signals.interrupt)
        lost += clock.now() - calledAt
        continue
      }
      row = answer === 'OK' ? row + 1 : 0
      throttled = 0
      if (row === times) return undefined
      if (signals.received) return `interrupted by ${signals.received}`
      const left = began + timeout + lost - clock.now()
      if (left < CALL_INTERVAL) return `after ${timeout / 1000} s the last answer was ${answer}`
      progress.say(`waiting until ${AccessKeyId} works, ${Math.round(left / 1000)} s at most: ${row} of ${times}`)
      await clock.sleep(CALL_INTERVAL, signals.interrupt)
    }
  } finally {
    progress.end()
  }
}

/** The most time, in milliseconds, that does not count. */
const LONGEST_THROTTLING = 600_000
const THROTTLED = 'throttled'

/** `OK`, or the name of the error. */
async function outcomeOf(getIdentity: GetIdentity, stop: AbortSignal): Promise<string> {
  try {
    await getIdentity(stop)
    return 'OK'
  } catch (error) {
    if (error instanceof Refused && error.retryable) return THROTTLED
    const code = error instanceof CallFailure ? (error.failure.code ?? error.name) : 'none'
    return provesKey(code) ? 'OK' : code
  }
}
