/** What the state proves about stores: which key each holds or may hold, whether or not it can be read. Pure. */

import type { StoreHistory } from './journal.ts'
import {
  CLOCK_GRAIN,
  type Holding,
  isActive,
  isCreatedHere,
  isOlder,
  isUnused,
  isUsedSince,
  type Key,
  type RotationState,
} from './state.ts'

/** The stores that outlive the job. */
export const lastingOf = ({ holdings }: RotationState): readonly Holding[] => holdings.filter(({ ephemeral }) => !ephemeral)

export const holdersOf = ({ AccessKeyId }: Key, state: RotationState): readonly Holding[] =>
  lastingOf(state).filter(holding => holding.AccessKeyId === AccessKeyId)

/** The store in which an earlier run has staged the key, with its secret. */
export const stagerOf = ({ AccessKeyId }: Key, state: RotationState): Holding | undefined =>
  lastingOf(state).find(({ staged }) => staged === AccessKeyId)

const storeHistoryOf = ({ identity }: Holding, { history }: RotationState): StoreHistory => history.stores[identity] ?? { storing: [] }

/** The keys that a store may hold by the journal, without those that are useless by now. */
function candidatesIn(holding: Holding, state: RotationState): readonly Key[] {
  const { stored, storing } = storeHistoryOf(holding, state)
  const ids = [stored?.id, ...storing.map(({ id }) => id)]
  return state.keys.filter(key => key.active && ids.includes(key.AccessKeyId))
}

/** The key in a store that cannot be read, if the journal, the key's use or the deletion of all other candidates leaves no doubt. */
export function presumedKeyIn(holding: Holding, state: RotationState): string | undefined {
  const { stored, storing } = storeHistoryOf(holding, state)
  const candidates = candidatesIn(holding, state)
  const [first] = candidates
  if (storing.length === 0) return stored?.id
  if (first !== undefined && candidates.length === 1 && stored !== undefined) return first.AccessKeyId
  const inUse = candidates.find(key => isProvenByUse(key, holding, state))
  return inUse?.AccessKeyId
}

/** The key was used after the store was about to get it, and the store was never about to get another. */
function isProvenByUse(key: Key, holding: Holding, state: RotationState): boolean {
  const storingEvent = storeHistoryOf(holding, state).storing.find(({ id }) => id === key.AccessKeyId)
  const elsewhere = Object.entries(state.history.stores).some(
    ([identity, { stored, storing }]) =>
      identity !== holding.identity && (stored?.id === key.AccessKeyId || storing.some(({ id }) => id === key.AccessKeyId)),
  )
  return storingEvent !== undefined && !elsewhere && isUsedSince(key, storingEvent.at + CLOCK_GRAIN)
}

/** A store that cannot be read does not hold a key that has not been used for more than a day while another key has. */
function isProvenUnheld(key: Key, state: RotationState): boolean {
  const { created } = key
  return created !== undefined && isUnused(key, state) && state.keys.some(other => other !== key && isUsedSince(other, created))
}

/** Whether a store that cannot be read may hold the key. */
export function mayHold(holding: Holding, key: Key, state: RotationState): boolean {
  if (holding.readable || holding.ephemeral) return false
  const { stored, storing } = storeHistoryOf(holding, state)
  const presumed = presumedKeyIn(holding, state)
  if (presumed === key.AccessKeyId) return true
  if (presumed === undefined && [stored, ...storing].some(each => each?.id === key.AccessKeyId)) return true
  // The run that created it knows where it was stored.
  if (isCreatedHere(key, state)) return false
  // Another machine may have stored another key since.
  const last = presumed ?? stored?.id
  if (last !== undefined && isOlderThanKey(key, last, state)) return false
  return !isProvenUnheld(key, state)
}

/** The key is older than the one with that id. */
function isOlderThanKey(key: Key, id: string, { history, keys }: RotationState): boolean {
  const { AccessKeyId } = key
  const { created: creation, handedOver } = history.keys[id] ?? {}
  if (creation?.replaces[AccessKeyId] !== undefined || handedOver?.replaces[AccessKeyId] !== undefined) return true
  const successor = keys.find(each => each.AccessKeyId === id)
  return successor !== undefined && isOlder(key, successor, 0)
}

/** Whether the store has the key for certain, as far as that can be known, and the key works. */
export function certainlyHolds(holding: Holding, key: Key, state: RotationState): boolean {
  if (holding.readable) return holding.AccessKeyId === key.AccessKeyId && holding.condition === 'works'
  return presumedKeyIn(holding, state) === key.AccessKeyId && holding.condition !== 'deleted'
}

/** The key is or may be in a store, including those that only the journal knows. */
export function mayBeHeld(key: Key, state: RotationState): boolean {
  const named = new Set(state.holdings.map(({ identity }) => identity))
  const isElsewhere = Object.entries(state.history.stores).some(
    ([identity, { stored, storing }]) => !named.has(identity) && [stored, ...storing].some(each => each?.id === key.AccessKeyId),
  )
  return isElsewhere || isHeldHere(key, state)
}

/** The key is or may be in a store of this run. */
export const isHeldHere = (key: Key, state: RotationState): boolean =>
  holdersOf(key, state).length > 0 || lastingOf(state).some(holding => mayHold(holding, key, state))

/** A program may still store the key although the run that started it has ended: what the store shows now may change. */
export function mayStillStore(key: Key, longestRun: number, state: RotationState): number | undefined {
  const ends = state.holdings.flatMap(holding => {
    const { storing } = storeHistoryOf(holding, state)
    return holding.irrevocable && holding.readable
      ? storing.filter(({ id }) => id === key.AccessKeyId).map(({ at }) => at + longestRun)
      : []
  })
  const until = Math.max(0, ...ends)
  return until > state.now ? until : undefined
}

/** A store that cannot be read was to get the key, and nothing shows whether it did. */
export const inDoubt = (holding: Holding, state: RotationState): boolean =>
  !holding.readable &&
  presumedKeyIn(holding, state) === undefined &&
  storeHistoryOf(holding, state).storing.some(({ id }) => isActive(id, state))
