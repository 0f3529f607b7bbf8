/** How long calls are waited for, and how long between them. */

import type { Context } from '../core/command.ts'
import { withTimeout } from '../core/timeout.ts'

/** How long one question after the fact may take, in milliseconds: whoever waits for it has waited for the call already. */
const ANSWER_WITHIN = 10_000
/** The same after a signal. */
const ANSWER_SOON = 3000
/** The longest wait between attempts, in milliseconds (botocore/retries/standard.py, 2.36.7). */
const LONGEST_WAIT = 20_000

/** Waits between attempts as aws-cli's standard mode: a random part of 1 s, 2 s, 4 s… (botocore/retries/standard.py, 2.36.7). */
export function backoff(attempt: number, { random }: Pick<Context, 'random'>): number {
  return random() * Math.min(1000 * 2 ** (attempt - 1), LONGEST_WAIT)
}

/** A call after the fact: it may not hold up the end for ever. */
export async function withAnswerTimeout<T>(
  ask: (stop: AbortSignal) => Promise<T>,
  { clock, signals }: Pick<Context, 'clock' | 'signals'>,
): Promise<T> {
  return withTimeout(signals.received ? ANSWER_SOON : ANSWER_WITHIN, clock, ask)
}
