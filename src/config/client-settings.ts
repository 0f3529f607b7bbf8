/** The settings of the clients that call services: of IAM and STS, and of the services that credential providers call. */

import { Failure } from '../core/errors.ts'
import type { TransportOptions } from '../core/transport.ts'
import { expandUser } from '../python/path.ts'
import type { NestedSettings } from './credentials/provider.ts'
import { configuredEndpoint, type ServiceName, usableUrl } from './endpoint.ts'
import { refuseWrongSettings } from './refusals.ts'
import type { Region } from './region.ts'
import { checkAttempts, checkRetryMode, configuredAttempts } from './retry-settings.ts'
import type { Setup, Timeouts } from './settings.ts'
import { flag, isTrue, shown, text } from './sources.ts'
import { ssoSession } from './sso-session.ts'

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

/** The configured endpoint of a service, unchanged. Throws a Failure. */
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
