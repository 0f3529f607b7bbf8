/**
 * The promise: what a command made reaches the user whole, or is undone, or is named. Knows no service and no format. Everything from
 * here on runs after the point of no return, so it may fail in one way only: by saying what became of things.
 */

import type { Outcome } from './command.ts'
import { Failure, Interrupted } from './errors.ts'
import type { HeldSignals } from './host.ts'
import { isSystemError } from './host.ts'

/** Puts the text before the user; throws a SystemError if part of it may not have arrived. `stop` ends a wait for a reader. */
export type Show = (text: string, stop: AbortSignal) => Promise<void>

/**
 * @param text what the user shall see; made, and proven on a sample, before.
 * @throws Failure or Interrupted with the sentence that says what became of what the command made.
 */
export async function deliver(outcome: Outcome, text: () => string, show: Show, signals: HeldSignals): Promise<void> {
  if (signals.received) throw await undone(outcome, `interrupted by ${signals.received}`, signals)
  try {
    await show(text(), signals.came)
  } catch (error) {
    const interrupted = signals.received !== undefined && isSystemError(error) && error.code === 'EINTR'
    const why = interrupted
      ? `interrupted by ${signals.received}`
      : `could not write the output (${isSystemError(error) ? error.code : error})`
    throw await undone(outcome, why, signals)
  }
  await outcome.settle?.()
  if (signals.received) throw new Interrupted(signals.received)
}

async function undone(outcome: Outcome, why: string, signals: HeldSignals): Promise<Failure> {
  const sentence = outcome.undo ? `${why}; ${await outcome.undo()}` : why
  return signals.received ? new Interrupted(signals.received, sentence) : new Failure(sentence)
}
