/**
 * What was typed, the environment and the profile → what holds for this run. Each fact's precedence is a line of facts.ts.
 *
 * aws-cli finds mistakes at certain moments, and of several it names the first. The functions here are those moments; `run/` calls them
 * in this order, which was measured by giving aws-cli 2.36.7 every pair of 33 mistakes:
 *
 *     readProfiles (profiles.ts)    either file cannot be parsed
 *       - usage, --query, --endpoint-url without a scheme -
 *     timeouts                      --cli-read-timeout and --cli-connect-timeout are no numbers
 *       - AWS_CLI_OUTPUT_ENCODING -
 *     sessionSettings               cli_timestamp_format; then the settings of the metadata service
 *       - unknown options, files named on the command line, --cli-input-json -
 *     findRegion                    the region's form; then a profile that does not exist
 *       - choosing the source of credentials -
 *     clientSettings                sso-session, services section, attempts, what refusals.ts knows, retry mode, endpoint, CA bundle,
 *                                   time-outs below zero
 *       - the input's checks, loading credentials, an unknown output format -
 */

import { ConfigurationError, Failure } from '../core/errors.ts'
import type { Globals } from '../core/options.ts'
import type { TransportOptions } from '../core/transport.ts'
import { expandUser } from '../python/path.ts'
import { repr } from '../python/repr.ts'
import type { InstanceMetadataSettings, NestedSettings } from './credentials/provider.ts'
import { configuredEndpoint, type ServiceName, usableUrl } from './endpoint.ts'
import type { Section } from './ini.ts'
import { readInstanceMetadata } from './metadata-service.ts'
import type { ConfigHost, Profiles } from './profiles.ts'
import { refuseWrongSettings } from './refusals.ts'
import { instanceRegion, namedRegion, type Region, withoutFipsMark } from './region.ts'
import { checkAttempts, configuredAttempts, type RetryMode, readRetryMode } from './retry-settings.ts'
import { flag, integer, type SettingSources, shown, text } from './sources.ts'
import { ssoSession } from './sso-session.ts'

/** The profile in use, and everything else that settings are read from. */
export interface Setup extends SettingSources {
  readonly profiles: Profiles
  /** `default` where none was named. */
  readonly profileName: string
  /** --profile named it: then no environment variable names an identity. */
  readonly profileTyped: boolean
  /** It was named, by whomever, and is in neither file. Nothing is wrong before `findRegion`. */
  readonly profileMissing: boolean
}

const NO_KEYS: Section = new Map()

/** Which profile is in use. `--profile ""` names none; an empty AWS_PROFILE names a profile that cannot exist. */
export function chooseProfile(typed: Partial<Globals>, profiles: Profiles, host: ConfigHost): Setup {
  const places = { typed: { ...typed, profile: typed.profile || undefined }, section: NO_KEYS, host }
  const named = text('profile', places)
  const profileName = named ?? 'default'
  const section = profiles.merged.get(profileName)
  return {
    ...places,
    section: section ?? NO_KEYS,
    profiles,
    profileName,
    profileTyped: places.typed.profile !== undefined,
    profileMissing: named !== undefined && section === undefined,
  }
}

export interface Timeouts {
  /** Seconds; undefined waits for ever. */
  readonly connectTimeout: number | undefined
  readonly readTimeout: number | undefined
}

const DEFAULT_TIMEOUT = 60

/** The time-outs of every client. Zero means none. Throws a Failure. */
export function timeouts(places: SettingSources): Timeouts {
  const readTimeout = integer('readTimeout', places) ?? DEFAULT_TIMEOUT
  const connectTimeout = integer('connectTimeout', places) ?? DEFAULT_TIMEOUT
  return { readTimeout: readTimeout || undefined, connectTimeout: connectTimeout || undefined }
}

export interface SessionSettings {
  /** As it was said; the formats there are, `output/` knows. */
  readonly output: string
  /** Undefined where nobody chose: then dates stay as the service sent them. */
  readonly timestampFormat: 'wire' | 'iso8601' | undefined
  /** A command line. Undefined where nobody chose. */
  readonly pager: string | undefined
  /** False leaves botocore's checks of the input out. */
  readonly parameterValidation: boolean
  readonly instanceMetadata: InstanceMetadataSettings
}

/** How results are shown, and how the instance metadata service is asked. Throws ConfigurationError and InvalidEndpoint. */
export function sessionSettings(setup: Setup): SessionSettings {
  const timestampFormat = readTimestampFormat(setup)
  return {
    timestampFormat,
    instanceMetadata: readInstanceMetadata(setup),
    output: text('output', setup) ?? 'json',
    pager: text('pager', setup),
    parameterValidation: flag('parameterValidation', setup) ?? true,
  }
}

function readTimestampFormat(setup: Setup): SessionSettings['timestampFormat'] {
  const format = text('timestampFormat', setup)
  if (format === undefined || format === 'wire' || format === 'iso8601') return format
  throw new ConfigurationError('Configuration', `Unknown cli_timestamp_format value: ${format}, valid values are "wire" or "iso8601"`)
}

const ERROR_FORMATS = ['enhanced', 'legacy', 'json', 'yaml', 'text', 'table'] as const
export type ErrorFormat = (typeof ERROR_FORMATS)[number]

/**
 * How a failure is shown. `typed` is --cli-error-format. An unknown format is `enhanced`; a profile that does not exist leaves aws-cli
 * without an answer, and it prints the bare sentence, as `legacy` does (awscli/errorhandler.py, 2.36.7). Throws nothing.
 */
export function errorFormat(typed: string | undefined, { host, section, profileMissing }: Setup): ErrorFormat {
  const said = typed || (host.env.AWS_CLI_ERROR_FORMAT ?? (profileMissing ? 'legacy' : section.get('cli_error_format')))
  const format = typeof said === 'string' ? said.toLowerCase() : ''
  return ERROR_FORMATS.find(known => known === format) ?? 'enhanced'
}

/** Exit 255: a profile that someone named is in neither file. */
export class ProfileNotFound extends Failure {
  override readonly name = 'ProfileNotFound'
  constructor(profile: string) {
    super(`The config profile (${profile}) could not be found`)
  }
}

/** Exit 255: not one of aws-cli's binary formats. Its sentence is the bare value as Python shows it, as in aws-cli. */
class UnknownBinaryFormat extends Failure {
  override readonly name = 'UnknownBinaryFormat'
  constructor(format: string) {
    super(repr(format))
  }
}

/**
 * The region. `availabilityZone` asks the metadata service, and is called only where nobody named a region and it is not switched off.
 * From here on the profile must exist. Throws InvalidRegion, ProfileNotFound and UnknownBinaryFormat.
 */
export async function findRegion(setup: Setup, availabilityZone: () => Promise<string | undefined>): Promise<Region> {
  const named = namedRegion(setup)
  if (setup.profileMissing) throw new ProfileNotFound(setup.profileName)
  const region = named ?? (await instanceRegion(availabilityZone, setup))
  const format = text('binaryFormat', setup) ?? 'base64'
  if (format !== 'base64' && format !== 'raw-in-base64-out') throw new UnknownBinaryFormat(format)
  return withoutFipsMark(region)
}

/** For the services that a source of credentials asks. Read when needed, for aws-cli makes those clients after the first complaints. */
export function nestedSettings(setup: Setup, region: Region, timeouts: Timeouts): NestedSettings {
  return {
    ...timeouts,
    region: region.name,
    useFipsEndpoint: region.fips || (flag('fips', setup) ?? false),
    useDualstackEndpoint: flag('dualstack', setup) ?? false,
    get maxAttempts() {
      return checkAttempts(configuredAttempts(setup))
    },
    get caBundle() {
      return readCaBundle('nestedCaBundle', setup)
    },
    endpointFor: service => endpointFor(service, setup),
  }
}

export interface ClientSettings {
  /** Undefined stands for the global endpoints (`aws-global`). */
  readonly region: string | undefined
  /** A configured URL; undefined leaves the host to the SDK's rules. */
  readonly endpoint: string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  /** Attempts in all, at least one. */
  readonly maxAttempts: number
  readonly retryMode: RetryMode
  /** What the user agent shall say about the caller's application. */
  readonly appId: string | undefined
  readonly transport: TransportOptions
}

/** How IAM is called. `signed` and `verify` are false for --no-sign-request and --no-verify-ssl. Throws a Failure. */
export function clientSettings(
  setup: Setup,
  region: Region,
  timeouts: Timeouts,
  { signed, verify }: { signed: boolean; verify: boolean },
): ClientSettings {
  refuseHalfSsoSession(setup)
  const said = iamEndpoint(setup)
  const attempts = configuredAttempts(setup)
  refuseWrongSettings(setup, signed)
  const maxAttempts = checkAttempts(attempts)
  const retryMode = readRetryMode(setup)
  const endpoint = usableUrl(said)
  const caBundle = verify ? readCaBundle('caBundle', setup) : undefined
  refuseNegativeTimeouts(timeouts)
  setup.host.debug(
    `settings: IAM ${endpoint === undefined ? 'by the endpoint rules of AWS' : `at ${shown(endpoint)}`}, ${maxAttempts} attempts in all`,
  )
  return {
    region: region.name,
    endpoint,
    // A custom endpoint is called as it stands: the two variants are dropped.
    useFipsEndpoint: endpoint === undefined && (region.fips || (flag('fips', setup) ?? false)),
    useDualstackEndpoint: endpoint === undefined && (flag('dualstack', setup) ?? false),
    maxAttempts,
    retryMode,
    appId: text('appId', setup),
    transport: { ...timeouts, verify, caBundle, proxies: true },
  }
}

/** Where IAM is said to be; undefined leaves it to the SDK's rules. Throws as `configuredEndpoint` does. */
export const iamEndpoint = (setup: Setup): string | undefined => setup.typed.endpointUrl ?? endpointFor('iam', setup)

/** Also where something else signs: aws-cli has a look before it makes a client. Throws a Failure. */
function refuseHalfSsoSession(setup: Setup): void {
  const name = text('ssoSession', setup)
  if (name !== undefined) ssoSession(name, setup.profileName, setup.profiles)
}

/** Throws a Failure with the sentence of Python's urllib3. */
function refuseNegativeTimeouts({ connectTimeout = 0, readTimeout = 0 }: Timeouts): void {
  const [kind, seconds] = connectTimeout < 0 ? ['connect', connectTimeout] : ['read', readTimeout]
  if (seconds >= 0) return
  throw new Failure(`Attempted to set ${kind} timeout to ${seconds}, but the timeout cannot be set to a value less than or equal to 0.`)
}

function endpointFor(service: ServiceName, setup: Setup): string | undefined {
  if (flag('ignoreEndpoints', setup)) return undefined
  return configuredEndpoint(service, setup, setup.profiles)
}

function readCaBundle(fact: 'caBundle' | 'nestedCaBundle', setup: Setup): string | undefined {
  const path = text(fact, setup)
  if (path === undefined) return undefined
  if (path.trim() !== '') return expandUser(path, setup.host)
  throw new Failure(
    'Invalid CA bundle: the configured value (ca_bundle, AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE, or verify) resolved to an empty or ' +
      'whitespace-only string. Provide a valid path to a CA bundle file.',
  )
}
