/**
 * What is known when a rotation begins, as the service, the stores, STS and the journal tell it, and what that says about a key. Facts and
 * questions about them; finding them out is `observe.ts`, and what follows from them is `plan.ts`. Pure. Times are milliseconds since 1970,
 * by the service's clock.
 */

import type { History, KeyHistory, StoreHistory } from './journal.ts'

export interface Key {
  readonly AccessKeyId: string
  readonly active: boolean
  /** Undefined where the service gives no date that can be read: the key is then neither young nor old, nor older than another. */
  readonly created: number | undefined
  readonly used: Use
}

/** `unknown` where the service would not tell; then it counts as used. Calls of STS are use like any other. */
export type Use = 'never' | 'unknown' | { readonly at: number; readonly service: string }

/** What is known of the key that a store holds. */
export type Condition =
  /** It is active, the user's, and if its secret can be read it has been tried. */
  | 'works'
  /** The store holds no whole key. */
  | 'empty'
  | 'inactive'
  /** IAM does not have it any more. */
  | 'deleted'
  /** The secret is not the one that goes with the id. */
  | 'mismatched'
  /** It works, or exists, and the list lacks it; or it is listed as active, and does not work. One of the two lags. */
  | 'contradictory'
  /** The store cannot be read. */
  | 'unknown'

export interface Holding {
  /** As it was asked for: `profile:bob`. */
  readonly store: string
  readonly identity: string
  /** It keeps what it gets. */
  readonly irrevocable: boolean
  /** It ends with the job that it is part of. */
  readonly ephemeral: boolean
  readonly readable: boolean
  /** What it holds can be put into other stores: the secret is there. */
  readonly whole: boolean
  /** It can keep a key that nobody reads yet; the one that it does keep, secret and all, if that works. */
  readonly stages?: boolean
  readonly staged?: string
  /** The id that it shows, where that is all; the history has what follows from it. */
  readonly trace?: string
  /** What a put does there, for a plan. */
  readonly effect?: string
  /** The key it holds, if any; whose it is, where that is not the user's. */
  readonly AccessKeyId?: string
  readonly condition: Condition
  readonly owner?: string
}

export interface RotationState {
  readonly now: number
  readonly UserName: string
  /** The access key id that signs this run; that of a session does not count. */
  readonly signer: string | undefined
  /** Oldest first, as far as their ages are known. */
  readonly keys: readonly Key[]
  readonly holdings: readonly Holding[]
  readonly history: History
  /** Keys of the journal that IAM knows, and does not list yet. */
  readonly unlisted: readonly string[]
  /** Keys of the journal that IAM does not know. */
  readonly missing: readonly string[]
}

/** The age, in milliseconds, from which an unused key counts as one that is not about to be used: many programs run once a night. */
const UNUSED_AFTER = 86_400_000
/** From the first to the last moment at which CreateAccessKey may take effect that a run has sent, in milliseconds. */
const CREATION_TAKES = 60_000
/** Dates are whole seconds, and the service's clock is known to one. */
const CLOCK_GRAIN = 2000

// ---- keys -------------------------------------------------------------------------------------------------------------------------

/** The key has certainly not been used after `time`. */
export const isIdleSince = ({ used }: Key, time: number): boolean => used === 'never' || (typeof used === 'object' && used.at <= time)

/** The key has certainly been used after `time`. */
export const isUsedSince = ({ used }: Key, time: number): boolean => typeof used === 'object' && used.at > time

export const historyOf = ({ AccessKeyId }: Key, { history }: RotationState): KeyHistory => history.keys[AccessKeyId] ?? {}

/** The reply to a run on this machine named it. */
const isOurs = (key: Key, state: RotationState): boolean => historyOf(key, state).created !== undefined

/**
 * What use proves of a store that cannot be read: it does not hold a key that has never been used, for more than a day, while another was.
 */
function isProvenUnheld(key: Key, state: RotationState): boolean {
  const { created } = key
  return created !== undefined && isUnused(key, state) && state.keys.some(other => other !== key && isUsedSince(other, created))
}

/** It has never been used, for so long that it is not about to be. */
export const isUnused = ({ used, created }: Key, { now }: RotationState): boolean =>
  used === 'never' && created !== undefined && now >= created + UNUSED_AFTER

/** Whether a key is known to be older than another, by so many milliseconds at least. */
export const isOlder = ({ created }: Key, other: Key, by: number): boolean =>
  created !== undefined && other.created !== undefined && other.created - created >= by

// ---- stores -----------------------------------------------------------------------------------------------------------------------

/** Those that others use. */
export const lastingOf = ({ holdings }: RotationState): readonly Holding[] => holdings.filter(({ ephemeral }) => !ephemeral)

export const holdersOf = ({ AccessKeyId }: Key, state: RotationState): readonly Holding[] =>
  lastingOf(state).filter(holding => holding.AccessKeyId === AccessKeyId)

/** A store that keeps the key, secret and all, where nobody reads it yet: the run that put it there has ended. */
export const stagerOf = ({ AccessKeyId }: Key, state: RotationState): Holding | undefined =>
  lastingOf(state).find(({ staged }) => staged === AccessKeyId)

const storeHistoryOf = ({ identity }: Holding, { history }: RotationState): StoreHistory => history.stores[identity] ?? { storing: [] }

/** The keys that the journal says a store may hold, without those that are of no use any more. */
function candidatesIn(holding: Holding, state: RotationState): readonly Key[] {
  const { stored, storing } = storeHistoryOf(holding, state)
  const ids = [stored?.id, ...storing.map(({ id }) => id)]
  return state.keys.filter(key => key.active && ids.includes(key.AccessKeyId))
}

/** The key that a store which cannot be read holds, where the journal leaves no doubt; or use, or that the others are gone. */
export function believedIn(holding: Holding, state: RotationState): string | undefined {
  const { stored, storing } = storeHistoryOf(holding, state)
  const candidates = candidatesIn(holding, state)
  const [first] = candidates
  if (storing.length === 0) return stored?.id
  if (first !== undefined && candidates.length === 1 && stored !== undefined) return first.AccessKeyId
  const inUse = candidates.find(key => isShownByUse(key, holding, state))
  return inUse?.AccessKeyId
}

/** The key was used after the store was about to get it, and nothing else has ever been about to get it. */
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
  // A run that made it knows where it has put it.
  if (isOurs(key, state)) return false
  // Another machine may have stored a key of its own since.
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

/** Whether the store has the key for certain, as far as that can be known of it, and it works. */
export function certainlyHolds(holding: Holding, key: Key, state: RotationState): boolean {
  if (holding.readable) return holding.AccessKeyId === key.AccessKeyId && holding.condition === 'works'
  return believedIn(holding, state) === key.AccessKeyId && holding.condition !== 'deleted'
}

/** The key is in a store, or may be; also in one that the journal alone knows of. */
export function mayBeHeld(key: Key, state: RotationState): boolean {
  const named = new Set(state.holdings.map(({ identity }) => identity))
  const isElsewhere = Object.entries(state.history.stores).some(
    ([identity, { stored, storing }]) => !named.has(identity) && [stored, ...storing].some(each => each?.id === key.AccessKeyId),
  )
  return isElsewhere || isHeldHere(key, state)
}

/** The same of the stores of this run. */
export const isHeldHere = (key: Key, state: RotationState): boolean =>
  holdersOf(key, state).length > 0 || lastingOf(state).some(holding => mayHold(holding, key, state))

/** A program may still be about to store the key though the run that started it has ended: what the store shows now need not stay. */
export function mayStillStore(key: Key, trial: number, state: RotationState): number | undefined {
  const begun = state.holdings.flatMap(holding => {
    const { storing } = storeHistoryOf(holding, state)
    return holding.irrevocable && holding.readable ? storing.filter(({ id }) => id === key.AccessKeyId).map(({ at }) => at + trial) : []
  })
  const until = Math.max(0, ...begun)
  return until > state.now ? until : undefined
}

/** A store that cannot be read was to get the key, and nothing tells whether it did. */
export const inDoubt = (holding: Holding, state: RotationState): boolean =>
  !holding.readable &&
  believedIn(holding, state) === undefined &&
  storeHistoryOf(holding, state).storing.some(({ id }) => isActive(id, state))

export const isActive = (id: string, { keys }: RotationState): boolean => keys.some(key => key.active && key.AccessKeyId === id)

// ---- what runs have left --------------------------------------------------------------------------------------------------------

/** A run on this machine made it, and ended before any store was about to get it. */
export function isOrphan(key: Key, state: RotationState): boolean {
  const { created, handedOver } = historyOf(key, state)
  const isNowhere = !mayBeHeld(key, state) && stagerOf(key, state) === undefined
  return created !== undefined && handedOver === undefined && key.AccessKeyId !== state.signer && isNowhere
}

/**
 * A run on this machine asked for it, and no reply came: its secret is lost. Another run may have made it in the same moment, on
 * another machine; that one would have used it before `rival` milliseconds are over, for it waits until its key works.
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

/** The key in use for the purpose of this run: one that a run has staged, and not got to put everywhere; else what consumers have. */
export function currentKey(state: RotationState): Key | undefined {
  const inUse = keyInUse(state)
  const staged = state.keys.findLast(key => key.active && stagerOf(key, state) !== undefined && (key.created ?? 0) >= (inUse?.created ?? 0))
  return staged ?? inUse
}

/**
 * What the stores hold; else what the journal says they got; else what signs; else what is used. Undefined where no key is active.
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
    active.findLast(key => isFinished(key) && key.used !== 'never') ??
    active.find(isFinished) ??
    active[0]
  )
}
