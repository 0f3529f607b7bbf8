/**
 * Observes the state without changing anything: the caller, the user's keys and their last use, and what the stores hold and whether it
 * works. IAM's lists lag: a key that a store or the journal names and the list lacks is listed again, for as long as IAM may take.
 */

import type { Context } from '../core/command.ts'
import { Failure, Interrupted, ParameterError } from '../core/errors.ts'
import type { AccessKeyMetadata } from '../core/iam.ts'
import { type KeyPair, type KeyStore, pairOfStored, type StoredKey } from '../core/key-store.ts'
import { serviceTime } from '../core/service-time.ts'
import type { GetIdentity } from '../core/sts.ts'
import { recordsUse } from '../keys/recorded-use.ts'
import { callWithRetry, retry } from '../keys/retry.ts'
import { patiently } from '../keys/throttling.ts'
import type { History } from './journal.ts'
import { LISTS_LAG } from './options.ts'
import type { Condition, Holding, Key, RotationState, Use } from './state.ts'

export interface ObserveContext
  extends Pick<Context, 'iam' | 'isAws' | 'signingKey' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'stores' | 'debug' | 'progress'> {
  readonly identityOf: (pair?: KeyPair) => GetIdentity
  /** --wait-timeout, in milliseconds. */
  readonly patience: number
}

export interface Owner {
  /** Empty if the service does not say. */
  readonly Account: string
  readonly UserName: string
  /** A key of this user signs, not a session. */
  readonly signs: boolean
}

/** Milliseconds between two lists. */
const APART = 2000

/**
 * Finds the user whose keys are rotated.
 *
 * @param named --user-name, if given
 * @throws ParameterError for a caller who is not a user, without --user-name; otherwise a Failure with aws-cli's message
 */
export async function findOwner(named: string | undefined, means: ObserveContext): Promise<Owner> {
  const { Account = '', Arn = '' } = await identify(means.identityOf(), means)
  const caller = userIn(Arn)
  const UserName = named ?? caller
  if (UserName !== undefined) return { Account, UserName, signs: caller === UserName }
  throw new ParameterError(`${Arn || 'the caller'} is no IAM user and has no access keys of its own: --user-name says whose keys to rotate`)
}

const identify = (ask: GetIdentity, means: ObserveContext) => retry(stop => patiently('GetCallerIdentity', () => ask(stop), means), means)

/** The name follows the path. */
const userIn = (arn: string): string | undefined => (arn.includes(':user/') && arn.slice(arn.lastIndexOf('/') + 1)) || undefined

/** A store and the key that it shows. */
interface Sight {
  readonly store: KeyStore
  readonly readable: boolean
  readonly key: StoredKey | undefined
  /** The id that it shows, and that a younger key may have taken the place of. */
  readonly trace?: string
  /** A staged key, which consumers do not read yet. */
  readonly staged?: StoredKey
}

/** @throws Failure as aws-cli words it; StoreFailure for a store that cannot be read */
export async function observe({ UserName, signs }: Owner, journal: History, means: ObserveContext): Promise<RotationState> {
  const sights: Sight[] = []
  for (const store of means.stores) sights.push(await seen(store, UserName))
  const signer = means.signingKey?.AccessKeyId
  const named = [...sights.flatMap(({ key, trace }) => key?.AccessKeyId ?? trace ?? []), ...(signs && signer !== undefined ? [signer] : [])]
  const { listed, now } = await listUntil(new Set([...named, ...livingIn(journal)]), UserName, means)
  const described: Key[] = []
  for (const key of listed) {
    if (isThere(key, journal)) described.push(await asKey(key, now, journal, means))
  }
  const keys = recordsUse(means.isAws, described) ? described : described.map(withoutNever)
  keys.sort((one, other) => (one.created ?? 0) - (other.created ?? 0))
  const history = withTraces(journal, sights, keys)
  const holdings: Holding[] = []
  for (const sight of sights) holdings.push(await judged(sight, { UserName, keys, history }, means))
  const [unlisted, missing]: [string[], string[]] = [[], []]
  for (const id of livingIn(history)) {
    if (keys.some(({ AccessKeyId }) => AccessKeyId === id)) continue
    if ((await usage(id, means)).owner === undefined) missing.push(id)
    else unlisted.push(id)
  }
  return { now, UserName, signer, keys, holdings, history, unlisted, missing }
}

async function seen(store: KeyStore, UserName: string): Promise<Sight> {
  // A store that ends with the job says nothing about other users.
  if (store.read === undefined || store.ephemeral) return { store, readable: false, key: undefined }
  const key = await store.read(UserName)
  if (store.trails) return { store, readable: false, key: undefined, ...(key && { trace: key.AccessKeyId }) }
  const staged = await store.staged?.(UserName)
  return { store, readable: true, key, ...(staged && { staged }) }
}

/** A store whose trace names a key certainly had it, from whatever machine; by now it may have a younger key that it was to get. */
function withTraces(history: History, sights: readonly Sight[], keys: readonly Key[]): History {
  const createdAt = (id: string) => keys.find(({ AccessKeyId }) => AccessKeyId === id)?.created
  const traced = sights.flatMap(({ store: { identity }, trace: id }) => {
    if (id === undefined) return []
    const { stored, storing = [] } = history.stores[identity] ?? {}
    const since = createdAt(id) ?? Number.NEGATIVE_INFINITY
    const younger = storing.filter(event => event.id !== id && (createdAt(event.id) ?? since) >= since)
    return [[identity, { stored: stored?.id === id ? stored : { id, at: 0 }, storing: younger }] as const]
  })
  return { ...history, stores: { ...history.stores, ...Object.fromEntries(traced) } }
}

// ---- the list -------------------------------------------------------------------------------------------------------------------

/** The keys that should exist, by the journal. */
const livingIn = ({ keys }: History): readonly string[] =>
  Object.entries(keys).flatMap(([id, { created, deactivated, deleted, missing }]) =>
    created !== undefined && (deactivated ?? deleted ?? missing) === undefined ? id : [],
  )

/** A deleted key does not come back, whatever a list says. */
const isThere = ({ AccessKeyId = '' }: AccessKeyMetadata, { keys }: History): boolean => keys[AccessKeyId]?.deleted === undefined

interface List {
  readonly listed: readonly AccessKeyMetadata[]
  /** The service's clock. */
  readonly now: number
}

/** The first list that contains all expected keys, or the last one that there was time for. */
async function listUntil(expected: ReadonlySet<string>, UserName: string, means: ObserveContext): Promise<List> {
  const { clock, signals, progress, patience } = means
  const until = clock.now() + Math.min(patience, LISTS_LAG)
  try {
    for (;;) {
      const list = await listOnce(UserName, means)
      const missing = [...expected].filter(id => !list.listed.some(({ AccessKeyId }) => AccessKeyId === id))
      const left = until - clock.now()
      if (missing.length === 0 || left < APART) return list
      means.debug(`the list lacks ${missing.join(', ')}`)
      progress.say(`waiting until IAM lists ${missing.join(' and ')}, ${Math.round(left / 1000)} s at most`)
      await clock.sleep(APART, signals.interrupt)
      if (signals.received) throw new Interrupted(signals.received)
    }
  } finally {
    progress.end()
  }
}

/** All pages. */
export async function listOnce(
  UserName: string,
  means: Pick<Context, 'iam' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'debug'>,
): Promise<List> {
  const listed: AccessKeyMetadata[] = []
  let now = means.clock.now()
  for (let Marker: string | undefined; ; ) {
    const { output, serverTime } = await callWithRetry('ListAccessKeys', { UserName, Marker }, means)
    listed.push(...(output.AccessKeyMetadata ?? []))
    now = serverTime ?? now
    if (!output.IsTruncated || output.Marker === undefined) return { listed, now }
    Marker = output.Marker
  }
}

/** Milliseconds for which a list may show an earlier status of a key. */
const STATUS_LAG = 60_000

async function asKey(
  { AccessKeyId, Status, CreateDate }: AccessKeyMetadata,
  now: number,
  history: History,
  means: ObserveContext,
): Promise<Key> {
  // In whole seconds, like the Date header: with the finer dates of other services, a key would seem to be from the future.
  const time = serviceTime(CreateDate)
  const created = time && Math.floor(time / 1000) * 1000
  if (AccessKeyId === undefined) throw new Failure('The reply to ListAccessKeys has a key without its id.')
  const { deactivated } = history.keys[AccessKeyId] ?? {}
  const lags = deactivated !== undefined && now < deactivated + STATUS_LAG
  const { used } = await usage(AccessKeyId, means)
  return { AccessKeyId, active: Status === 'Active' && !lags, created, used }
}

type UsageContext = Pick<Context, 'iam' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'debug'>

export interface Usage {
  readonly used: Use
  readonly owner?: string | undefined
}

/** `unknown` if the service does not say: the permission may be missing, and nothing depends on this alone. */
export async function usage(AccessKeyId: string, means: UsageContext): Promise<Usage> {
  try {
    const { output } = await callWithRetry('GetAccessKeyLastUsed', { AccessKeyId }, means)
    const { LastUsedDate, ServiceName = '' } = output.AccessKeyLastUsed ?? {}
    return { used: useOf(LastUsedDate, ServiceName), owner: output.UserName }
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Failure)) throw error
    means.debug(`GetAccessKeyLastUsed: ${error.code ?? error.name}`)
    return { used: 'unknown' }
  }
}

const withoutNever = (key: Key): Key => (key.used === 'never' ? { ...key, used: 'unreported' } : key)

function useOf(LastUsedDate: string | undefined, service: string): Use {
  if (LastUsedDate === undefined) return 'never'
  const at = serviceTime(LastUsedDate)
  return at === undefined ? 'unknown' : { at, service }
}

// ---- what the stores hold ---------------------------------------------------------------------------------------------------------

interface Known {
  readonly UserName: string
  readonly keys: readonly Key[]
  readonly history: History
}

async function judged({ store, readable, key, trace, staged }: Sight, known: Known, means: ObserveContext): Promise<Holding> {
  const { name, identity, irrevocable, ephemeral = false } = store
  const isOfUse = staged !== undefined && (await conditionOf(staged, known, means)).condition === 'works'
  const verdict = readable ? await conditionOf(key, known, means) : { condition: storedIs(identity, known) }
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
    ...(isOfUse && { staged: staged.AccessKeyId }),
    ...(key !== undefined && { AccessKeyId: key.AccessKeyId }),
    ...verdict,
  }
}

/** For a store that cannot be read: the key that it certainly got may have been deleted. */
function storedIs(identity: string, { keys, history }: Known): Condition {
  const { stored, storing = [] } = history.stores[identity] ?? {}
  if (stored === undefined || storing.length > 0) return 'unknown'
  const key = keys.find(({ AccessKeyId }) => AccessKeyId === stored.id)
  if (key === undefined) return 'deleted'
  return key.active ? 'unknown' : 'inactive'
}

type Verdict = Pick<Holding, 'condition' | 'owner'>

async function conditionOf(key: StoredKey | undefined, { UserName, keys }: Known, means: ObserveContext): Promise<Verdict> {
  if (key === undefined) return { condition: 'empty' }
  const listed = keys.find(({ AccessKeyId }) => AccessKeyId === key.AccessKeyId)
  const pair = pairOfStored(key)
  const tried = pair && (await tryKey(pair, listed?.active ?? false, means))
  const owner = tried?.owner ?? (listed === undefined ? (await usage(key.AccessKeyId, means)).owner : undefined)
  if (owner !== undefined && owner !== UserName) return { condition: 'works', owner }
  if (tried?.answer === 'mismatched') return { condition: 'mismatched' }
  if (tried?.answer === 'works') return { condition: listed?.active ? 'works' : 'contradictory' }
  if (listed === undefined) return { condition: owner === undefined ? 'deleted' : 'contradictory' }
  if (!listed.active) return { condition: 'inactive' }
  return { condition: tried === undefined ? 'works' : 'contradictory' }
}

interface Trial {
  readonly answer: 'works' | 'refused' | 'mismatched'
  readonly owner?: string | undefined
}

/** The service knows the caller but denies the call: the key works. */
const KNOWN = new Set(['AccessDenied', 'AccessDeniedException'])
const MISMATCH = new Set(['SignatureDoesNotMatch', 'InvalidSignatureException', 'IncompleteSignature'])

/** @param insists the key should work, so that a refusal is repeated for as long as a change may take */
async function tryKey(pair: KeyPair, insists: boolean, means: ObserveContext): Promise<Trial> {
  const { clock, signals, patience, debug } = means
  const until = clock.now() + Math.min(patience, LISTS_LAG)
  const ask = means.identityOf(pair)
  for (let mismatches = 0; ; ) {
    try {
      const { Arn = '' } = await identify(ask, means)
      return { answer: 'works', owner: userIn(Arn) }
    } catch (error) {
      const code = error instanceof Failure ? (error.code ?? '') : ''
      debug(`GetCallerIdentity by ${pair.AccessKeyId}: ${code}`)
      if (KNOWN.has(code)) return { answer: 'works' }
      // A signature may be refused because of the clock, which the next one has corrected.
      if (MISMATCH.has(code)) {
        if (++mismatches > 1) return { answer: 'mismatched' }
      } else if (!REFUSALS.has(code)) throw error
      else if (!insists || until - clock.now() < APART) return { answer: 'refused' }
      await clock.sleep(APART, signals.interrupt)
      if (signals.received) throw new Interrupted(signals.received)
    }
  }
}

/** For a key that is inactive, deleted, or not yet known everywhere. */
const REFUSALS = new Set(['InvalidClientTokenId', 'InvalidAccessKeyId', 'UnrecognizedClientException'])
