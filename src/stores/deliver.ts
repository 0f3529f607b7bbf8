/**
 * The promise: what a command made reaches the user whole, or is undone, or is named. Knows no service and no format. Everything from
 * here on runs after the point of no return, so it may fail in one way only: by saying what became of things.
 */

import type { Outcome } from '../core/command.ts'
import { Failure, Interrupted, nameOf, Unwritable } from '../core/errors.ts'
import { type HeldSignals, isSystemError } from '../core/host.ts'
import { type KeyStore, type Rollback, StoreFailure, type WholeKey } from '../core/key-store.ts'
import type { PagedResult } from '../core/paging.ts'
import type { Dict } from '../python/value.ts'

interface Display {
  /** May throw: what fits the sample need not fit the reply. */
  readonly render: (output: Dict, paged?: PagedResult) => string
  /** Puts the text before the user; throws a SystemError if part of it may not have arrived. `stop` ends a wait for a reader. */
  readonly show: (text: string, stop: AbortSignal) => Promise<void>
}

/**
 * Everything the outcome is for gets it, or nothing does: the stores first, the output last. Where a store keeps what it got, the key is
 * delivered once that has it, and an output that fails then is no reason to delete it.
 *
 * @returns what the user was shown. A reader that had seen enough of what can be had again (`| head`) is no failure, as with aws-cli 2.36.7.
 * @throws Failure or Interrupted with the sentence that says what became of what the command made.
 */
export async function deliver(outcome: Outcome, { render, show }: Display, signals: HeldSignals): Promise<string> {
  if (signals.received) throw await undone(outcome, `interrupted by ${signals.received}`, signals)
  const shortfall = await outcome
    .waitUntilUsable?.()
    .catch(error => new Failure(`the new key is delivered, but could not be tried (${nameOf(error)})`))
  // A signal that ended the wait asked for no more than that.
  const stop = signals.received ? signals.deadline : signals.interrupt
  let stored: Stored | undefined
  let text: string
  try {
    stored = outcome.storeTo && (await storeKey(outcome.storeTo.key, outcome.storeTo.stores, stop))
    text = render(outcome.output, outcome.pages)
    await show(text, stop)
  } catch (error) {
    const why = whyNot(error, signals)
    if (stored?.irrevocable) throw ended(`${why}; the new key is stored all the same`, signals)
    if (!outcome.undo) {
      if (outcome.secret === undefined && isSystemError(error) && error.code === 'EPIPE') return ''
      throw inPlainWords(error, signals)
    }
    throw await undone(outcome, stored ? `${why}; ${await stored.rollback()}` : why, signals)
  }
  await outcome.afterDelivery?.()
  if (shortfall) throw shortfall
  if (signals.received) throw new Interrupted(signals.received)
  return text
}

interface Stored {
  /** One of the stores keeps what it got. */
  readonly irrevocable: boolean
  /** Gives all the others back their old content. */
  readonly rollback: Rollback
}

/**
 * Puts a key into all of the stores, or into none: those that have it already are given their old content back, the last one first. Places
 * that keep what they get come last.
 *
 * @param stop ends every wait, and keeps the next store from being begun
 * @throws StoreFailure with the sentence that says why, and what the stores hold now
 */
export async function storeKey(key: WholeKey, stores: readonly KeyStore[], stop: AbortSignal): Promise<Stored> {
  const taking: Rollback[] = []
  const rollback = async () => {
    const sentences: string[] = []
    for (const each of taking) sentences.push(await each())
    return sentences.join('; ')
  }
  for (const store of stores.toSorted((one, other) => Number(one.irrevocable) - Number(other.irrevocable))) {
    try {
      if (stop.aborted) throw new StoreFailure(store.name, 'interrupted')
      taking.unshift(await store.put(key, stop))
    } catch (error) {
      const why = error instanceof StoreFailure ? error.reason : nameOf(error)
      throw new StoreFailure(store.name, taking.length === 0 ? why : `${why}; ${await rollback()}`, { cause: error })
    }
  }
  return { irrevocable: stores.some(store => store.irrevocable), rollback }
}

/** What was to be shown can be had again, and hides no secret. */
function inPlainWords(error: unknown, { received }: HeldSignals): unknown {
  if (received) return new Interrupted(received)
  return isSystemError(error) ? new Unwritable(error.code) : error
}

/** Never more than a name: a query's complaint quotes what it was asked about, which may be the secret. */
function whyNot(error: unknown, { received }: HeldSignals): string {
  if (error instanceof StoreFailure) return error.message
  if (isSystemError(error))
    return error.code === 'EINTR' && received ? `interrupted by ${received}` : `could not write the output (${error.code})`
  return `could not show the output (${nameOf(error)})`
}

async function undone(outcome: Outcome, why: string, signals: HeldSignals): Promise<Failure> {
  return ended(outcome.undo ? `${why}; ${await outcome.undo()}` : why, signals)
}

const ended = (sentence: string, { received }: HeldSignals): Failure =>
  received ? new Interrupted(received, sentence) : new Failure(sentence)
