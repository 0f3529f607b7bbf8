/**
 * The table of settings and their sources, and the only reader of that table. The other files here interpret the values. Endpoint URLs
 * have a table of their own (endpoint.ts), because their sources depend on the service.
 */

import { Failure, messageOf } from '../core/errors.ts'
import { GLOBAL_OPTIONS, type Globals, type GlobalValueOption, keyOf, type Option, type OptionSource } from '../core/options.ts'
import { int } from '../python/int.ts'
import type { Section, Setting } from './ini.ts'
import type { ConfigHost } from './profiles.ts'

/** An option (`--region`), an environment variable (`$AWS_REGION`) or a key of the profile (`region`). */
type Source = `--${GlobalValueOption}` | OptionSource

const ROWS: ReadonlyMap<string, Option> = new Map(GLOBAL_OPTIONS.map(row => [row.name, row]))

/** The sources besides the command line, from the option's row. */
const sourcesOfOption = (option: (typeof GLOBAL_OPTIONS)[number]['name']): readonly OptionSource[] => ROWS.get(option)?.sources ?? []

const option = (name: GlobalValueOption): readonly Source[] => [`--${name}`, ...sourcesOfOption(name)]

/**
 * Setting → its sources, in order of precedence: the first one with a value counts, even an empty value (botocore/configprovider.py and
 * awscli/clidriver.py, 2.36.7).
 */
const SOURCES = {
  profile: option('profile'),
  region: option('region'),
  output: option('output'),
  timestampFormat: ['cli_timestamp_format'],
  binaryFormat: option('cli-binary-format'),
  pager: sourcesOfOption('no-cli-pager'),
  autoPrompt: sourcesOfOption('cli-auto-prompt'),
  parameterValidation: ['parameter_validation'],

  metadataTimeout: ['$AWS_METADATA_SERVICE_TIMEOUT', 'metadata_service_timeout'],
  metadataAttempts: ['$AWS_METADATA_SERVICE_NUM_ATTEMPTS', 'metadata_service_num_attempts'],
  metadataEndpoint: ['$AWS_EC2_METADATA_SERVICE_ENDPOINT', 'ec2_metadata_service_endpoint'],
  metadataEndpointMode: ['$AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE', 'ec2_metadata_service_endpoint_mode'],
  metadataIpv6: ['$AWS_IMDS_USE_IPV6', 'imds_use_ipv6'],
  metadataV1Disabled: ['$AWS_EC2_METADATA_V1_DISABLED', 'ec2_metadata_v1_disabled'],
  metadataDisabled: ['$AWS_EC2_METADATA_DISABLED'],

  ignoreEndpoints: ['$AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls'],
  fips: ['$AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'],
  dualstack: ['$AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'],
  connectTimeout: option('cli-connect-timeout'),
  readTimeout: option('cli-read-timeout'),
  caBundle: option('ca-bundle'),
  nestedCaBundle: sourcesOfOption('ca-bundle'),
  maxAttempts: ['$AWS_MAX_ATTEMPTS', 'max_attempts'],
  retryMode: ['$AWS_RETRY_MODE', 'retry_mode'],
  tcpKeepAlive: ['tcp_keepalive'],
  ssoSession: ['sso_session'],
  appId: ['$AWS_SDK_UA_APP_ID', 'sdk_ua_app_id'],

  compressionSize: ['$AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES', 'request_min_compression_size_bytes'],
  requestChecksum: ['$AWS_REQUEST_CHECKSUM_CALCULATION', 'request_checksum_calculation'],
  responseChecksum: ['$AWS_RESPONSE_CHECKSUM_VALIDATION', 'response_checksum_validation'],
  accountIdMode: ['$AWS_ACCOUNT_ID_ENDPOINT_MODE', 'account_id_endpoint_mode'],
  authSchemes: ['$AWS_AUTH_SCHEME_PREFERENCE', 'auth_scheme_preference'],
  expressSession: ['$AWS_S3_DISABLE_EXPRESS_SESSION_AUTH', 's3_disable_express_session_auth'],
} as const satisfies Record<string, readonly Source[]>

export type SettingName = keyof typeof SOURCES

/** Where settings are read from. */
export interface SettingSources {
  /** The global options of the command line; an absent member was not given. */
  readonly typed: Partial<Globals>
  /** The profile's keys; empty if there is no such profile. */
  readonly section: Section
  readonly host: ConfigHost
}

/** A setting's value, or undefined. Throws a Failure for a block of settings in place of text. */
export const text = (name: SettingName, sources: SettingSources): string | undefined => textOf(find(name, sources))

/** As `text`, but an empty value counts as absent. */
export const filled = (name: SettingName, sources: SettingSources): string | undefined => textOf(find(name, sources, value => value !== ''))

/** The value, if any. Throws a Failure for a block. */
export function textOf(found: FoundValue | undefined): string | undefined {
  if (found === undefined) return undefined
  if (typeof found.value === 'string') return found.value
  throw new Failure(`The value of ${found.source} in the config file must be text, not a block of settings`)
}

/** True only for "true", in any case; undefined without a value (`ensure_boolean` of botocore/utils.py, 2.36.7). */
export function flag(name: SettingName, sources: SettingSources): boolean | undefined {
  const found = find(name, sources)
  return found && isTrue(found.value)
}

/** Whether a value is `true`, in any case. */
export const isTrue = (value: Setting | undefined): boolean => typeof value === 'string' && value.toLowerCase() === 'true'

/** An integer, or undefined. Throws a Failure with the message of Python's int(). */
export function integer(name: SettingName, sources: SettingSources): number | undefined {
  const value = text(name, sources)
  if (value === undefined) return undefined
  try {
    return Number(int(value))
  } catch (cause) {
    throw new Failure(messageOf(cause), { cause })
  }
}

/** A value and its source. */
interface FoundValue {
  readonly source: string
  readonly value: Setting
}

function find(name: SettingName, sources: SettingSources, accept: (value: Setting) => boolean = () => true): FoundValue | undefined {
  for (const source of SOURCES[name]) {
    const value = valueAt(source, sources)
    if (value === undefined || !accept(value)) continue
    sources.host.debug(`settings: ${name} is ${shown(value)} (${source})`)
    return { source, value }
  }
  return undefined
}

function valueAt(source: Source, { typed, section, host }: SettingSources): Setting | undefined {
  if (source.startsWith('--')) return (typed as Readonly<Record<string, string | undefined>>)[keyOf(source.slice(2))]
  return source.startsWith('$') ? host.env[source.slice(1)] : section.get(source)
}

/** For the debug log, without a password in a URL. */
export const shown = (value: Setting) =>
  typeof value === 'string' ? JSON.stringify(value.includes('@') ? value.replace(/\/\/[^/]*@/, '//...@') : value) : 'a block'
