/**
 * The command line, the environment and the profile → the settings of this run, apart from those of clients (client-settings.ts). A
 * setting's sources and their precedence are a row of sources.ts.
 *
 * aws-cli finds mistakes at certain moments, and reports the first. Each function here and in client-settings.ts is one of these moments; `run/` calls them in this
 * order, which was measured by giving aws-cli 2.36.7 every pair of 33 mistakes:
 *
 *     readProfiles (profiles.ts)    a file that cannot be parsed
 *       - usage, --query, --endpoint-url without a scheme -
 *     readTimeouts                  --cli-read-timeout or --cli-connect-timeout is not a number
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
import { repr } from '../python/repr.ts'
import type { InstanceMetadataSettings } from './credentials/provider.ts'
import type { Section } from './ini.ts'
import { readInstanceMetadata } from './metadata-service.ts'
import type { ConfigHost, Profiles } from './profiles.ts'
import { instanceRegion, namedRegion, type Region, withoutFipsMark } from './region.ts'
import { flag, integer, type SettingSources, text } from './sources.ts'

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
