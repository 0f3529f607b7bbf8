/** The interface of credential providers, what they are given, and when a session is renewed. */

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

/** Temporary credentials. */
export interface Session {
  readonly credentials: Credentials
  readonly expiration: Expiration
}

/** The services that a provider may call, as in `AWS_ENDPOINT_URL_<NAME>`, in lower case. */
export type NestedService = 'sts' | 'sso' | 'sso_oidc' | 'signin'

/** Settings for calling those services. */
export interface NestedSettings {
  /** Undefined stands for the global endpoint. */
  readonly region: string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  /** The total number of attempts, at least one. */
  readonly maxAttempts: number
  /** Seconds; undefined waits forever. */
  readonly connectTimeout: number | undefined
  readonly readTimeout: number | undefined
  /** `ca_bundle` of the environment or the profile. The options --ca-bundle and --no-verify-ssl apply to IAM only. */
  readonly caBundle: string | undefined
  readonly endpointFor: (service: NestedService) => string | undefined
}

/** Settings for calling the instance metadata service. */
export interface InstanceMetadataSettings {
  /** The base URL. */
  readonly endpoint: string
  /** Seconds per request. */
  readonly timeout: number
  readonly attempts: number
  readonly v1Disabled: boolean
}

/** The settings that decide which identity signs. */
export interface CredentialRequest {
  /** `default` if none is set. */
  readonly profileName: string
  /** --profile was given; then environment variables set no credentials. */
  readonly profileTyped: boolean
  readonly profiles: Profiles
  readonly nested: NestedSettings
  readonly instanceMetadata: InstanceMetadataSettings
}

/** Creates a transport; the provider decides on time-outs and proxies. */
export type Connect = (options: TransportOptions) => Transport

/** What a provider is given: a profile, and access to the outside. */
export interface Lookup {
  readonly profileName: string
  /** The profile's keys from both files; empty if there is no such profile. */
  readonly profile: Section
  /** Whether environment variables may set credentials. */
  readonly environment: boolean
  /** Whether sessions are cached on disk. botocore caches the session of a role's source in memory only. */
  readonly keepsSessions: boolean
  readonly request: CredentialRequest
  readonly host: Host
  readonly connect: Connect
  /** The provider of another profile, which a role names as its source; undefined if it has no credentials. */
  readonly ofProfile: (name: string) => Promise<CredentialProvider | undefined>
  /** The provider that `credential_source` names, loaded now; undefined if it has no credentials. */
  readonly named: (name: string) => Promise<CredentialProvider | undefined>
}

/** A configured provider. It was chosen when the client was created; `load` returns the credentials to sign with. */
export interface CredentialProvider {
  /** botocore's name for it, for messages. */
  readonly method: string
  /** For the debug log: the file, role or session. Never a secret. */
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

/** Exit 255: the provider is configured but returned no credentials. */
export class CredentialRetrievalFailure extends Failure {
  override readonly name = 'CredentialRetrievalFailure'
  constructor(method: string, why: string, options?: ErrorOptions) {
    super(`Error when retrieving credentials from ${method}: ${why}`, options)
  }
}

/** A profile's value. Throws a Failure for a nested block: if it were ignored, another identity would sign. */
export function textOf(profile: Section, key: string): string | undefined {
  const value = profile.get(key)
  return value === undefined ? undefined : textOfFound({ source: key, value })
}

/** Whether a profile assumes a role. With a token file it uses web identity instead. */
export const isRole = (profile: Section): boolean => profile.has('role_arn') && !profile.has('web_identity_token_file')

const MINUTE = 60_000
const RENEWED_BEFORE_END = 15 * MINUTE
const MUST_BE_RENEWED_BEFORE_END = 10 * MINUTE

/**
 * The credentials of `session` while it lasts, otherwise of the session that `renew` returns. In its last 15 minutes a session is renewed;
 * until its last 10, a failure to do so is ignored (RefreshableCredentials of botocore/credentials.py, 2.36.7). Throws what `renew` throws,
 * and a Failure if the new session has expired as well.
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
