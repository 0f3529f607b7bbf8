/**
 * The state at the beginning of a rotation, as known from the service, the stores, STS and the journal, and what it proves about a key by
 * itself. `store-facts.ts` has what it proves about stores, `earlier-runs.ts` about earlier runs. `observe.ts` collects it, `plan.ts` decides.
 * Pure. Times are milliseconds since 1970, by the service's clock.
 */

import type { History, KeyHistory } from './journal.ts'

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

/** Dates are whole seconds, and the service's clock is known to the second. */
export const CLOCK_GRAIN = 2000

/** The key has certainly not been used after `time`. */
export const isIdleSince = ({ used }: Key, time: number): boolean => used === 'never' || (typeof used === 'object' && used.at <= time)

/** The key has certainly been used after `time`. */
export const isUsedSince = ({ used }: Key, time: number): boolean => typeof used === 'object' && used.at > time

export const historyOf = ({ AccessKeyId }: Key, { history }: RotationState): KeyHistory => history.keys[AccessKeyId] ?? {}

/** A run on this machine created it: a reply named it. */
export const isCreatedHere = (key: Key, state: RotationState): boolean => historyOf(key, state).created !== undefined

/** It was never used, for so long that no use is expected. */
export const isUnused = ({ used, created }: Key, { now }: RotationState): boolean =>
  used === 'never' && created !== undefined && now >= created + UNUSED_AFTER

/** Whether a key is known to be older than another, by at least this many milliseconds. */
export const isOlder = ({ created }: Key, other: Key, by: number): boolean =>
  created !== undefined && other.created !== undefined && other.created - created >= by

export const isActive = (id: string, { keys }: RotationState): boolean => keys.some(key => key.active && key.AccessKeyId === id)
