/** The port to the stores of `stores/`; `stores/deliver.ts` fills them, all or none. */

import { type Dict, isDict } from '../python/value.ts'
import { Failure } from './errors.ts'
import type { AccessKey } from './iam.ts'

export interface KeyPair {
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
}

/** A key with both halves, which can be stored. */
export type WholeKey = AccessKey & KeyPair

/** The key in a reply of the documented shape; undefined unless it has both halves. */
export function wholeKey(reply: Dict): WholeKey | undefined {
  const members = reply.get('AccessKey')
  if (!isDict(members)) return undefined
  const key: Record<string, unknown> = Object.fromEntries(members)
  const { AccessKeyId, SecretAccessKey } = key
  return typeof AccessKeyId === 'string' && typeof SecretAccessKey === 'string' ? { ...key, AccessKeyId, SecretAccessKey } : undefined
}

/** A key as a store shows it: some stores show only its id. */
export interface StoredKey {
  readonly AccessKeyId: string
  readonly SecretAccessKey?: string
}

/** Both halves, if the store shows both. */
export const pairOfStored = ({ AccessKeyId, SecretAccessKey }: StoredKey): KeyPair | undefined =>
  SecretAccessKey === undefined ? undefined : { AccessKeyId, SecretAccessKey }

export interface KeyStore {
  /** As given: `profile:prod`. */
  readonly name: string
  /** The same for all names of one store, such as two paths to one file. The journal identifies stores by it. */
  readonly identity: string
  /** What it is given cannot be taken back. */
  readonly irrevocable: boolean
  /** It ends with its job, and says nothing about other users. */
  readonly ephemeral?: boolean
  /** It is a file of this host: the same identity is another store on another host. */
  readonly local?: boolean
  /** What `put` does, for a plan: `a new version becomes AWSCURRENT`. */
  readonly effect?: string
  /** Changes nothing. Throws a StoreFailure for anything that would make `put` fail now. */
  check(): Promise<void>
  /** The user's key in the store, if any. Absent if the store cannot be read. Rejects with a StoreFailure. */
  readonly read?: ((UserName?: string) => Promise<StoredKey | undefined>) | undefined
  /** What `read` shows is written after the key: the store may already have a younger key. */
  readonly trails?: boolean
  /**
   * Keeps the key where a later run on any machine finds it and consumers do not; `put` then makes it visible to them. Never changes what
   * consumers read. Rejects with a StoreFailure.
   */
  readonly stage?: (key: WholeKey, stop: AbortSignal) => Promise<Rollback>
  /** The key that a run has staged but not put. Rejects with a StoreFailure. */
  readonly staged?: (UserName?: string) => Promise<StoredKey | undefined>
  /**
   * Stores the whole key. `stop` ends every wait. Rejects with a StoreFailure; then the store is unchanged, except for a
   * StoreOutcomeUnknown.
   */
  put(key: WholeKey, stop: AbortSignal): Promise<Rollback>
}

/** Restores a store's earlier content. Resolves, never rejects, with a phrase that says what it holds now; empty for nothing to say. */
export type Rollback = () => Promise<string>

/** A store cannot be read or written. The message names the store and the reason, and never a secret. */
export class StoreFailure extends Failure {
  override readonly name = 'StoreFailure'
  readonly reason: string
  constructor(store: string, why: string, options?: ErrorOptions) {
    super(`cannot use ${store}: ${why}`, options)
    this.reason = why
  }
}

/** The store may have the key although it failed. */
export class StoreOutcomeUnknown extends StoreFailure {}

/** An irrevocable store has the key, or a store may have it, but not all have: the key stays. */
export class PartlyStored extends StoreFailure {}

/** Whether the structure contains a secret. */
export const hasSecret = (reply: Dict): boolean =>
  [...reply].some(([name, value]) => name === 'SecretAccessKey' || (isDict(value) && hasSecret(value)))

/** The structure without the secret, which only the stores get. */
export const withoutSecret = (reply: Dict): Dict =>
  new Map(
    [...reply].filter(([name]) => name !== 'SecretAccessKey').map(([name, value]) => [name, isDict(value) ? withoutSecret(value) : value]),
  )

/** The structure with the secret replaced. */
export const withSecret = (reply: Dict, secret: string): Dict =>
  new Map(
    [...reply].map(([name, value]) => [name, name === 'SecretAccessKey' ? secret : isDict(value) ? withSecret(value, secret) : value]),
  )
