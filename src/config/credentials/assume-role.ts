/** Assumes a role, and the roles it is assumed from (AssumeRoleProvider of botocore/credentials.py, 2.36.7). */

import { Failure } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import { int } from '../../python/int.ts'
import { repr } from '../../python/repr.ts'
import type { Section } from '../ini.ts'
import { keptSession } from './cache.ts'
import {
  type CredentialProvider,
  CredentialRetrievalFailure,
  isRole,
  type Lookup,
  lasting,
  PartialCredentials,
  textOf,
} from './provider.ts'
import { roleCacheKey, roleParameters } from './role.ts'

const METHOD = 'assume-role'

/** The values of `credential_source`. */
const NAMED: ReadonlySet<string> = new Set(['Environment', 'EcsContainer', 'Ec2InstanceMetadata'])

const hasKeys = (profile: Section): boolean => profile.has('aws_access_key_id') || profile.has('aws_secret_access_key')

/** Checks the whole chain of profiles now and finds its first provider; STS is called when the request is signed. Throws a Failure. */
export const roleOf = (lookup: Lookup): Promise<CredentialProvider> => roleIn(lookup.profileName, [lookup.profileName], lookup)

async function roleIn(name: string, visited: readonly string[], lookup: Lookup): Promise<CredentialProvider> {
  const { host } = lookup
  const profile = profileNamed(name, lookup)
  const source = await sourceOf(name, profile, visited, lookup)
  const given = givenBy(profile)
  host.debug(`credentials: profile ${name}: ${textOf(profile, 'role_arn')} is assumed with what ${source.method} gives`)

  async function fetch() {
    // Ask for the code first: entering it takes time, in which the session of the source could end.
    const code = await codeFor(textOf(profile, 'mfa_serial'), host)
    const { assumeRole } = await import('./sts.ts')
    return assumeRole(new Map([...roleParameters(given, host.clock.now()), ...code]), await source.load(), lookup)
  }
  return { method: METHOD, load: () => lasting(undefined, () => keptSession(roleCacheKey(given), lookup, fetch), host.clock) }
}

/** The code of the MFA device, entered on the terminal. Throws a Failure. */
async function codeFor(serial: string | undefined, host: Host): Promise<readonly (readonly [string, string])[]> {
  if (serial === undefined) return []
  try {
    return [['TokenCode', await host.askHidden(`Enter MFA code for ${serial}: `)]]
  } catch (cause) {
    // End of input: aws-cli prints Python's EOFError, whose message is empty.
    throw cause instanceof Failure ? cause : new Failure('', { cause })
  }
}

const profileNamed = (name: string, { request }: Lookup): Section => request.profiles.merged.get(name) ?? new Map()

async function sourceOf(name: string, profile: Section, visited: readonly string[], lookup: Lookup): Promise<CredentialProvider> {
  const sourceProfile = textOf(profile, 'source_profile')
  const credentialSource = textOf(profile, 'credential_source')
  if (sourceProfile !== undefined && credentialSource !== undefined) {
    throw new Failure(`The profile "${name}" contains both source_profile and credential_source.`)
  }
  if (credentialSource !== undefined) return namedSource(credentialSource, name, lookup)
  if (sourceProfile === undefined) throw new PartialCredentials(METHOD, 'source_profile or credential_source')
  return profileSource(sourceProfile, name, visited, lookup)
}

async function namedSource(source: string, name: string, lookup: Lookup): Promise<CredentialProvider> {
  if (!NAMED.has(source)) throw new Failure(`The credential source "${source}" referenced in profile "${name}" is not valid.`)
  const found = await lookup.named(source)
  if (found === undefined) {
    throw new CredentialRetrievalFailure(source, `No credentials found in credential_source referenced in profile ${name}`)
  }
  return found
}

async function profileSource(source: string, name: string, visited: readonly string[], lookup: Lookup): Promise<CredentialProvider> {
  if (!lookup.request.profiles.merged.has(source)) {
    throw new Failure(`The source_profile "${source}" referenced in the profile "${name}" does not exist.`)
  }
  const profile = profileNamed(source, lookup)
  // A profile that has keys may be its own source.
  if (visited.includes(source) && (source !== name || !hasKeys(profile))) {
    throw new Failure(
      'Infinite loop in credential configuration detected. Attempting to load from profile ' +
        `${source} which has already been visited. Visited profiles: ${repr(visited)}`,
    )
  }
  if (isRole(profile) && !hasKeys(profile)) return roleIn(source, [...visited, source], lookup)
  const found = await lookup.ofProfile(source)
  if (found === undefined) throw new Failure(`The source profile "${source}" must have credentials.`)
  return found
}

/** In the order in which aws-cli collects and sends them. */
const givenBy = (profile: Section) =>
  [
    ['RoleSessionName', textOf(profile, 'role_session_name')],
    ['ExternalId', textOf(profile, 'external_id')],
    ['SerialNumber', textOf(profile, 'mfa_serial')],
    ['DurationSeconds', integer(textOf(profile, 'duration_seconds'))],
    ['RoleArn', textOf(profile, 'role_arn') ?? ''],
  ] as const

/** Undefined for text that is not an integer: such a value is ignored. */
function integer(text: string | undefined): bigint | undefined {
  try {
    return text === undefined ? undefined : int(text)
  } catch {
    return undefined
  }
}
