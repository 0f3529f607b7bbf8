/** How long a call that follows CreateAccessKey may take. */

import type { Context } from '../core/command.ts'
import { withTimeout } from '../core/timeout.ts'

/** How long one question after the fact may take, in milliseconds: whoever waits for it has waited for the call already. */
const ANSWER_WITHIN = 10_000
/** The same after a signal. */
const ANSWER_SOON = 3000
/** A call after the fact: it may not hold up the end for ever. */
export async function withAnswerTimeout<T>(
  ask: (stop: AbortSignal) => Promise<T>,
  { clock, signals }: Pick<Context, 'clock' | 'signals'>,
): Promise<T> {
  return withTimeout(signals.received ? ANSWER_SOON : ANSWER_WITHIN, clock, ask)
}
