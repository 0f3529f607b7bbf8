/** Puts a key into several stores, all or none, and says what happened. */

import { nameOf } from '../core/errors.ts'
import { type KeyStore, PartlyStored, type Rollback, StoreFailure, StoreOutcomeUnknown, type WholeKey } from '../core/key-store.ts'

interface Stored {
  /** One of the stores is irrevocable. */
  readonly irrevocable: boolean
  /** Restores the earlier content of all others. */
  readonly rollback: Rollback
}

/** Runs one after the other, and joins their phrases. */
export const inSequence =
  (each: readonly Rollback[]): Rollback =>
  async () => {
    const sentences: string[] = []
    for (const rollback of each) sentences.push(await rollback())
    return sentences.filter(Boolean).join('; ')
  }

/**
 * Stages the key in the stores that can, where later runs find it and consumers do not.
 *
 * @throws StoreFailure that says why; then no store has it
 */
export async function stageKey(key: WholeKey, stores: readonly KeyStore[], stop: AbortSignal): Promise<Rollback> {
  const staged: Rollback[] = []
  for (const store of stores) {
    try {
      if (store.stage) staged.unshift(await store.stage(key, stop))
    } catch (error) {
      throw new StoreFailure(store.name, [reasonOf(error), await inSequence(staged)()].filter(Boolean).join('; '), { cause: error })
    }
  }
  return inSequence(staged)
}

/**
 * Puts a key into all stores or none: if one fails, the others get their earlier content back, the last one first. Irrevocable stores come
 * last; once one of them has the key, or any store may have it, nothing is rolled back.
 *
 * @param stop ends every wait, and no further store is begun
 * @throws StoreFailure that says why, and what the stores hold now; a PartlyStored if the key stays
 */
export async function storeKey(key: WholeKey, stores: readonly KeyStore[], stop: AbortSignal): Promise<Stored> {
  const rollbacks: Rollback[] = []
  const storedIn: string[] = []
  let kept = false
  for (const store of stores.toSorted((one, other) => Number(one.irrevocable) - Number(other.irrevocable))) {
    try {
      if (stop.aborted) throw new StoreFailure(store.name, 'interrupted')
      rollbacks.unshift(await store.put(key, stop))
      storedIn.push(store.name)
      kept ||= store.irrevocable
    } catch (error) {
      const why = reasonOf(error)
      const isInDoubt = error instanceof StoreOutcomeUnknown || (store.irrevocable && !(error instanceof StoreFailure))
      if (!kept && !isInDoubt) {
        throw new StoreFailure(store.name, [why, await inSequence(rollbacks)()].filter(Boolean).join('; '), { cause: error })
      }
      const doubt = isInDoubt ? `${store.name} may have it` : ''
      const holders = [storedIn.length > 0 ? `${storedIn.join(' and ')} ${storedIn.length > 1 ? 'have' : 'has'} it` : '', doubt].filter(
        Boolean,
      )
      throw new PartlyStored(store.name, `${why}; the new key ${key.AccessKeyId} stays, for ${holders.join(', and ')}`, { cause: error })
    }
  }
  return { irrevocable: kept, rollback: inSequence(rollbacks) }
}

/** Of an unexpected error, only the name. */
const reasonOf = (error: unknown): string => (error instanceof StoreFailure ? error.reason : nameOf(error))
