/** The parameters of a role's session and its key in the cache, for both ways of assuming a role. */

import { dumps } from '../../python/json.ts'
import { sha1 } from './cache.ts'

/** By STS's names, in the order in which aws-cli sends them. */
export type RoleParameters = ReadonlyMap<string, string | bigint>

type RoleSettings = readonly (readonly [name: string, value: string | bigint | undefined])[]

/** The parameters that are set. A session without a name is named after the time, in milliseconds. */
export function roleParameters(given: RoleSettings, now: number): RoleParameters {
  const parameters = new Map(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
  return parameters.get('RoleSessionName') ? parameters : parameters.set('RoleSessionName', `botocore-session-${Math.floor(now / 1000)}`)
}

/** The file name in the cache (BaseAssumeRoleCredentialFetcher of botocore/credentials.py, 2.36.7), without a generated session name. */
export function roleCacheKey(given: RoleSettings): string {
  const own = given.flatMap(([name, value]) =>
    value === undefined || (name === 'RoleSessionName' && !value) ? [] : [[name, value] as const],
  )
  return sha1(dumps(new Map(own), { sortKeys: true }))
}
