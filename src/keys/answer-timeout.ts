/** A time limit for calls that follow CreateAccessKey. */

import type { Context } from '../core/command.ts'
import { withTimeout } from '../core/timeout.ts'

/** Milliseconds for such a call: the user has already waited for CreateAccessKey. */
const ANSWER_WITHIN = 10_000
/** The same after a signal. */
const ANSWER_SOON = 3000
/** Calls `ask` with the time limit. */
export async function withAnswerTimeout<T>(
  ask: (stop: AbortSignal) => Promise<T>,
  { clock, signals }: Pick<Context, 'clock' | 'signals'>,
): Promise<T> {
  return withTimeout(signals.received ? ANSWER_SOON : ANSWER_WITHIN, clock, ask)
}
