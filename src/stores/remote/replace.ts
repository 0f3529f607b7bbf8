/**
 * Replaces a value at a service without conditional writes: reads, writes, and reads again after a while. Of two runs that write at the
 * same moment the last one finds its own value and the other one notices, because the while is longer than the time between a run's read
 * and its write. The effect of a lost reply is read, never guessed.
 */

import { type Rollback, StoreFailure, StoreOutcomeUnknown } from '../../core/key-store.ts'
import { failure, type RequestContext, Unanswered, waitAfter } from './call.ts'

/** Milliseconds. */
const REREAD_AFTER = 3000
/** Attempts to write. */
const MAX_WRITES = 3

/** The content that a run has read. */
export interface StoredValue {
  /** Undefined if there is nothing yet. */
  readonly text: string | undefined
  /** If the service counts writes. */
  readonly version?: bigint | undefined
}

export interface ReplaceableValue {
  /** Rejects with a StoreFailure. */
  readonly load: (stop: AbortSignal) => Promise<StoredValue>
  /**
   * One attempt to replace what was there a moment ago. Rejects with Unanswered if it may be repeated, with a StoreOutcomeUnknown if it may
   * have had an effect, otherwise with a StoreFailure.
   */
  readonly save: (text: string, before: StoredValue, stop: AbortSignal) => Promise<void>
  /** Removes a value that did not exist before. Absent if that is impossible. */
  readonly remove?: (stop: AbortSignal) => Promise<void>
}

/** For requests that must not be cut short. */
const NEVER = new AbortController().signal

/**
 * Writes the text.
 *
 * @param before what was just read
 * @throws StoreFailure if another text has been written meanwhile; StoreOutcomeUnknown if it is unknown what is there
 */
export async function replaceValue(
  text: string,
  before: StoredValue,
  place: ReplaceableValue,
  stop: AbortSignal,
  context: RequestContext,
): Promise<Rollback> {
  await write(text, before, place, stop, context)
  await context.host.clock.sleep(REREAD_AFTER)
  const settled = await place.load(NEVER).catch(cause => {
    throw failure('it is not known whether it has kept the key', true, context, cause)
  })
  if (settled.text !== text) throw new StoreFailure(context.store, WRITTEN_BY_OTHER)
  return () => rollback(settled, before, place, context)
}

const WRITTEN_BY_OTHER = 'another program has written it at the same moment'

/** Writes until there is an answer, or the text is found there. */
async function write(
  text: string,
  before: StoredValue,
  place: ReplaceableValue,
  stop: AbortSignal,
  context: RequestContext,
): Promise<void> {
  let doubt: StoreOutcomeUnknown | undefined
  for (let nth = 1; ; nth++) {
    try {
      return await place.save(text, before, stop)
    } catch (error) {
      if (error instanceof StoreOutcomeUnknown) doubt = error
      else if (!(error instanceof Unanswered)) throw doubt ?? error
      await context.host.clock.sleep(waitAfter(nth), stop)
      const now = await place.load(doubt ? NEVER : stop).catch(cause => {
        throw doubt ? failure('it is not known whether it has the key', true, context, cause) : cause
      })
      if (now.text === text) return
      if (now.text !== before.text) throw new StoreFailure(context.store, WRITTEN_BY_OTHER)
      if (nth >= MAX_WRITES || stop.aborted) throw doubt ?? error
    }
  }
}

async function rollback(ours: StoredValue, before: StoredValue, place: ReplaceableValue, { store, host }: RequestContext): Promise<string> {
  try {
    const now = await place.load(NEVER)
    if (now.text !== ours.text || now.version !== ours.version) return `${store} has been changed by another program, and was left alone`
    if (before.text !== undefined) await write(before.text, ours, place, NEVER, { store, host })
    else if (place.remove) await place.remove(NEVER)
    else return `${store} still holds that key`
    return `${store} holds what it held before`
  } catch (error) {
    const why = error instanceof StoreFailure ? error.reason : 'unexpected end'
    return `${store} could not be put back (${why}): it may still hold that key`
  }
}
