/** A time limit for calls that follow CreateAccessKey. */

import type { Context } from '../core/command.ts'
import { withTimeout } from '../core/timeout.ts'

/** Milliseconds for such a call: the user has already waited for CreateAccessKey. */
const ANSWER_WITHIN = 10_000
/** Milliseconds for such a call after a signal. */
const ANSWER_WITHIN_AFTER_SIGNAL = 3000
/** Calls `call` with the time limit. */
export async function withAnswerTimeout<T>(
  call: (stop: AbortSignal) => Promise<T>,
  { clock, signals }: Pick<Context, 'clock' | 'signals'>,
): Promise<T> {
  return withTimeout(signals.received ? ANSWER_WITHIN_AFTER_SIGNAL : ANSWER_WITHIN, clock, call)
}
