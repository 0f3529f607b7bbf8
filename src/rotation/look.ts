/** Finds out what is true, writing nothing: who calls, whose keys there are, when they were used, and what the places hold. */

import type { Context } from '../command.ts'
import { Failure, Interrupted, ParameterError } from '../errors.ts'
import { again, repeat } from '../iam/repeating.ts'
import type { AskIdentity } from '../identity.ts'
import type { AccessKeyMetadata } from '../service.ts'
import type { Holding, Key, Past, Situation, Use } from './situation.ts'

export type Means = Pick<Context, 'iam' | 'signer' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'places' | 'debug'>

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
export async function whose(named: string | undefined, identity: AskIdentity, means: Means): Promise<Owner> {
  const { Account = '', Arn = '' } = await again(identity, means)
  const caller = /:user\/(?:.*\/)?([^/]+)$/.exec(Arn)?.[1]
  const UserName = named ?? caller
  if (UserName !== undefined) return { Account, UserName }
  throw new ParameterError(`${Arn || 'the caller'} is no IAM user and has no access keys of its own: --user-name says whose keys to rotate`)
}

/** @throws Failure as aws-cli words it; PlaceFailure for a place that cannot be read */
export async function look(UserName: string, past: Past | undefined, means: Means): Promise<Situation> {
  const { places, signer, clock } = means
  const listed: AccessKeyMetadata[] = []
  let now = clock.now()
  for (let Marker: string | undefined; ; ) {
    const { output, serverTime } = await repeat('ListAccessKeys', { UserName, Marker }, means)
    listed.push(...output.AccessKeyMetadata)
    now = serverTime ?? now
    if (!output.IsTruncated || output.Marker === undefined) break
    Marker = output.Marker
  }
  const keys: Key[] = []
  for (const { AccessKeyId, Status, CreateDate = '' } of listed) {
    const created = Date.parse(CreateDate)
    if (AccessKeyId === undefined || Number.isNaN(created))
      throw new Failure('The reply to ListAccessKeys has a key without its id or its date.')
    const { used } = await usage(AccessKeyId, means)
    keys.push({ AccessKeyId, active: Status === 'Active', created, used })
  }
  const holdings: Holding[] = []
  for (const { name: place, final, passing, read: readNow } of places) {
    const read = passing ? undefined : readNow
    const AccessKeyId = read?.(UserName)?.AccessKeyId
    const isTheirs = AccessKeyId === undefined || keys.some(key => key.AccessKeyId === AccessKeyId)
    const owner = isTheirs ? undefined : (await usage(AccessKeyId, means)).owner
    holdings.push({
      place,
      final,
      readable: read !== undefined,
      ...(AccessKeyId !== undefined && { AccessKeyId }),
      ...(owner !== undefined && owner !== UserName && { owner }),
    })
  }
  return { now, UserName, signer: signer?.AccessKeyId, keys: keys.sort((one, other) => one.created - other.created), holdings, past }
}

/** Not everybody who may rotate keys may ask this, and nothing depends on it alone. */
async function usage(AccessKeyId: string, means: Means): Promise<{ readonly used: Use; readonly owner?: string | undefined }> {
  try {
    const { output } = await repeat('GetAccessKeyLastUsed', { AccessKeyId }, means)
    const { LastUsedDate, ServiceName = '' } = output.AccessKeyLastUsed ?? {}
    return { used: LastUsedDate === undefined ? 'never' : { at: Date.parse(LastUsedDate), service: ServiceName }, owner: output.UserName }
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Failure)) throw error
    means.debug(`GetAccessKeyLastUsed: ${error.code ?? error.name}`)
    return { used: 'unknown' }
  }
}
