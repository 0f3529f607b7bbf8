/**
 * The state at the beginning of a rotation, as known from the service, the stores, STS and the journal, and what it proves about a key.
 * `observe.ts` collects it, `plan.ts` decides. Pure. Times are milliseconds since 1970, by the service's clock.
 */

import type { History, KeyHistory, StoreHistory } from './journal.ts'

export interface Key {
  readonly AccessKeyId: string
  readonly active: boolean
  /** Undefined if the service gives no readable date: the key is then neither young nor old, nor older than another. */
  readonly created: number | undefined
  readonly used: Use
}

/**
 * `unknown` if the service does not say; it then counts as used. `unreported` if it says `never`, but has reported no use of any key: that does
 * not prove that the key is unused. Calls to STS are uses.
 */
export type Use = 'never' | 'unreported' | 'unknown' | { readonly at: number; readonly service: string }

/** The condition of the key that a store holds. */
export type Condition =
  /** It is active and the user's; if its secret is readable, it was tried. */
  | 'works'
  /** The store holds no complete key. */
  | 'empty'
  | 'inactive'
  /** IAM does not have it any more. */
  | 'deleted'
  /** The secret does not belong to the id. */
  | 'mismatched'
  /** It works or exists, but is not listed; or it is listed as active and does not work. One of the two lags. */
  | 'contradictory'
  /** The store cannot be read. */
  | 'unknown'

export interface Holding {
  /** As given: `profile:bob`. */
  readonly store: string
  readonly identity: string
  /** What it is given cannot be taken back. */
  readonly irrevocable: boolean
  /** It ends with its job. */
  readonly ephemeral: boolean
  readonly readable: boolean
  /** Its secret is readable, so that other stores can get it. */
  readonly whole: boolean
  /** The store can stage keys. */
  readonly stages?: boolean
  /** The id of the key that is staged with its secret, if it works. */
  readonly staged?: string
  /** The id that the store shows, if it shows nothing else. The history says what follows from it. */
  readonly trace?: string
  /** What a put does there, for a plan. */
  readonly effect?: string
  /** The key that it holds, if any, and its owner if that is another user. */
  readonly AccessKeyId?: string
  readonly condition: Condition
  readonly owner?: string
}

export interface RotationState {
  readonly now: number
  readonly UserName: string
  /** The access key id that signs this run; undefined for a session. */
  readonly signer: string | undefined
  /** Oldest first, as far as known. */
  readonly keys: readonly Key[]
  readonly holdings: readonly Holding[]
  readonly history: History
  /** Keys of the journal that IAM knows but does not list yet. */
  readonly unlisted: readonly string[]
  /** Keys of the journal that IAM does not know. */
  readonly missing: readonly string[]
}

/** The age, in milliseconds, from which an unused key is not expected to be used: many programs run once a night. */
const UNUSED_AFTER = 86_400_000
/** The longest time, in milliseconds, between the first and the last effect of a CreateAccessKey request. */
const CREATION_TAKES = 60_000
/** Dates are whole seconds, and the service's clock is known to the second. */
const CLOCK_GRAIN = 2000

// ---- keys -------------------------------------------------------------------------------------------------------------------------

/** The key has certainly not been used after `time`. */
export const isIdleSince = ({ used }: Key, time: number): boolean => used === 'never' || (typeof used === 'object' && used.at <= time)

/** The key has certainly been used after `time`. */
export const isUsedSince = ({ used }: Key, time: number): boolean => typeof used === 'object' && used.at > time

export const historyOf = ({ AccessKeyId }: Key, { history }: RotationState): KeyHistory => history.keys[AccessKeyId] ?? {}

/** A reply on this machine named it. */
const isOurs = (key: Key, state: RotationState): boolean => historyOf(key, state).created !== undefined

/** A store that cannot be read does not hold a key that was never used in more than a day while another key was. */
function isProvenUnheld(key: Key, state: RotationState): boolean {
  const { created } = key
  return created !== undefined && isUnused(key, state) && state.keys.some(other => other !== key && isUsedSince(other, created))
}

/** It was never used, for so long that no use is expected. */
export const isUnused = ({ used, created }: Key, { now }: RotationState): boolean =>
  used === 'never' && created !== undefined && now >= created + UNUSED_AFTER

/** Whether a key is known to be older than another, by at least this many milliseconds. */
export const isOlder = ({ created }: Key, other: Key, by: number): boolean =>
  created !== undefined && other.created !== undefined && other.created - created >= by

// ---- stores -----------------------------------------------------------------------------------------------------------------------

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

/** The key in a store that cannot be read, if the journal, its use or the deletion of the others leaves no doubt. */
export function believedIn(holding: Holding, state: RotationState): string | undefined {
  const { stored, storing } = storeHistoryOf(holding, state)
  const candidates = candidatesIn(holding, state)
  const [first] = candidates
  if (storing.length === 0) return stored?.id
  if (first !== undefined && candidates.length === 1 && stored !== undefined) return first.AccessKeyId
  const inUse = candidates.find(key => isShownByUse(key, holding, state))
  return inUse?.AccessKeyId
}

/** The key was used after the store was about to get it, and the store was never about to get another. */
function isShownByUse(key: Key, holding: Holding, state: RotationState): boolean {
  const begun = storeHistoryOf(holding, state).storing.find(({ id }) => id === key.AccessKeyId)
  const elsewhere = Object.entries(state.history.stores).some(
    ([identity, { stored, storing }]) =>
      identity !== holding.identity && (stored?.id === key.AccessKeyId || storing.some(({ id }) => id === key.AccessKeyId)),
  )
  return begun !== undefined && !elsewhere && isUsedSince(key, begun.at + CLOCK_GRAIN)
}

/** Whether a store that cannot be read may hold the key. */
export function mayHold(holding: Holding, key: Key, state: RotationState): boolean {
  if (holding.readable || holding.ephemeral) return false
  const { stored, storing } = storeHistoryOf(holding, state)
  const believed = believedIn(holding, state)
  if (believed === key.AccessKeyId) return true
  if (believed === undefined && [stored, ...storing].some(each => each?.id === key.AccessKeyId)) return true
  // The run that created it knows where it was stored.
  if (isOurs(key, state)) return false
  // Another machine may have stored another key since.
  const last = believed ?? stored?.id
  if (last !== undefined && wasBefore(key, last, state)) return false
  return !isProvenUnheld(key, state)
}

/** The key is older than the one with that id. */
function wasBefore(key: Key, id: string, { history, keys }: RotationState): boolean {
  const { AccessKeyId } = key
  const { created: creation, handedOver } = history.keys[id] ?? {}
  if (creation?.replaces[AccessKeyId] !== undefined || handedOver?.replaces[AccessKeyId] !== undefined) return true
  const successor = keys.find(each => each.AccessKeyId === id)
  return successor !== undefined && isOlder(key, successor, 0)
}

/** Whether the store has the key for certain, as far as that can be known, and the key works. */
export function certainlyHolds(holding: Holding, key: Key, state: RotationState): boolean {
  if (holding.readable) return holding.AccessKeyId === key.AccessKeyId && holding.condition === 'works'
  return believedIn(holding, state) === key.AccessKeyId && holding.condition !== 'deleted'
}

/** The key is or may be in a store, including those that only the journal knows. */
export function mayBeHeld(key: Key, state: RotationState): boolean {
  const named = new Set(state.holdings.map(({ identity }) => identity))
  const isElsewhere = Object.entries(state.history.stores).some(
    ([identity, { stored, storing }]) => !named.has(identity) && [stored, ...storing].some(each => each?.id === key.AccessKeyId),
  )
  return isElsewhere || isHeldHere(key, state)
}

/** The same for the stores of this run. */
export const isHeldHere = (key: Key, state: RotationState): boolean =>
  holdersOf(key, state).length > 0 || lastingOf(state).some(holding => mayHold(holding, key, state))

/** A program may still store the key although the run that started it has ended: what the store shows now may change. */
export function mayStillStore(key: Key, trial: number, state: RotationState): number | undefined {
  const begun = state.holdings.flatMap(holding => {
    const { storing } = storeHistoryOf(holding, state)
    return holding.irrevocable && holding.readable ? storing.filter(({ id }) => id === key.AccessKeyId).map(({ at }) => at + trial) : []
  })
  const until = Math.max(0, ...begun)
  return until > state.now ? until : undefined
}

/** A store that cannot be read was to get the key, and nothing shows whether it did. */
export const inDoubt = (holding: Holding, state: RotationState): boolean =>
  !holding.readable &&
  believedIn(holding, state) === undefined &&
  storeHistoryOf(holding, state).storing.some(({ id }) => isActive(id, state))

export const isActive = (id: string, { keys }: RotationState): boolean => keys.some(key => key.active && key.AccessKeyId === id)

// ---- what earlier runs left -----------------------------------------------------------------------------------------------------

/** A run on this machine created it, and ended before a store was to get it. */
export function isOrphan(key: Key, state: RotationState): boolean {
  const { created, handedOver } = historyOf(key, state)
  const isNowhere = !mayBeHeld(key, state) && stagerOf(key, state) === undefined
  return created !== undefined && handedOver === undefined && key.AccessKeyId !== state.signer && isNowhere
}

/**
 * A run on this machine requested it and got no reply: its secret is lost. Another run on another machine may have created it at the same
 * moment, but the service would report a use within `rival` milliseconds, because a run tries its key at once.
 *
 * @returns from when on that is certain; undefined for a key of another origin
 */
export function lostFrom(key: Key, rival: number, state: RotationState): number | undefined {
  const { asked } = state.history
  const { created } = key
  if (asked === undefined || created === undefined || asked.before.includes(key.AccessKeyId) || isOurs(key, state)) return undefined
  const isInTime = created >= asked.first - CLOCK_GRAIN && created <= asked.last + CREATION_TAKES
  const isSeen = holdersOf(key, state).length > 0 || stagerOf(key, state) !== undefined || key.AccessKeyId === state.signer
  const isUntouched = key.used === 'never' && !isSeen
  return isInTime && isUntouched ? created + rival : undefined
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
  const isBelieved = (key: Key) => lastingOf(state).some(holding => !holding.readable && believedIn(holding, state) === key.AccessKeyId)
  const isFinished = (key: Key) => !isOurs(key, state) || historyOf(key, state).handedOver !== undefined
  return (
    active.findLast(works) ??
    active.findLast(isBelieved) ??
    active.findLast(key => holdersOf(key, state).length > 0) ??
    active.find(key => key.AccessKeyId === state.signer) ??
    active.findLast(key => isFinished(key) && key.used !== 'never' && key.used !== 'unreported') ??
    active.find(isFinished) ??
    active[0]
  )
}
