/** Finds out what is true, writing nothing: who calls, whose keys there are, when they were used, and what the stores hold. */

import type { Context } from '../core/command.ts'
import { Failure, Interrupted, ParameterError } from '../core/errors.ts'
import type { AccessKeyMetadata } from '../core/iam.ts'
import type { KeyStore } from '../core/key-store.ts'
import { serviceTime } from '../core/service-time.ts'
import type { GetIdentity } from '../core/sts.ts'
import { callWithRetry, retry } from '../keys/retry.ts'
import type { Holding, Key, Past, RotationState, Use } from './state.ts'

export type ObserveContext = Pick<Context, 'iam' | 'signingKey' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'stores' | 'debug'>

export interface Owner {
  /** Empty where the service would not say. */
  readonly Account: string
  readonly UserName: string
}

/**
 * Whose keys are to be rotated.
 *
 * @param named --user-name, if it was given
 * @throws ParameterError for a caller who is no user and names none; else a Failure as aws-cli words it
 */
export async function findOwner(named: string | undefined, identity: GetIdentity, means: ObserveContext): Promise<Owner> {
  const { Account = '', Arn = '' } = await retry(identity, means)
  const caller = /:user\/(?:.*\/)?([^/]+)$/.exec(Arn)?.[1]
  const UserName = named ?? caller
  if (UserName !== undefined) return { Account, UserName }
  throw new ParameterError(`${Arn || 'the caller'} is no IAM user and has no access keys of its own: --user-name says whose keys to rotate`)
}

/** @throws Failure as aws-cli words it; StoreFailure for a store that cannot be read */
export async function observe(UserName: string, past: Past | undefined, means: ObserveContext): Promise<RotationState> {
  const { listed, now } = await list(UserName, means)
  const keys: Key[] = []
  for (const key of listed) keys.push(await asKey(key, means))
  const holdings: Holding[] = []
  for (const store of means.stores) holdings.push(await holding(store, UserName, keys, means))
  const signer = means.signingKey?.AccessKeyId
  return { now, UserName, signer, keys: keys.sort((one, other) => (one.created ?? 0) - (other.created ?? 0)), holdings, past }
}

/** Every page, and what time it is by the service's clock. */
async function list(
  UserName: string,
  means: ObserveContext,
): Promise<{ readonly listed: readonly AccessKeyMetadata[]; readonly now: number }> {
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

async function asKey({ AccessKeyId, Status, CreateDate }: AccessKeyMetadata, means: ObserveContext): Promise<Key> {
  // To the second, as the Date header is: by a stand-in's finer dates a key would seem to come from the future.
  const time = serviceTime(CreateDate)
  const created = time && Math.floor(time / 1000) * 1000
  if (AccessKeyId === undefined) throw new Failure('The reply to ListAccessKeys has a key without its id.')
  const { used } = await usage(AccessKeyId, means)
  return { AccessKeyId, active: Status === 'Active', created, used }
}

async function holding(
  { name: store, irrevocable, ephemeral, read: readNow }: KeyStore,
  UserName: string,
  keys: readonly Key[],
  means: ObserveContext,
): Promise<Holding> {
  const read = ephemeral ? undefined : readNow
  const AccessKeyId = read?.(UserName)?.AccessKeyId
  const isTheirs = AccessKeyId === undefined || keys.some(key => key.AccessKeyId === AccessKeyId)
  const owner = isTheirs ? undefined : (await usage(AccessKeyId, means)).owner
  return {
    store,
    irrevocable,
    readable: read !== undefined,
    ...(AccessKeyId !== undefined && { AccessKeyId }),
    ...(owner !== undefined && owner !== UserName && { owner }),
  }
}

/** Not everybody who may rotate keys may ask this, and nothing depends on it alone. */
async function usage(AccessKeyId: string, means: ObserveContext): Promise<{ readonly used: Use; readonly owner?: string | undefined }> {
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

function useOf(LastUsedDate: string | undefined, service: string): Use {
  if (LastUsedDate === undefined) return 'never'
  const at = serviceTime(LastUsedDate)
  return at === undefined ? 'unknown' : { at, service }
}
