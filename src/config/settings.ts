/**
 * The command line, the environment and the profile → the settings of this run. A setting's sources and their precedence are a row of
 * sources.ts.
 *
 * aws-cli finds mistakes at certain moments, and reports the first. Each function here is one of these moments; `run/` calls them in this
 * order, which was measured by giving aws-cli 2.36.7 every pair of 33 mistakes:
 *
 *     readProfiles (profiles.ts)    a file that cannot be parsed
 *       - usage, --query, --endpoint-url without a scheme -
 *     timeouts                      --cli-read-timeout or --cli-connect-timeout is not a number
 *       - AWS_CLI_OUTPUT_ENCODING -
 *     sessionSettings               cli_timestamp_format; then the settings of the metadata service
 *       - unknown options, files named on the command line, --cli-input-json -
 *     findRegion                    an invalid region; then a profile that does not exist
 *       - choosing the credential provider -
 *     clientSettings                sso-session, services section, attempts, the settings in refusals.ts, retry mode, endpoint, CA bundle,
 *                                   negative time-outs
 *       - checking the input, loading credentials, an unknown output format -
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
import { checkAttempts, checkRetryMode, configuredAttempts } from './retry-settings.ts'
import { flag, integer, isTrue, type SettingSources, shown, text } from './sources.ts'
import { ssoSession } from './sso-session.ts'

/** The profile in use, and the other sources of settings. */
export interface Setup extends SettingSources {
  readonly profiles: Profiles
  /** `default` if none is set. */
  readonly profileName: string
  /** --profile was given; then environment variables set no credentials. */
  readonly profileTyped: boolean
  /** A profile is set that is in neither file. `findRegion` reports it. */
  readonly profileMissing: boolean
}

const NO_KEYS: Section = new Map()

/** Chooses the profile. `--profile ""` counts as absent; an empty AWS_PROFILE names a profile that cannot exist. */
export function chooseProfile(typed: Partial<Globals>, profiles: Profiles, host: ConfigHost): Setup {
  const sources = { typed: { ...typed, profile: typed.profile || undefined }, section: NO_KEYS, host }
  const named = text('profile', sources)
  const profileName = named ?? 'default'
  const section = profiles.merged.get(profileName)
  return {
    ...sources,
    section: section ?? NO_KEYS,
    profiles,
    profileName,
    profileTyped: sources.typed.profile !== undefined,
    profileMissing: named !== undefined && section === undefined,
  }
}

export interface Timeouts {
  /** Seconds; undefined waits forever. */
  readonly connectTimeout: number | undefined
  readonly readTimeout: number | undefined
}

const DEFAULT_TIMEOUT = 60

/** The time-outs of all clients. Zero means none. Throws a Failure. */
export function readTimeouts(sources: SettingSources): Timeouts {
  const readTimeout = integer('readTimeout', sources) ?? DEFAULT_TIMEOUT
  const connectTimeout = integer('connectTimeout', sources) ?? DEFAULT_TIMEOUT
  return { readTimeout: readTimeout || undefined, connectTimeout: connectTimeout || undefined }
}

export interface SessionSettings {
  /** The configured name; `output/` checks it. */
  readonly output: string
  /** Undefined if not configured: dates are then printed as sent. */
  readonly timestampFormat: 'wire' | 'iso8601' | undefined
  /** A command line; undefined if not configured. */
  readonly pager: string | undefined
  /** False turns off botocore's checks of the input. */
  readonly parameterValidation: boolean
  readonly instanceMetadata: InstanceMetadataSettings
}

/** The settings for showing results and for the instance metadata service. Throws ConfigurationError and InvalidEndpoint. */
export function sessionSettings(setup: Setup): SessionSettings {
  const timestampFormat = readTimestampFormat(setup)
  return {
    timestampFormat,
    instanceMetadata: readInstanceMetadata(setup, setup.profileMissing),
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
 * The format of errors. `typed` is --cli-error-format. An unknown format counts as `enhanced`. If the profile does not exist, aws-cli
 * cannot read the setting and prints the bare message, as `legacy` does (awscli/errorhandler.py, 2.36.7). Never throws.
 */
export function errorFormat(typed: string | undefined, { host, section, profileMissing }: Setup): ErrorFormat {
  const value = typed || (host.env.AWS_CLI_ERROR_FORMAT ?? (profileMissing ? 'legacy' : section.get('cli_error_format')))
  const format = typeof value === 'string' ? value.toLowerCase() : ''
  return ERROR_FORMATS.find(known => known === format) ?? 'enhanced'
}

/** Exit 255: the chosen profile is in neither file. */
export class ProfileNotFound extends Failure {
  override readonly name = 'ProfileNotFound'
  constructor(profile: string) {
    super(`The config profile (${profile}) could not be found`)
  }
}

/** Exit 255: not one of aws-cli's binary formats. As in aws-cli, the message is the value alone, in Python's notation. */
class UnknownBinaryFormat extends Failure {
  override readonly name = 'UnknownBinaryFormat'
  constructor(format: string) {
    super(repr(format))
  }
}

/** A skeleton run checks this, too, and nothing else of the settings below. Throws UnknownBinaryFormat. */
export function checkBinaryFormat(setup: Setup): void {
  const format = text('binaryFormat', setup) ?? 'base64'
  if (format !== 'base64' && format !== 'raw-in-base64-out') throw new UnknownBinaryFormat(format)
}

/**
 * The region. `availabilityZone` asks the metadata service; it is called only if no region is configured and the service is not disabled.
 * From here on the profile must exist. Throws InvalidRegion, ProfileNotFound and UnknownBinaryFormat.
 */
export async function findRegion(setup: Setup, availabilityZone: () => Promise<string | undefined>): Promise<Region> {
  const named = namedRegion(setup)
  if (setup.profileMissing) throw new ProfileNotFound(setup.profileName)
  const region = named ?? (await instanceRegion(availabilityZone, setup))
  checkBinaryFormat(setup)
  return withoutFipsMark(region)
}

/** Settings for the services that credential providers call. Read on use, because aws-cli creates those clients after its first checks. */
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
  /** Undefined stands for the global endpoint (`aws-global`). */
  readonly region: string | undefined
  /** A configured URL; undefined for the default endpoint of the SDK's rules. */
  readonly endpoint: string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  /** The total number of attempts, at least one. */
  readonly maxAttempts: number
  /** The application's name for the User-Agent header. */
  readonly appId: string | undefined
  readonly transport: TransportOptions
}

/** The settings of the IAM client. `signed` and `verify` are false for --no-sign-request and --no-verify-ssl. Throws a Failure. */
export function clientSettings(
  setup: Setup,
  region: Region,
  timeouts: Timeouts,
  { signed, verify }: { signed: boolean; verify: boolean },
): ClientSettings {
  refuseHalfSsoSession(setup)
  const configured = iamEndpoint(setup)
  const variants = {
    // Neither variant applies to a custom endpoint.
    useFipsEndpoint: configured === undefined && (region.fips || (flag('fips', setup) ?? false)),
    useDualstackEndpoint: configured === undefined && (flag('dualstack', setup) ?? false),
  }
  refuseMissingVariants(region, variants)
  const attempts = configuredAttempts(setup)
  refuseWrongSettings(setup, signed)
  const maxAttempts = checkAttempts(attempts)
  checkRetryMode(setup)
  const endpoint = usableUrl(configured)
  const caBundle = verify ? readCaBundle('caBundle', setup) : undefined
  refuseNegativeTimeouts(timeouts)
  setup.host.debug(
    `settings: IAM ${endpoint === undefined ? 'by the endpoint rules of AWS' : `at ${shown(endpoint)}`}, ${maxAttempts} attempts in all`,
  )
  return {
    region: region.name,
    endpoint,
    ...variants,
    maxAttempts,
    appId: text('appId', setup),
    transport: { ...timeouts, verify, caBundle, proxies: true, keepAlive: isTrue(text('tcpKeepAlive', setup)) },
  }
}

/** The configured endpoint of IAM; undefined for the default. Throws as `configuredEndpoint` does. */
export const iamEndpoint = (setup: Setup): string | undefined => setup.typed.endpointUrl ?? endpointFor('iam', setup)

/** Checked even if another provider signs: aws-cli does so before it creates a client. Throws a Failure. */
function refuseHalfSsoSession(setup: Setup): void {
  const name = text('ssoSession', setup)
  if (name !== undefined) ssoSession(name, setup.profileName, setup.profiles)
}

/** Throws a Failure for a region whose partition has no dual-stack hosts in botocore's endpoints.json (botocore/regions.py, 2.36.7). */
function refuseMissingVariants({ name = '' }: Region, variants: Pick<ClientSettings, 'useFipsEndpoint' | 'useDualstackEndpoint'>): void {
  if (!variants.useDualstackEndpoint || !/^(?:eu-isoe-|us-isof-|aws-iso-f-)/.test(name)) return
  const wanted = variants.useFipsEndpoint ? "'dualstack', 'fips'" : "'dualstack'"
  throw new Failure(`Unable to construct a modeled endpoint with the following variant(s) [${wanted}]:`)
}

/** Throws a Failure with the message of Python's urllib3. */
function refuseNegativeTimeouts({ connectTimeout = 0, readTimeout = 0 }: Timeouts): void {
  const [kind, seconds] = connectTimeout < 0 ? ['connect', connectTimeout] : ['read', readTimeout]
  if (seconds >= 0) return
  throw new Failure(`Attempted to set ${kind} timeout to ${seconds}, but the timeout cannot be set to a value less than or equal to 0.`)
}

/** Where a service is configured to be, as it was said. Throws a Failure. */
export function endpointFor(service: ServiceName, setup: Setup): string | undefined {
  if (flag('ignoreEndpoints', setup)) return undefined
  return configuredEndpoint(service, setup, setup.profiles)
}

function readCaBundle(name: 'caBundle' | 'nestedCaBundle', setup: Setup): string | undefined {
  const path = text(name, setup)
  if (path === undefined) return undefined
  if (path.trim() !== '') return expandUser(path, setup.host)
  throw new Failure(
    'Invalid CA bundle: the configured value (ca_bundle, AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE, or verify) resolved to an empty or ' +
      'whitespace-only string. Provide a valid path to a CA bundle file.',
  )
}
