import { describe, expect, test } from 'vitest'
import { clientSettings, nestedSettings } from '../../src/config/client-settings.ts'
import { readProfiles } from '../../src/config/profiles.ts'
import { refuseWrongSettings } from '../../src/config/refusals.ts'
import { chooseProfile, errorFormat, findRegion, readTimeouts, sessionSettings } from '../../src/config/settings.ts'
import { ConfigurationError } from '../../src/core/errors.ts'
import type { Globals } from '../../src/core/options.ts'
import { testHost } from '../support/host.ts'

interface Given {
  readonly typed?: Partial<Globals>
  readonly env?: Readonly<Record<string, string>>
  /** Keys of [default]; further sections may follow. */
  readonly config?: string
}

function setupOf({ typed = {}, env = {}, config = '' }: Given) {
  const host = testHost({ env: { HOME: '/home/me', ...env }, files: { '~/.aws/config': `[default]\n${config}` } })
  const setup = chooseProfile(typed, readProfiles(host), host)
  return { setup, debugged: host.debugged }
}

const nobody = async () => undefined
const SIGNED = { signed: true, verify: true }
const session = (given: Given) => sessionSettings(setupOf(given).setup)
const region = (given: Given, zone: () => Promise<string | undefined> = nobody) => findRegion(setupOf(given).setup, zone)

async function client(given: Given, how = SIGNED) {
  const { setup } = setupOf(given)
  return clientSettings(setup, await findRegion(setup, nobody), readTimeouts(setup), how)
}

describe('the profile', () => {
  const TWO = '[profile p]\nregion=of-p\n[profile q]\nregion=of-q'
  test.each<[Partial<Globals>, Record<string, string>, string]>([
    [{}, {}, 'default'],
    [{ profile: 'q' }, { AWS_PROFILE: 'p' }, 'q'],
    [{ profile: '' }, { AWS_PROFILE: 'p' }, 'p'],
    [{}, { AWS_PROFILE: 'p', AWS_DEFAULT_PROFILE: 'q' }, 'p'],
    [{}, { AWS_DEFAULT_PROFILE: 'q' }, 'q'],
  ])('%j and %j name %s', (typed, env, name) => {
    expect(setupOf({ typed, env, config: TWO }).setup).toMatchObject({ profileName: name, profileMissing: false })
  })

  test.each<[Given, string]>([
    [{ typed: { profile: 'nope' } }, 'nope'],
    [{ env: { AWS_PROFILE: 'nope' } }, 'nope'],
    [{ env: { AWS_DEFAULT_PROFILE: 'nope' } }, 'nope'],
    [{ env: { AWS_PROFILE: '', AWS_DEFAULT_PROFILE: 'default' } }, ''],
    [{ env: { AWS_PROFILE: 'default', AWS_CONFIG_FILE: '' } }, 'default'],
    [{ env: { AWS_PROFILE: 'nope', AWS_REGION: 'eu-west-1' } }, 'nope'],
  ])('%j: a profile that was named must exist', async (given, name) => {
    await expect(region(given)).rejects.toThrow(`The config profile (${name}) could not be found`)
  })

  test('only --profile closes the environment to credentials', () => {
    expect(setupOf({ typed: { profile: 'p' }, config: TWO }).setup.profileTyped).toBe(true)
    expect(setupOf({ env: { AWS_PROFILE: 'p' }, config: TWO }).setup.profileTyped).toBe(false)
  })
})

describe('the region', () => {
  test.each<[Given, string | undefined]>([
    [{ typed: { region: 'a' }, env: { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c' }, config: 'region=d' }, 'a'],
    [{ env: { AWS_REGION: 'b', AWS_DEFAULT_REGION: 'c' }, config: 'region=d' }, 'b'],
    [{ env: { AWS_DEFAULT_REGION: 'c' }, config: 'region=d' }, 'c'],
    [{ config: 'region=d' }, 'd'],
    [{ env: { AWS_REGION: '', AWS_DEFAULT_REGION: '' }, config: 'region=d' }, 'd'],
    [{ config: 'region=' }, undefined],
    [{}, undefined],
  ])('%j: %s', async (given, name) => expect(await region(given)).toEqual({ name, fips: false }))

  test('the metadata service is called last', async () => {
    expect(await region({}, async () => 'eu-west-1b')).toEqual({ name: 'eu-west-1', fips: false })
    expect(await region({}, async () => 'x')).toEqual({ name: undefined, fips: false })
    expect(await region({ env: { AWS_EC2_METADATA_DISABLED: 'false' } }, async () => 'eu-west-1b')).toMatchObject({ name: 'eu-west-1' })
  })

  test.each<Given>([{ env: { AWS_REGION: 'a' } }, { env: { AWS_EC2_METADATA_DISABLED: 'TRUE' } }])(
    '%j: the metadata service is not asked',
    async given => {
      await region(given, () => Promise.reject(new Error('asked')))
    },
  )

  // Recorded from aws-cli 2.36.7.
  test.each(['a_b', '-a', 'a-', '123', 'us.east', 'us east', 'us-east-1 # c', 'ü', 'a'.repeat(64)])('%j is refused', async name => {
    await expect(region({ env: { AWS_REGION: name } })).rejects.toThrow(`Provided region_name '${name}' doesn't match a supported format.`)
  })

  test.each([
    ['fips-us-east-1', 'us-east-1'],
    ['us-east-1-fips', 'us-east-1'],
    ['us-fips-east-1', 'us-east-1'],
    ['aws-global-fips', 'aws-global'],
  ])('%s is %s with FIPS', async (pseudo, name) => expect(await region({ typed: { region: pseudo } })).toEqual({ name, fips: true }))
})

describe('time-outs', () => {
  test('60 seconds unless said, and none for zero', () => {
    expect(readTimeouts(setupOf({}).setup)).toEqual({ connectTimeout: 60, readTimeout: 60 })
    const typed = { cliConnectTimeout: '0', cliReadTimeout: ' 5 ' }
    expect(readTimeouts(setupOf({ typed }).setup)).toEqual({ connectTimeout: undefined, readTimeout: 5 })
  })

  test('no number, no call', () => {
    const { setup } = setupOf({ typed: { cliReadTimeout: '1.5' } })
    expect(() => readTimeouts(setup)).toThrow("invalid literal for int() with base 10: '1.5'")
  })
})

describe('how results are shown', () => {
  test.each<[Given, object]>([
    [{}, { output: 'json', timestampFormat: undefined, pager: undefined, parameterValidation: true }],
    [{ typed: { output: 'text' }, env: { AWS_DEFAULT_OUTPUT: 'yaml' } }, { output: 'text' }],
    [{ env: { AWS_DEFAULT_OUTPUT: 'yaml', AWS_OUTPUT: 'off' }, config: 'output=table' }, { output: 'yaml' }],
    [{ config: 'output=' }, { output: '' }],
    [{ config: 'cli_timestamp_format=wire' }, { timestampFormat: 'wire' }],
    [{ env: { AWS_PAGER: '', PAGER: 'more' }, config: 'cli_pager=less' }, { pager: '' }],
    [{ env: { PAGER: 'more' }, config: 'cli_pager=less' }, { pager: 'less' }],
    [{ env: { PAGER: 'more' } }, { pager: 'more' }],
    [{ config: 'parameter_validation=TRUE' }, { parameterValidation: true }],
    [{ config: 'parameter_validation=garbage' }, { parameterValidation: false }],
  ])('%j: %j', (given, settings) => expect(session(given)).toMatchObject(settings))

  test('an unknown timestamp format is exit 253', () => {
    const sentence = 'Unknown cli_timestamp_format value: x, valid values are "wire" or "iso8601"'
    expect(() => session({ config: 'cli_timestamp_format=x' })).toThrow(new ConfigurationError('Configuration', sentence))
  })

  test('a profile that is missing has no timestamp format yet', () => {
    expect(session({ env: { AWS_PROFILE: 'nope' }, config: 'cli_timestamp_format=x' }).timestampFormat).toBeUndefined()
  })
})

test.each<[string | undefined, Given, string]>([
  [undefined, {}, 'enhanced'],
  ['JSON', { env: { AWS_CLI_ERROR_FORMAT: 'text' } }, 'json'],
  [undefined, { env: { AWS_CLI_ERROR_FORMAT: 'Text' }, config: 'cli_error_format=yaml' }, 'text'],
  [undefined, { config: 'cli_error_format=yaml' }, 'yaml'],
  [undefined, { env: { AWS_CLI_ERROR_FORMAT: '' }, config: 'cli_error_format=yaml' }, 'enhanced'],
  [undefined, { config: 'cli_error_format=x' }, 'enhanced'],
  [undefined, { config: 'cli_error_format=\n  a=b' }, 'enhanced'],
  [undefined, { env: { AWS_PROFILE: 'nope' } }, 'legacy'],
  ['json', { env: { AWS_PROFILE: 'nope' } }, 'json'],
])('--cli-error-format %s and %j: errors are %s', (typed, given, format) => expect(errorFormat(typed, setupOf(given).setup)).toBe(format))

describe('the instance metadata service', () => {
  test.each<[Given, object]>([
    [{}, { endpoint: 'http://169.254.169.254/', timeout: 1, attempts: 1, v1Disabled: false }],
    [{ env: { AWS_METADATA_SERVICE_TIMEOUT: '2', AWS_METADATA_SERVICE_NUM_ATTEMPTS: '3' } }, { timeout: 2, attempts: 3 }],
    [{ config: 'metadata_service_timeout=2\nec2_metadata_v1_disabled=True' }, { timeout: 2, v1Disabled: true }],
    [{ env: { AWS_IMDS_USE_IPV6: 'true' } }, { endpoint: 'http://[fd00:ec2::254]/' }],
    [{ env: { AWS_IMDS_USE_IPV6: 'true', AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv4' } }, { endpoint: 'http://169.254.169.254/' }],
    [{ env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://h:1' }, config: 'imds_use_ipv6=true' }, { endpoint: 'http://h:1' }],
  ])('%j: %j', (given, settings) => expect(session(given).instanceMetadata).toMatchObject(settings))

  test.each<[Record<string, string>, string]>([
    [{ AWS_METADATA_SERVICE_TIMEOUT: 'x' }, "invalid literal for int() with base 10: 'x'"],
    [
      { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'x' },
      "Invalid EC2 Instance Metadata endpoint mode: x Valid endpoint modes (case-insensitive): ('ipv4', 'ipv6').",
    ],
    [{ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'not a url' }, 'Invalid endpoint EC2 Instance Metadata endpoint: not a url'],
  ])('%j is refused', (env, sentence) => expect(() => session({ env })).toThrow(sentence))
})

describe('the client', () => {
  test('with nothing said', async () => {
    expect(await client({})).toEqual({
      region: undefined,
      endpoint: undefined,
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      maxAttempts: 3,
      appId: undefined,
      transport: { connectTimeout: 60, readTimeout: 60, verify: true, caBundle: undefined, proxies: true, keepAlive: false },
    })
  })

  test.each<[Given, object]>([
    [{ typed: { endpointUrl: 'http://t' }, env: { AWS_ENDPOINT_URL: 'http://e' } }, { endpoint: 'http://t' }],
    [{ typed: { endpointUrl: 'http://t' }, config: 'services=missing' }, { endpoint: 'http://t' }],
    [{ env: { AWS_ENDPOINT_URL: 'http://e', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'TRUE' } }, { endpoint: undefined }],
    [{ env: { AWS_ENDPOINT_URL: 'http://e' }, config: 'ignore_configured_endpoint_urls=true' }, { endpoint: undefined }],
    [{ env: { AWS_ENDPOINT_URL: '//e' } }, { endpoint: 'http://e' }],
    [{ env: { AWS_USE_FIPS_ENDPOINT: 'TRUE' } }, { useFipsEndpoint: true, useDualstackEndpoint: false }],
    [{ config: 'use_fips_endpoint=True\nuse_dualstack_endpoint=true' }, { useFipsEndpoint: true, useDualstackEndpoint: true }],
    [{ env: { AWS_USE_FIPS_ENDPOINT: '1' }, config: 'use_fips_endpoint=true' }, { useFipsEndpoint: false }],
    [{ env: { AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL: 'http://e' } }, { useFipsEndpoint: false }],
    [{ env: { AWS_USE_DUALSTACK_ENDPOINT: 'true', AWS_ENDPOINT_URL: 'http://e' } }, { useDualstackEndpoint: false }],
    [{ typed: { region: 'fips-us-east-1' } }, { region: 'us-east-1', useFipsEndpoint: true }],
    [{ typed: { region: 'fips-us-east-1', endpointUrl: 'http://t' } }, { region: 'us-east-1', useFipsEndpoint: false }],
    [{ env: { AWS_MAX_ATTEMPTS: ' 5 ' }, config: 'max_attempts=2' }, { maxAttempts: 5 }],
    [{ config: 'max_attempts=2\nretry_mode=adaptive' }, { maxAttempts: 2 }],
    [{ config: 'tcp_keepalive=TRUE' }, { transport: { keepAlive: true } }],
    [{ config: 'iam =\n  signature_version = v4\nauth_scheme_preference = x' }, { maxAttempts: 3 }],
    [{ config: 'sdk_ua_app_id=app' }, { appId: 'app' }],
  ])('%j: %j', async (given, settings) => expect(await client(given)).toMatchObject(settings))

  test.each<[Given, string | undefined]>([
    [{ typed: { caBundle: 't' }, env: { AWS_CA_BUNDLE: 'e' } }, 't'],
    [{ env: { AWS_CA_BUNDLE: 'e', REQUESTS_CA_BUNDLE: 'r' }, config: 'ca_bundle=c' }, 'e'],
    [{ env: { REQUESTS_CA_BUNDLE: 'r' }, config: 'ca_bundle=~/c' }, '/home/me/c'],
    [{ env: { REQUESTS_CA_BUNDLE: 'r' } }, 'r'],
    [{ env: { AWS_CA_BUNDLE: '$HOME/e' } }, '$HOME/e'],
  ])('%j: certificates from %s', async (given, caBundle) => expect((await client(given)).transport.caBundle).toBe(caBundle))

  test('--no-verify-ssl needs no certificates, not even good ones', async () => {
    const { transport } = await client({ env: { AWS_CA_BUNDLE: '' } }, { signed: true, verify: false })
    expect(transport).toMatchObject({ verify: false, caBundle: undefined })
  })

  test.each([
    ['iam =\n  signature_version = v2', "The profile's signature_version of iam is v2, and this program signs with v4 only."],
    // Recorded from aws-cli 2.36.7.
    ['iam =\n  signature_version = none', 'Unknown Signature Version: none.'],
    [
      'use_dualstack_endpoint = true\nregion = eu-isoe-west-1',
      "Unable to construct a modeled endpoint with the following variant(s) ['dualstack']:",
    ],
    [
      'use_dualstack_endpoint = true\nuse_fips_endpoint = true\nregion = us-isof-south-1',
      "Unable to construct a modeled endpoint with the following variant(s) ['dualstack', 'fips']:",
    ],
    ['tcp_keepalive =\n  a = b', 'The value of tcp_keepalive in the config file must be text, not a block of settings'],
  ])('%j is refused', async (config, message) => await expect(client({ config })).rejects.toThrow(message))

  // Recorded from aws-cli 2.36.7, each alone.
  test.each([
    ['AWS_MAX_ATTEMPTS', 'x', "invalid literal for int() with base 10: 'x'"],
    ['AWS_MAX_ATTEMPTS', '0', 'Value provided to "max_attempts": 0 must be an integer greater than or equal to one.'],
    ['AWS_RETRY_MODE', 'legacy', 'Invalid value provided to "mode": "legacy" must be one of: "standard" or "adaptive"'],
    ['AWS_RETRY_MODE', 'STANDARD', 'Invalid value provided to "mode": "STANDARD" must be one of: "standard" or "adaptive"'],
    [
      'AWS_CA_BUNDLE',
      ' ',
      'Invalid CA bundle: the configured value (ca_bundle, AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE, or verify) resolved to an empty or whitespace-only string. Provide a valid path to a CA bundle file.',
    ],
    ['AWS_ENDPOINT_URL', 'x', 'Invalid endpoint: x'],
    ['AWS_ENDPOINT_URL', 'http://h:99999', 'Port out of range 0-65535'],
    [
      'AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES',
      'x',
      `Invalid value "x" for request_min_compression_size_bytes. Value must be an integer. Received <class 'str'> instead.`,
    ],
    [
      'AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES',
      '0',
      'Invalid value "0" for request_min_compression_size_bytes. Value must be between 1 and 1048576.',
    ],
    [
      'AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES',
      '1048577',
      'Invalid value "1048577" for request_min_compression_size_bytes. Value must be between 1 and 1048576.',
    ],
    [
      'AWS_REQUEST_CHECKSUM_CALCULATION',
      'X',
      "Unsupported configuration value for request_checksum_calculation. Expected one of ('when_supported', 'when_required') but got x.",
    ],
    [
      'AWS_RESPONSE_CHECKSUM_VALIDATION',
      '',
      "Unsupported configuration value for response_checksum_validation. Expected one of ('when_supported', 'when_required') but got .",
    ],
    [
      'AWS_ACCOUNT_ID_ENDPOINT_MODE',
      'Bogus',
      "The configured value 'bogus' for 'account_id_endpoint_mode' is invalid. Valid values are: ('preferred', 'disabled', 'required').",
    ],
    ['AWS_S3_DISABLE_EXPRESS_SESSION_AUTH', 'x', 'Invalid value "x" for s3_disable_express_session_auth. Value must be a boolean'],
  ])('%s=%j is refused', async (variable, value, sentence) => {
    await expect(client({ env: { [variable]: value } })).rejects.toThrow(new RegExp(`^${sentence.replace(/[()[\].<>?*+|]/g, '\\$&')}$`))
  })

  test.each([
    ['AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES', ' 5 '],
    ['AWS_REQUEST_CHECKSUM_CALCULATION', 'WHEN_REQUIRED'],
    ['AWS_ACCOUNT_ID_ENDPOINT_MODE', 'REQUIRED'],
    ['AWS_S3_DISABLE_EXPRESS_SESSION_AUTH', 'TRUE'],
    ['AWS_DISABLE_REQUEST_COMPRESSION', 'x'],
    ['AWS_DEFAULTS_MODE', 'x'],
  ])('%s=%j is no reason to refuse', async (variable, value) => expect((await client({ env: { [variable]: value } })).maxAttempts).toBe(3))

  test('several complaints come in the order of aws-cli', async () => {
    const order = [
      ['services', 'missing', 'services configuration'],
      ['max_attempts', 'x', 'int()'],
      ['request_min_compression_size_bytes', 'x', 'request_min_compression_size_bytes'],
      ['request_checksum_calculation', 'x', 'request_checksum_calculation'],
      ['account_id_endpoint_mode', 'x', 'account_id_endpoint_mode'],
      ['s3_disable_express_session_auth', 'x', 's3_disable_express_session_auth'],
      ['s3', '\n  addressing_style = x', "S3 addressing style x is invalid. Valid options are: 'auto', 'virtual', and 'path'"],
      ['retry_mode', 'x', 'mode'],
      ['endpoint_url', 'x', 'Invalid endpoint: x'],
      ['ca_bundle', '', 'Invalid CA bundle'],
    ] as const
    for (const [index, [, , complaint]] of order.entries()) {
      const config = order.slice(index).map(([key, value]) => `${key} = ${value}\n`)
      await expect(client({ config: config.reverse().join('') })).rejects.toThrow(complaint)
    }
  })

  test('an unsigned call has no account id mode', () => {
    const { setup } = setupOf({ env: { AWS_ACCOUNT_ID_ENDPOINT_MODE: 'x' } })
    expect(() => refuseWrongSettings(setup, false)).not.toThrow()
  })

  test('an unknown binary format is refused with its bare value', async () => {
    await expect(region({ config: 'cli_binary_format=x' })).rejects.toThrow(/^'x'$/)
  })

  test('a block where text belongs is refused', async () => {
    await expect(region({ config: 'region =\n  a = b' })).rejects.toThrow(
      'The value of region in the config file must be text, not a block of settings',
    )
  })
})

describe('the services that credentials come from', () => {
  test('keep FIPS, endpoints and certificates of their own', async () => {
    const { setup } = setupOf({
      typed: { region: 'fips-eu-west-1', endpointUrl: 'http://iam-only', caBundle: 'iam-only' },
      env: { AWS_ENDPOINT_URL_STS: 'http://sts', AWS_CA_BUNDLE: '~/ca' },
    })
    const nested = nestedSettings(setup, await findRegion(setup, nobody), readTimeouts(setup))
    expect(nested).toMatchObject({ region: 'eu-west-1', useFipsEndpoint: true, caBundle: '/home/me/ca', maxAttempts: 3 })
    expect(nested.endpointFor('sts')).toBe('http://sts')
    expect(nested.endpointFor('sso')).toBeUndefined()
  })

  test('are read on use only, so that other errors come first', () => {
    const { setup } = setupOf({ env: { AWS_MAX_ATTEMPTS: 'x' } })
    const nested = nestedSettings(setup, { name: undefined, fips: false }, readTimeouts(setup))
    expect(() => nested.maxAttempts).toThrow('int()')
  })
})

test('the debug log names the source of each fact', async () => {
  const { setup, debugged } = setupOf({ env: { AWS_REGION: 'eu-west-1' }, config: 'region=x\noutput=text' })
  sessionSettings(setup)
  await findRegion(setup, nobody)
  expect(debugged).toEqual(expect.arrayContaining(['settings: region is "eu-west-1" ($AWS_REGION)', 'settings: output is "text" (output)']))
})
