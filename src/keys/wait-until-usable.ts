/**
 * Waiting until AWS accepts a new key everywhere. One success proves little, for the next question may reach a server that has not heard of
 * the key yet: it must succeed several times in a row.
 */

import type { Context } from '../core/command.ts'
import { ParameterError } from '../core/errors.ts'
import { CallFailure } from '../core/iam.ts'
import type { GetIdentity } from '../core/sts.ts'

const IN_A_ROW = 5
/** Milliseconds from one question to the next. */
const APART = 1000
const DEFAULT_PATIENCE = 60

/** The service knows who asks, and does not let them: the key works. */
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
 * Asks until the key has worked often enough, the time is up or a signal comes. Never throws.
 *
 * @param patience in milliseconds
 * @param times how often in a row it must work
 * @returns undefined once it works; else why it is not known to
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

/** `OK`, or the name of what was said instead. */
async function answerOf(ask: GetIdentity, stop: AbortSignal): Promise<string> {
  try {
    await ask(stop)
    return 'OK'
  } catch (error) {
    const code = error instanceof CallFailure ? (error.failure.code ?? error.name) : 'none'
    return KNOWN.has(code) ? 'OK' : code
  }
}
