/** What a role's session is asked for with, and what it is kept under: the same for both ways to assume a role. */

import { dumps } from '../../python/json.ts'
import { sha1 } from './cache.ts'

/** By the names of STS, in the order in which aws-cli sends them. */
export type RoleParameters = ReadonlyMap<string, string | bigint>

type Given = readonly (readonly [name: string, value: string | bigint | undefined])[]

/** Those that are given; a session that nobody named is called after the time, in milliseconds. */
export function roleParameters(given: Given, now: number): RoleParameters {
  const parameters = new Map(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
  return parameters.get('RoleSessionName') ? parameters : parameters.set('RoleSessionName', `botocore-session-${Math.floor(now / 1000)}`)
}

/** The name of its file in the cache (BaseAssumeRoleCredentialFetcher of botocore/credentials.py, 2.36.7); a name after the time has no part in it. */
export function roleCacheKey(given: Given): string {
  const own = given.flatMap(([name, value]) =>
    value === undefined || (name === 'RoleSessionName' && !value) ? [] : [[name, value] as const],
  )
  return sha1(dumps(new Map(own), { sortKeys: true }))
}
