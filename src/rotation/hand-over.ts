/** A key on its way into a store: written down before, and given again to a program that may have stored it and has not said so. */

import { backoff } from '../core/backoff.ts'
import { type KeyPair, type KeyStore, type Rollback, StoreFailure, StoreOutcomeUnknown, type WholeKey } from '../core/key-store.ts'
import type { ApplyContext } from './apply.ts'
import type { Entry } from './journal.ts'

/** A store that keeps what it gets may have the key, or has it. */
export class CommittedFailure extends StoreOutcomeUnknown {}

type Unstamped = Entry extends infer Each ? (Each extends Entry ? Omit<Each, 'at'> : never) : never

/** A fact that a later run could do without. */
export const note = (world: ApplyContext, entry: Unstamped): Promise<void> => record(world, entry).catch(() => {})

export const record = ({ journal, serviceTime }: ApplyContext, entry: Unstamped): Promise<void> =>
  journal.record({ ...entry, at: serviceTime() } as Entry)

/** From here on the store may have the key. What ends with its job is of no interest to a later one. */
export async function storing(store: KeyStore, { AccessKeyId: id }: KeyPair, world: ApplyContext): Promise<void> {
  if (!store.ephemeral) await record(world, { what: 'storing', id, store: store.identity })
}

export const undoing =
  (rollback: Rollback, { identity }: KeyStore, { AccessKeyId: id }: KeyPair, world: ApplyContext): Rollback =>
  async () => {
    const sentence = await rollback()
    await note(world, { what: 'unstored', id, store: identity })
    return sentence
  }

/** @throws StoreFailure where something else comes back than was put there */
export async function readBack({ name, read }: KeyStore, key: WholeKey, { UserName }: ApplyContext): Promise<readonly KeyPair[]> {
  const found = await read?.(UserName)
  if (found?.AccessKeyId === key.AccessKeyId && found.SecretAccessKey === key.SecretAccessKey) return [key]
  throw new StoreFailure(name, 'it does not give back the key that was put there')
}

/** How often a program is given the key that may have stored it, and has not said so. */
const ATTEMPTS = 3
/** How often a store is read before what it shows is believed. */
const READS = 5

/**
 * To a store that keeps what it gets. A program that fails may have stored the key all the same; giving it once more does no harm.
 *
 * @param committed another such store has the key
 * @throws CommittedFailure where the store, or another one, may have the key; a StoreFailure where none has
 */
export async function handOver(store: KeyStore, key: WholeKey, committed: boolean, world: ApplyContext): Promise<void> {
  const { AccessKeyId: id } = key
  const { identity, name } = store
  const { clock, signals } = world
  await storing(store, key, world)
  let doubt = false
  for (let attempt = 1; ; attempt++) {
    try {
      await store.put(key, signals.interrupt)
      if (store.read !== undefined && !(await shows(store, key, world))) {
        doubt = true
        throw new StoreOutcomeUnknown(name, 'its --read-command does not show the key that was stored')
      }
      return await note(world, { what: 'stored', id, store: identity })
    } catch (error) {
      doubt ||= !(error instanceof StoreFailure) || error instanceof StoreOutcomeUnknown
      const isKnown = store.read !== undefined && !store.trails && !signals.received
      if (isKnown && doubt && (await shows(store, key, world))) return await note(world, { what: 'stored', id, store: identity })
      if (doubt && attempt < ATTEMPTS && !signals.received) {
        await clock.sleep(backoff(attempt, world), signals.interrupt)
        continue
      }
      // What the store shows is what it has: its user has said so.
      const hasNothing = isKnown || !doubt
      if (hasNothing) await note(world, { what: 'unstored', id, store: identity })
      if (hasNothing && !committed) throw error
      const why = error instanceof StoreFailure ? error.reason : 'it failed unexpectedly'
      throw new CommittedFailure(name, why, { cause: error })
    }
  }
}

/** Whether the store shows the key, or begins to. Unreadable is no. */
async function shows(store: KeyStore, key: WholeKey, { UserName, clock, signals }: ApplyContext): Promise<boolean> {
  for (let read = 1; ; read++) {
    const found = await store.read?.(UserName)
    if (found?.AccessKeyId === key.AccessKeyId && (found.SecretAccessKey ?? key.SecretAccessKey) === key.SecretAccessKey) return true
    if (read >= READS || signals.received) return false
    await clock.sleep(1000, signals.interrupt)
  }
}
