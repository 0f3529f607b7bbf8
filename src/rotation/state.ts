/**
 * What is true when a rotation begins, as the service, the stores and the journal tell it, and what that says about a key. Facts and
 * questions about them; finding them out is `look.ts`, and what follows from them is `decision.ts`. Pure. Times are milliseconds since 1970.
 */

export interface Key {
  readonly AccessKeyId: string
  readonly active: boolean
  /** Undefined where the service gives no date that can be read: the key is then neither young nor old, nor older than another. */
  readonly created: number | undefined
  readonly used: Use
}

/** `unknown` where nobody would tell; then it counts as used. */
export type Use = 'never' | 'unknown' | { readonly at: number; readonly service: string }

export interface Holding {
  /** As it was asked for: `profile:prod`. */
  readonly store: string
  /** It keeps what it gets. */
  readonly irrevocable: boolean
  readonly readable: boolean
  /** The key it holds, if any; whose it is, where that is not the user's. */
  readonly AccessKeyId?: string
  readonly owner?: string
}

/** What an earlier run on this machine had done when it ended before its end. */
export interface Past {
  /** When it asked for a new key, and the keys there were. */
  readonly asked: number
  readonly before: readonly string[]
  /** The key that its own reply named. */
  readonly created: string | undefined
  /** How many of the stores that keep what they get had that key. */
  readonly handedOver: number
}

export interface RotationState {
  /** By the service's clock. */
  readonly now: number
  readonly UserName: string
  /** The access key id that signs this run; a session's is nobody's key. */
  readonly signer: string | undefined
  /** Oldest first, as far as their ages are known. */
  readonly keys: readonly Key[]
  readonly holdings: readonly Holding[]
  readonly past: Past | undefined
}

export const holdersOf = ({ AccessKeyId }: Key, { holdings }: RotationState): readonly Holding[] =>
  holdings.filter(holding => holding.AccessKeyId === AccessKeyId)

/** The checks of the run that made it do not count: they ask STS, and are over after `trial` milliseconds. */
const wasTriedAt = ({ created }: Key, trial: number, { at, service }: Exclude<Use, string>): boolean =>
  service === 'sts' && created !== undefined && at <= created + trial

/** Somebody has certainly worked with it. */
export const hasWorked = (key: Key, trial: number): boolean => typeof key.used === 'object' && !wasTriedAt(key, trial, key.used)

/** Certainly nobody has worked with it. */
export const hasNeverWorked = (key: Key, trial: number): boolean =>
  key.used === 'never' || (typeof key.used === 'object' && wasTriedAt(key, trial, key.used))

/** Certainly nobody has worked with it since. */
export const isIdleSince = ({ used }: Key, time: number): boolean => used === 'never' || (typeof used === 'object' && used.at <= time)

/** An earlier run made it, for its own reply said so. */
const isTheirs = ({ AccessKeyId }: Key, { past }: RotationState): boolean => past?.created === AccessKeyId

/** It got as far as any key can whose stores keep what they get. */
function isHandedOver(key: Key, situation: RotationState): boolean {
  const stores = situation.holdings.filter(({ irrevocable }) => irrevocable).length
  return isTheirs(key, situation) && stores > 0 && (situation.past?.handedOver ?? 0) >= stores
}

/** It did not get as far as it should have. */
export const isAbandoned = (key: Key, situation: RotationState): boolean => isTheirs(key, situation) && !isHandedOver(key, situation)

/** An earlier run may have made it and not have heard of it. */
export const mayBeAbandoned = ({ AccessKeyId, created }: Key, trial: number, { past }: RotationState): boolean =>
  past !== undefined && !past.before.includes(AccessKeyId) && created !== undefined && created <= past.asked + trial

/**
 * The key in use for the purpose of this run: what the stores hold; else what an earlier run left in use; else what signs; else what
 * somebody works with. Undefined where no key is active.
 */
export function currentKey(situation: RotationState, trial: number): Key | undefined {
  const { keys, signer } = situation
  const active = keys.filter(key => key.active)
  return (
    active.findLast(key => holdersOf(key, situation).length > 0) ??
    active.find(key => isHandedOver(key, situation)) ??
    active.find(key => key.AccessKeyId === signer) ??
    active.findLast(key => hasWorked(key, trial) && !isAbandoned(key, situation)) ??
    active[0]
  )
}
