/**
 * The promise: what a command made reaches the user whole, or is undone, or is named. Knows no service and no format. Everything from
 * here on runs after the point of no return, so it may fail in one way only: by saying what became of things.
 */

import type { Outcome } from './command.ts'
import { Failure, Interrupted, Unwritable } from './errors.ts'
import { type HeldSignals, isSystemError } from './host.ts'
import type { Paged } from './paging.ts'
import type { Dict } from './python/value.ts'

export interface Showing {
  /** May throw: what fits the sample need not fit the reply. */
  readonly render: (output: Dict, paged?: Paged) => string
  /** Puts the text before the user; throws a SystemError if part of it may not have arrived. `stop` ends a wait for a reader. */
  readonly show: (text: string, stop: AbortSignal) => Promise<void>
}

/**
 * @returns what the user was shown.
 * @throws Failure or Interrupted with the sentence that says what became of what the command made.
 */
export async function deliver(outcome: Outcome, { render, show }: Showing, signals: HeldSignals): Promise<string> {
  if (signals.received) throw await undone(outcome, `interrupted by ${signals.received}`, signals)
  let text: string
  try {
    text = render(outcome.output, outcome.paged)
    await show(text, signals.came)
  } catch (error) {
    throw outcome.undo ? await undone(outcome, whyNot(error, signals), signals) : inPlainWords(error, signals)
  }
  await outcome.settle?.()
  if (signals.received) throw new Interrupted(signals.received)
  return text
}

/** What was to be shown can be had again, and hides no secret. */
function inPlainWords(error: unknown, { received }: HeldSignals): unknown {
  if (received) return new Interrupted(received)
  return isSystemError(error) ? new Unwritable(error.code) : error
}

/** Never more than a name: a query's complaint quotes what it was asked about, which may be the secret. */
function whyNot(error: unknown, { received }: HeldSignals): string {
  if (isSystemError(error))
    return error.code === 'EINTR' && received ? `interrupted by ${received}` : `could not write the output (${error.code})`
  return `could not show the output (${error instanceof Error ? error.name : 'unknown'})`
}

async function undone(outcome: Outcome, why: string, signals: HeldSignals): Promise<Failure> {
  const sentence = outcome.undo ? `${why}; ${await outcome.undo()}` : why
  return signals.received ? new Interrupted(signals.received, sentence) : new Failure(sentence)
}
