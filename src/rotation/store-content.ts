/** Reads what a store holds, and determines whether the key there works: by the list of keys, and by a signed call of STS. */

import { Failure, Interrupted } from '../core/errors.ts'
import { type KeyPair, type KeyStore, pairOfStored, type StoredKey } from '../core/key-store.ts'
import { provesKey } from '../keys/wait-until-usable.ts'
import { identify, userNameOf } from './caller.ts'
import type { History } from './journal.ts'
import { keyUsage, POLL_INTERVAL } from './list-keys.ts'
import type { ObserveContext } from './observe.ts'
import { LISTS_LAG } from './options.ts'
import type { Condition, Holding, Key } from './state.ts'

/** A store and the key that it shows. */
export interface StoreContent {
  readonly store: KeyStore
  readonly readable: boolean
  readonly key: StoredKey | undefined
  /** The id that a store shows whose `read` trails: it may already hold a younger key. */
  readonly trace?: string
  /** A staged key, which consumers do not read yet. */
  readonly staged?: StoredKey
}

export async function readStore(store: KeyStore, UserName: string): Promise<StoreContent> {
  // A store that ends with the job says nothing about other users.
  if (store.read === undefined || store.ephemeral) return { store, readable: false, key: undefined }
  const key = await store.read(UserName)
  if (store.trails) return { store, readable: false, key: undefined, ...(key && { trace: key.AccessKeyId }) }
  const staged = await store.staged?.(UserName)
  return { store, readable: true, key, ...(staged && { staged }) }
}

interface ObservedFacts {
  readonly UserName: string
  readonly keys: readonly Key[]
  readonly history: History
}

export async function holdingOf(
  { store, readable, key, trace, staged }: StoreContent,
  facts: ObservedFacts,
  context: ObserveContext,
): Promise<Holding> {
  const { name, identity, irrevocable, ephemeral = false } = store
  const stagedKeyWorks = staged !== undefined && (await conditionOf(staged, facts, context)).condition === 'works'
  const condition = readable ? await conditionOf(key, facts, context) : { condition: conditionFromJournal(identity, facts) }
  return {
    store: name,
    identity,
    irrevocable,
    ephemeral,
    readable,
    whole: key?.SecretAccessKey !== undefined,
    stages: store.stage !== undefined,
    ...(store.effect !== undefined && { effect: store.effect }),
    ...(trace !== undefined && { trace }),
    ...(stagedKeyWorks && { staged: staged.AccessKeyId }),
    ...(key !== undefined && { AccessKeyId: key.AccessKeyId }),
    ...condition,
  }
}

/** For a store that cannot be read: the key that it certainly got may have been deleted. */
function conditionFromJournal(identity: string, { keys, history }: ObservedFacts): Condition {
  const { stored, storing = [] } = history.stores[identity] ?? {}
  if (stored === undefined || storing.length > 0) return 'unknown'
  const key = keys.find(({ AccessKeyId }) => AccessKeyId === stored.id)
  if (key === undefined) return 'deleted'
  return key.active ? 'unknown' : 'inactive'
}

type StoreCondition = Pick<Holding, 'condition' | 'owner'>

async function conditionOf(
  key: StoredKey | undefined,
  { UserName, keys }: ObservedFacts,
  context: ObserveContext,
): Promise<StoreCondition> {
  if (key === undefined) return { condition: 'empty' }
  const listed = keys.find(({ AccessKeyId }) => AccessKeyId === key.AccessKeyId)
  const pair = pairOfStored(key)
  const probe = pair && (await probeKey(pair, listed?.active ?? false, context))
  const owner = probe?.owner ?? (listed === undefined ? (await keyUsage(key.AccessKeyId, context)).owner : undefined)
  if (owner !== undefined && owner !== UserName) return { condition: 'works', owner }
  if (probe?.answer === 'mismatched') return { condition: 'mismatched' }
  if (probe?.answer === 'works') return { condition: listed?.active ? 'works' : 'contradictory' }
  if (listed === undefined) return { condition: owner === undefined ? 'deleted' : 'contradictory' }
  if (!listed.active) return { condition: 'inactive' }
  return { condition: probe === undefined ? 'works' : 'contradictory' }
}

interface ProbeResult {
  readonly answer: 'works' | 'refused' | 'mismatched'
  readonly owner?: string | undefined
}

/** Signed with a secret that does not belong to the id, or at a wrong time. */
const MISMATCH_CODES = new Set(['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'])

/** For a key that is inactive, deleted, or not yet known everywhere. */
const INVALID_KEY_CODES = new Set(['InvalidClientTokenId', 'InvalidAccessKeyId', 'UnrecognizedClientException'])

/** @param expectedToWork the key should work, so that a refusal is repeated for as long as a change may take */
async function probeKey(pair: KeyPair, expectedToWork: boolean, context: ObserveContext): Promise<ProbeResult> {
  const { clock, signals, waitTimeout, debug } = context
  const until = clock.now() + Math.min(waitTimeout, LISTS_LAG)
  const getIdentity = context.identityOf(pair)
  for (let mismatches = 0; ; ) {
    try {
      const { Arn = '' } = await identify(getIdentity, context)
      return { answer: 'works', owner: userNameOf(Arn) }
    } catch (error) {
      const code = error instanceof Failure ? (error.code ?? '') : ''
      debug(`GetCallerIdentity by ${pair.AccessKeyId}: ${code}`)
      if (provesKey(code)) return { answer: 'works' }
      // A signature may be refused because of the clock, which the next one has corrected.
      if (MISMATCH_CODES.has(code)) {
        if (++mismatches > 1) return { answer: 'mismatched' }
      } else if (!INVALID_KEY_CODES.has(code)) throw error
      else if (!expectedToWork || until - clock.now() < POLL_INTERVAL) return { answer: 'refused' }
      await clock.sleep(POLL_INTERVAL, signals.interrupt)
      if (signals.received) throw new Interrupted(signals.received)
    }
  }
}
