/** What a source of credentials is, what it is found with, and how long its credentials last. Types, and the one rule about renewal. */

import { Failure } from '../../core/errors.ts'
import type { Clock, Host } from '../../core/host.ts'
import type { Transport, TransportOptions } from '../../core/transport.ts'
import type { Section } from '../ini.ts'
import type { Profiles } from '../profiles.ts'
import { textOf as textOfFound } from '../sources.ts'
import type { Expiration } from './expiration.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Credentials that end. */
export interface Session {
  readonly credentials: Credentials
  readonly expiration: Expiration
}

/** The services that a source may have to ask, by the names of `AWS_ENDPOINT_URL_<NAME>` in lower case. */
export type NestedService = 'sts' | 'sso' | 'sso_oidc' | 'signin'

/** How those services are called. */
export interface NestedSettings {
  /** Undefined stands for the global endpoints. */
  readonly region: string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  /** Attempts in all, at least one. */
  readonly maxAttempts: number
  /** Seconds; undefined waits for ever. */
  readonly connectTimeout: number | undefined
  readonly readTimeout: number | undefined
  /** `ca_bundle` of the environment or the profile. The options --ca-bundle and --no-verify-ssl are for IAM alone. */
  readonly caBundle: string | undefined
  readonly endpointFor: (service: NestedService) => string | undefined
}

/** How the instance metadata service is asked. */
export interface InstanceMetadataSettings {
  /** The base URL. */
  readonly endpoint: string
  /** Seconds for each request. */
  readonly timeout: number
  readonly attempts: number
  readonly v1Disabled: boolean
}

/** What the run says about who shall sign. */
export interface CredentialRequest {
  /** `default` where none was named. */
  readonly profileName: string
  /** Whether --profile named it: then no environment variable names an identity. */
  readonly profileTyped: boolean
  readonly profiles: Profiles
  readonly nested: NestedSettings
  readonly instanceMetadata: InstanceMetadataSettings
}

/** Makes a transport; a source decides its time-outs, and whether proxies apply. */
export type Connect = (options: TransportOptions) => Transport

/** What a source is looked for with: one profile, and the world. */
export interface Lookup {
  readonly profileName: string
  /** The profile's keys from both files; empty where there is no such profile. */
  readonly profile: Section
  /** Whether environment variables may name an identity. */
  readonly environment: boolean
  /** Whether its sessions are kept on disk for the next run. botocore keeps those of a role's source in memory only. */
  readonly keepsSessions: boolean
  readonly request: CredentialRequest
  readonly host: Host
  readonly connect: Connect
  /** The source of another profile, for a role that names it; undefined where that profile has no credentials. */
  readonly ofProfile: (name: string) => Promise<CredentialProvider | undefined>
  /** The source that `credential_source` names, asked now; undefined where it has no credentials. */
  readonly named: (name: string) => Promise<CredentialProvider | undefined>
}

/** A source that is configured. It was found when the client was made; `load` gives what the request is signed with. */
export interface CredentialProvider {
  /** botocore's name for it, as its messages have it. */
  readonly method: string
  /** For the debug log: which file, role or session it is. Never a secret. */
  readonly origin?: string
  readonly load: () => Promise<Credentials>
}

/** Exit 255, `Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY`. */
export class PartialCredentials extends Failure {
  override readonly name = 'PartialCredentials'
  constructor(method: string, missing: string) {
    super(`Partial credentials found in ${method}, missing: ${missing}`)
  }
}

/** Exit 255: the source is configured and did not give any credentials. */
export class CredentialRetrievalFailure extends Failure {
  override readonly name = 'CredentialRetrievalFailure'
  constructor(method: string, why: string, options?: ErrorOptions) {
    super(`Error when retrieving credentials from ${method}: ${why}`, options)
  }
}

/** A profile's value. Throws a Failure for a nested block: passing over it would let another source sign. */
export function textOf(profile: Section, key: string): string | undefined {
  const value = profile.get(key)
  return value === undefined ? undefined : textOfFound({ source: key, value })
}

/** Whether a profile names a role to assume. One with a token file is for web identity. */
export const isRole = (profile: Section): boolean => profile.has('role_arn') && !profile.has('web_identity_token_file')

const MINUTE = 60_000
const RENEWED_BEFORE_END = 15 * MINUTE
const MUST_BE_RENEWED_BEFORE_END = 10 * MINUTE

/**
 * What to sign with: `session` while it lasts, else what `renew` gives; without a `session`, always that.
 * In its last 15 minutes a session is renewed; up to the last 10, failing to do so does no harm (RefreshableCredentials of
 * botocore/credentials.py, 2.36.7). Throws what `renew` throws, and a Failure where the new session has ended as well.
 */
export async function lasting(session: Session | undefined, renew: () => Session | Promise<Session>, clock: Clock): Promise<Credentials> {
  const left = session === undefined ? 0 : session.expiration.remaining(clock)
  if (session !== undefined && left >= RENEWED_BEFORE_END) return session.credentials
  let renewed: Session
  try {
    renewed = await renew()
  } catch (error) {
    if (session === undefined || left < MUST_BE_RENEWED_BEFORE_END) throw error
    return session.credentials
  }
  if (renewed.expiration.remaining(clock) < 0) {
    throw new Failure('Credentials were refreshed, but the refreshed credentials are still expired.')
  }
  return renewed.credentials
}
