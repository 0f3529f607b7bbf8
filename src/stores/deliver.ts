/**
 * Delivers the result of a command whole, or undoes the command, or reports what remains. Knows no service and no format. Everything here
 * runs after the point of no return: every failure says what became of the key.
 */

import type { Outcome } from '../core/command.ts'
import { Failure, Interrupted, nameOf, Unwritable } from '../core/errors.ts'
import { type HeldSignals, isSystemError } from '../core/host.ts'
import { PartlyStored, type Rollback, StoreFailure } from '../core/key-store.ts'
import type { Dict } from '../python/value.ts'

interface Display {
  /** May throw: what fits the sample need not fit the reply. */
  readonly render: (output: Dict) => string
  /** Shows the text to the user. Throws a SystemError if part of it may not have been written. `stop` ends a wait for a reader. */
  readonly show: (text: string, stop: AbortSignal) => Promise<void>
}

/**
 * Delivers to all or none: first the stores, then the output. Once an irrevocable store has the key, or any store may have it, the key
 * counts as delivered, and a later failure is no reason to delete it.
 *
 * @returns the text that was shown. A reader that stops early (`| head`) is no failure for output that can be fetched again, as in
 * aws-cli 2.36.7.
 * @throws Failure or Interrupted with a phrase that says what became of the key
 */
export async function deliver(outcome: Outcome, { render, show }: Display, signals: HeldSignals): Promise<string> {
  if (signals.received) throw await undoOutcome(outcome, `interrupted by ${signals.received}`, signals)
  const { storeTo } = outcome
  let rollback: Rollback = async () => ''
  let committed = false
  let notUsable: Failure | undefined
  let text: string
  try {
    // Loaded with the stores: nothing is read from the disk here.
    const storing = storeTo && (await import('./store-key.ts'))
    if (storing) rollback = await storing.stageKey(storeTo.key, storeTo.stores, signals.interrupt)
    notUsable = await outcome
      .waitUntilUsable?.()
      .catch(error => new Failure(`the new key is delivered, but could not be tried (${nameOf(error)})`))
    // A signal that ended the wait ends nothing else.
    const stop = signals.received ? signals.deadline : signals.interrupt
    if (storing) {
      const stored = await storing.storeKey(storeTo.key, storeTo.stores, stop)
      committed = stored.irrevocable
      rollback = storing.inSequence([stored.rollback, rollback])
    }
    text = render(outcome.output)
    await show(text, stop)
  } catch (error) {
    const why = reasonOf(error, signals)
    if (committed) throw failureWith(`${why}; the new key is stored all the same`, signals)
    if (error instanceof PartlyStored)
      throw failureWith(`${why}. If it is not wanted there, delete it with\n  ${outcome.undoCommand?.()}`, signals)
    if (!outcome.undo) {
      if (outcome.secret === undefined && isSystemError(error) && error.code === 'EPIPE') return ''
      throw withoutUndo(error, signals)
    }
    throw await undoOutcome(outcome, [why, await rollback()].filter(Boolean).join('; '), signals)
  }
  await outcome.afterDelivery?.()
  if (notUsable) throw notUsable
  if (signals.received) throw new Interrupted(signals.received)
  return text
}

/** For output that can be fetched again and contains no secret. */
function withoutUndo(error: unknown, { received }: HeldSignals): unknown {
  if (received) return new Interrupted(received)
  return isSystemError(error) ? new Unwritable(error.code) : error
}

/** Only the error's name: the message of a query quotes the value it was evaluated on, which may be the secret. */
function reasonOf(error: unknown, { received }: HeldSignals): string {
  if (error instanceof StoreFailure) return error.message
  if (isSystemError(error))
    return error.code === 'EINTR' && received ? `interrupted by ${received}` : `could not write the output (${error.code})`
  return `could not show the output (${nameOf(error)})`
}

async function undoOutcome(outcome: Outcome, why: string, signals: HeldSignals): Promise<Failure> {
  return failureWith(outcome.undo ? `${why}; ${await outcome.undo()}` : why, signals)
}

const failureWith = (sentence: string, { received }: HeldSignals): Failure =>
  received ? new Interrupted(received, sentence) : new Failure(sentence)
