/** What the state proves about earlier runs: the keys that they left over, and the key in use. Pure. */

import { CLOCK_GRAIN, historyOf, isCreatedHere, type Key, type RotationState } from './state.ts'
import { holdersOf, lastingOf, mayBeHeld, presumedKeyIn, stagerOf } from './store-facts.ts'

/** The longest time, in milliseconds, between the first and the last effect of a CreateAccessKey request. */
const CREATION_TAKES = 60_000

/** A run on this machine created the key, and ended before it gave the key to a store. */
export function isOrphan(key: Key, state: RotationState): boolean {
  const { created, handedOver } = historyOf(key, state)
  const isNowhere = !mayBeHeld(key, state) && stagerOf(key, state) === undefined
  return created !== undefined && handedOver === undefined && key.AccessKeyId !== state.signer && isNowhere
}

/**
 * Whether a run on this machine seems to have requested the key without a reply, so that its secret is lost. A run on another machine may have
 * created it at the same moment, but then the service should report a use within `useReportedWithin` milliseconds, because a run tries its
 * key at once.
 *
 * @returns from when on an unused key counts as lost; undefined for a key of another origin
 */
export function lostFrom(key: Key, useReportedWithin: number, state: RotationState): number | undefined {
  const { requested } = state.history
  const { created } = key
  if (requested === undefined || created === undefined || requested.before.includes(key.AccessKeyId) || isCreatedHere(key, state))
    return undefined
  const isInTime = created >= requested.first - CLOCK_GRAIN && created <= requested.last + CREATION_TAKES
  const isFound = holdersOf(key, state).length > 0 || stagerOf(key, state) !== undefined || key.AccessKeyId === state.signer
  const isUntouched = key.used === 'never' && !isFound
  return isInTime && isUntouched ? created + useReportedWithin : undefined
}

/** The current key for this run: one that a run has staged but not stored everywhere, otherwise the key that consumers have. */
export function currentKey(state: RotationState): Key | undefined {
  const inUse = keyInUse(state)
  const staged = state.keys.findLast(key => key.active && stagerOf(key, state) !== undefined && (key.created ?? 0) >= (inUse?.created ?? 0))
  return staged ?? inUse
}

/**
 * What the stores hold; otherwise what they got by the journal; otherwise what signs; otherwise what is used. Undefined if no key is active.
 */
function keyInUse(state: RotationState): Key | undefined {
  const active = state.keys.filter(key => key.active)
  const works = (key: Key) => holdersOf(key, state).some(({ condition }) => condition === 'works')
  const isPresumed = (key: Key) => lastingOf(state).some(holding => !holding.readable && presumedKeyIn(holding, state) === key.AccessKeyId)
  const isFinished = (key: Key) => !isCreatedHere(key, state) || historyOf(key, state).handedOver !== undefined
  return (
    active.findLast(works) ??
    active.findLast(isPresumed) ??
    active.findLast(key => holdersOf(key, state).length > 0) ??
    active.find(key => key.AccessKeyId === state.signer) ??
    active.findLast(key => isFinished(key) && key.used !== 'never' && key.used !== 'unreported') ??
    active.find(isFinished) ??
    active[0]
  )
}
