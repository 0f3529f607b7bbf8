/**
 * Observes the state of a rotation without changing anything: whose keys they are, the keys (`list-keys.ts`), and what the stores hold
 * (`store-content.ts`).
 */

import type { Context } from '../core/command.ts'
import { ParameterError } from '../core/errors.ts'
import type { AccessKeyMetadata } from '../core/iam.ts'
import type { KeyPair } from '../core/key-store.ts'
import type { GetIdentity } from '../core/sts.ts'
import { recordsUse } from '../keys/recorded-use.ts'
import { identify, userNameOf } from './caller.ts'
import type { History } from './journal.ts'
import { keyUsage, listExpectedKeys, toKey, withUnreportedUse } from './list-keys.ts'
import type { Holding, Key, RotationState } from './state.ts'
import { holdingOf, readStore, type StoreContent } from './store-content.ts'

export interface ObserveContext
  extends Pick<Context, 'iam' | 'isAws' | 'signingKey' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'stores' | 'debug' | 'progress'> {
  readonly identityOf: (pair?: KeyPair) => GetIdentity
  /** --wait-timeout, in milliseconds. */
  readonly waitTimeout: number
}

export interface Owner {
  /** Empty if the service does not say. */
  readonly Account: string
  readonly UserName: string
  /** A key of this user signs, not a session. */
  readonly signs: boolean
}

/**
 * Finds the user whose keys are rotated.
 *
 * @param named --user-name, if given
 * @throws ParameterError for a caller who is not a user, without --user-name; otherwise a Failure with aws-cli's message
 */
export async function findOwner(named: string | undefined, context: ObserveContext): Promise<Owner> {
  const { Account = '', Arn = '' } = await identify(context.identityOf(), context)
  const caller = userNameOf(Arn)
  const UserName = named ?? caller
  if (UserName !== undefined) return { Account, UserName, signs: caller === UserName }
  throw new ParameterError(`${Arn || 'the caller'} is no IAM user and has no access keys of its own: --user-name says whose keys to rotate`)
}

/** @throws Failure as aws-cli words it; StoreFailure for a store that cannot be read */
export async function observe({ UserName, signs }: Owner, journal: History, context: ObserveContext): Promise<RotationState> {
  const contents: StoreContent[] = []
  for (const store of context.stores) contents.push(await readStore(store, UserName))
  const signer = context.signingKey?.AccessKeyId
  const named = [
    ...contents.flatMap(({ key, trace }) => key?.AccessKeyId ?? trace ?? []),
    ...(signs && signer !== undefined ? [signer] : []),
  ]
  const { listed, now } = await listExpectedKeys(new Set([...named, ...existingByJournal(journal)]), UserName, context)
  const reported: Key[] = []
  for (const key of listed) {
    if (isNotDeleted(key, journal)) reported.push(await toKey(key, now, journal, context))
  }
  const keys = recordsUse(context.isAws, reported) ? reported : reported.map(withUnreportedUse)
  keys.sort((one, other) => (one.created ?? 0) - (other.created ?? 0))
  const history = withTracedStores(journal, contents, keys)
  const holdings: Holding[] = []
  for (const content of contents) holdings.push(await holdingOf(content, { UserName, keys, history }, context))
  const [unlisted, missing]: [string[], string[]] = [[], []]
  for (const id of existingByJournal(history)) {
    if (keys.some(({ AccessKeyId }) => AccessKeyId === id)) continue
    if ((await keyUsage(id, context)).owner === undefined) missing.push(id)
    else unlisted.push(id)
  }
  return { now, UserName, signer, keys, holdings, history, unlisted, missing }
}

/**
 * Adds what traces prove: the store certainly had the key that its trace names, whichever machine stored it. By now it may have a younger
 * key that a run was about to store.
 */
function withTracedStores(history: History, contents: readonly StoreContent[], keys: readonly Key[]): History {
  const createdAt = (id: string) => keys.find(({ AccessKeyId }) => AccessKeyId === id)?.created
  const traced = contents.flatMap(({ store: { identity }, trace: id }) => {
    if (id === undefined) return []
    const { stored, storing = [] } = history.stores[identity] ?? {}
    const since = createdAt(id) ?? Number.NEGATIVE_INFINITY
    const younger = storing.filter(event => event.id !== id && (createdAt(event.id) ?? since) >= since)
    return [[identity, { stored: stored?.id === id ? stored : { id, at: 0 }, storing: younger }] as const]
  })
  return { ...history, stores: { ...history.stores, ...Object.fromEntries(traced) } }
}

/** The keys that should exist, by the journal. */
const existingByJournal = ({ keys }: History): readonly string[] =>
  Object.entries(keys).flatMap(([id, { created, deactivated, deleted, missing }]) =>
    created !== undefined && (deactivated ?? deleted ?? missing) === undefined ? id : [],
  )

/** A deleted key stays deleted, even if a lagging list still shows it. */
const isNotDeleted = ({ AccessKeyId = '' }: AccessKeyMetadata, { keys }: History): boolean => keys[AccessKeyId]?.deleted === undefined
