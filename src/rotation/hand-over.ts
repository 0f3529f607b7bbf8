/** Gives a key to a store: recorded beforehand, and repeated for a program that may have stored it without confirming. */

import { backoff } from '../core/backoff.ts'
import { type KeyPair, type KeyStore, type Rollback, StoreFailure, StoreOutcomeUnknown, type WholeKey } from '../core/key-store.ts'
import type { ApplyContext } from './apply.ts'
import type { Entry } from './journal.ts'

/** An irrevocable store has the key, or may have it. */
export class CommittedFailure extends StoreOutcomeUnknown {}

type Unstamped = Entry extends infer Each ? (Each extends Entry ? Omit<Each, 'at'> : never) : never

/** Records a fact that later runs do not depend on. */
export const recordOptional = (context: ApplyContext, entry: Unstamped): Promise<void> => record(context, entry).catch(() => {})

export const record = ({ journal, serviceTime }: ApplyContext, entry: Unstamped): Promise<void> =>
  journal.record({ ...entry, at: serviceTime() } as Entry)

/** Records that the store may have the key from now on. Later runs need no record of a store that ends with its job. */
export async function recordStoring(store: KeyStore, { AccessKeyId: id }: KeyPair, context: ApplyContext): Promise<void> {
  if (!store.ephemeral) await record(context, { what: 'storing', id, store: store.identity })
}

export const withRecordedRollback =
  (rollback: Rollback, { identity }: KeyStore, { AccessKeyId: id }: KeyPair, context: ApplyContext): Rollback =>
  async () => {
    const sentence = await rollback()
    await recordOptional(context, { what: 'unstored', id, store: identity })
    return sentence
  }

/** @throws StoreFailure if the store returns another key than it was given */
export async function readBack({ name, read }: KeyStore, key: WholeKey, { UserName }: ApplyContext): Promise<readonly KeyPair[]> {
  const found = await read?.(UserName)
  if (found?.AccessKeyId === key.AccessKeyId && found.SecretAccessKey === key.SecretAccessKey) return [key]
  throw new StoreFailure(name, 'it does not give back the key that was put there')
}

/** The name of a store that has the key or cannot be read now, if there is one. */
export async function holderOf(AccessKeyId: string, stores: readonly KeyStore[], UserName: string): Promise<string | undefined> {
  for (const { name, read, ephemeral } of stores) {
    if (ephemeral) continue
    const holds = await read?.(UserName).then(
      found => found?.AccessKeyId === AccessKeyId,
      () => true,
    )
    if (holds) return name
  }
  return undefined
}

/** Attempts to give the key to a program that may have stored it without confirming. */
const ATTEMPTS = 3
/** Reads of a store before its content is believed. */
const READS = 5

/**
 * Gives the key to an irrevocable store. A program that fails may have stored the key; repeating does no harm.
 *
 * @param committed another such store has the key
 * @throws CommittedFailure if this store or another may have the key; StoreFailure if none has
 */
export async function handOver(store: KeyStore, key: WholeKey, committed: boolean, context: ApplyContext): Promise<void> {
  const { AccessKeyId: id } = key
  const { identity, name } = store
  const { clock, signals } = context
  await recordStoring(store, key, context)
  let doubt = false
  for (let attempt = 1; ; attempt++) {
    try {
      await store.put(key, signals.interrupt)
      if (store.read !== undefined && !(await shows(store, key, context))) {
        doubt = true
        throw new StoreOutcomeUnknown(name, 'its --read-command does not show the key that was stored')
      }
      return await recordOptional(context, { what: 'stored', id, store: identity })
    } catch (error) {
      doubt ||= !(error instanceof StoreFailure) || error instanceof StoreOutcomeUnknown
      const isKnown = store.read !== undefined && !store.trails && !signals.received
      if (isKnown && doubt && (await shows(store, key, context)))
        return await recordOptional(context, { what: 'stored', id, store: identity })
      if (doubt && attempt < ATTEMPTS && !signals.received) {
        await clock.sleep(backoff(attempt, context), signals.interrupt)
        continue
      }
      // The store has what it shows: the user has said so with --read-command.
      const hasNothing = isKnown || !doubt
      if (hasNothing) await recordOptional(context, { what: 'unstored', id, store: identity })
      if (hasNothing && !committed) throw error
      const why = error instanceof StoreFailure ? error.reason : 'it failed unexpectedly'
      throw new CommittedFailure(name, why, { cause: error })
    }
  }
}

/** Whether the store shows the key, or will soon. An unreadable store does not. */
async function shows(store: KeyStore, key: WholeKey, { UserName, clock, signals }: ApplyContext): Promise<boolean> {
  for (let read = 1; ; read++) {
    const found = await store.read?.(UserName)
    if (found?.AccessKeyId === key.AccessKeyId && (found.SecretAccessKey ?? key.SecretAccessKey) === key.SecretAccessKey) return true
    if (read >= READS || signals.received) return false
    await clock.sleep(1000, signals.interrupt)
  }
}
