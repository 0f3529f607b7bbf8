/** The configured endpoint URL of a service, if there is one. The default endpoints of AWS are the SDK's rules. */

import * as net from 'node:net'
import { Failure } from '../core/errors.ts'
import { repr } from '../python/repr.ts'
import type { Section, Setting } from './ini.ts'
import type { Profiles } from './profiles.ts'
import { type SettingSources, shown, textOf } from './sources.ts'

/** A service as in `AWS_ENDPOINT_URL_<NAME>` and in a services section, in lower case. */
export type ServiceName = 'iam' | 'sts' | 'sso' | 'sso_oidc' | 'signin' | 'secrets_manager' | 'ssm'

/** Exit 255: the profile has `services = NAME`, and there is no `[services NAME]`. */
class MissingServicesSection extends Failure {
  override readonly name = 'MissingServicesSection'
  constructor(section: string) {
    super(`The profile is configured to use the services section but the "${section}" services configuration does not exist.`)
  }
}

/** Exit 255, `Invalid endpoint: x`. */
export class InvalidEndpoint extends Failure {
  override readonly name = 'InvalidEndpoint'
  constructor(url: string, what = 'endpoint') {
    super(`Invalid ${what}: ${url}`)
  }
}

/**
 * The configured URL of a service, or undefined. The environment takes precedence over the files, a service's own setting over the
 * general one; an empty value counts as absent (ConfiguredEndpointProvider of botocore/configprovider.py, 2.36.7). Throws
 * MissingServicesSection, and a Failure for a value of the wrong kind: a typo must not send the call to AWS.
 */
export function configuredEndpoint(service: ServiceName, sources: SettingSources, profiles: Profiles): string | undefined {
  for (const found of endpointCandidates(service, sources, profiles)) {
    const url = textOf(found)
    if (url === undefined || url === '') continue
    sources.host.debug(`settings: endpoint of ${service} is ${shown(url)} (${found?.source})`)
    return url.trimStart()
  }
  return undefined
}

/** The values of all sources, in order of precedence. The services section is read only if the environment has no value. */
function* endpointCandidates(service: ServiceName, { host, section }: SettingSources, profiles: Profiles) {
  const own = `AWS_ENDPOINT_URL_${service.toUpperCase()}`
  yield found(`$${own}`, host.env[own])
  yield found('$AWS_ENDPOINT_URL', host.env.AWS_ENDPOINT_URL)
  yield found(`endpoint_url of ${service} in the services section`, servicesBlock(service, section, profiles).get('endpoint_url'))
  yield found('endpoint_url', section.get('endpoint_url'))
}

const found = (source: string, value: Setting | undefined) => (value === undefined ? undefined : { source, value })

/** The keys for one service in the profile's services section. */
function servicesBlock(service: ServiceName, section: Section, profiles: Profiles): Section {
  const name = textOf(found('services', section.get('services')))
  if (name === undefined) return new Map()
  const services = profiles.services.get(name)
  if (services === undefined || services.size === 0) throw new MissingServicesSection(name)
  const block = services.get(service) ?? new Map()
  if (typeof block === 'string') throw new Failure(`The value of ${service} in [services ${name}] must be a block of settings, not text`)
  return block
}

// Both cases are spelt out: the flag `i` takes longer to compile than the whole expression.
const HOST_LABELS = /^(?:(?!-)[a-zA-Z\d-]{1,63}(?<!-)\.)*(?!-)[a-zA-Z\d-]{1,63}(?<!-)\.?$/
/** A zone in botocore's form (ZONE_ID_PAT of botocore/compat.py, 2.36.7). */
const ZONE = /^(?:25)?(?:[\w.~-]|%[a-fA-F\d]{2})+$/
const AUTHORITY = /^(?:[a-zA-Z][a-zA-Z\d+.-]*:)?\/\/(?:[^/?#]*@)?(\[[^\]/?#]*\]?|[^:/?#]*)(?::([^/?#]*))?/

interface Authority {
  /** Host and port as they stand in the URL; empty where they are missing. */
  readonly host: string
  readonly port: string
}

function authorityOf(url: string): Authority {
  const [, host = '', port = ''] = AUTHORITY.exec(url.trimStart()) ?? []
  return { host, port }
}

/** Throws InvalidEndpoint for a URL with an invalid host (`is_valid_uri` of botocore/utils.py, 2.36.7); `what` names it in the message. */
export function checkHost(url: string, what?: string, authority = authorityOf(url)): void {
  const host = ['\t', '\r', '\n'].some(character => url.includes(character)) ? '' : authority.host
  const isHost = host.startsWith('[') ? isIpv6(host) : host.length <= 255 && HOST_LABELS.test(host)
  if (!isHost) throw new InvalidEndpoint(url, what)
}

/** Whether an address in brackets has a valid zone. Throws a Failure with the message of Python's urllib for an invalid address. */
function isIpv6(host: string): boolean {
  if (!host.endsWith(']')) throw new Failure('Invalid IPv6 URL')
  const [address = '', zone] = host.slice(1, -1).split(/%(.*)/s)
  if (net.isIPv4(address) && zone === undefined) throw new Failure('An IPv4 address cannot be in brackets')
  // Python's ipaddress rejects an empty zone, and one with a percent sign.
  if (!net.isIPv6(address) || zone === '' || zone?.includes('%')) {
    throw new Failure(`${repr(host.slice(1, -1))} does not appear to be an IPv4 or IPv6 address`)
  }
  return zone === undefined || ZONE.test(zone)
}

/** Throws a Failure with the message of Python's urllib. */
function checkPort({ port }: Authority): void {
  if (port !== '' && !/^\d+$/.test(port)) throw new Failure(`Port could not be cast to integer value as ${repr(port)}`)
  if (Number(port) > 65_535) throw new Failure('Port out of range 0-65535')
}

/** A configured URL, checked, in the form that a client takes and messages show. Throws InvalidEndpoint, and as checkPort does. */
export function usableUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  // Parsed once: V8 compiles a regular expression again when it runs a second time.
  const authority = authorityOf(url)
  checkHost(url, undefined, authority)
  checkPort(authority)
  // For urllib3, a URL without a scheme is http.
  return withoutPassword(url.startsWith('//') ? `http:${url}` : url)
}

/** Removes user and password from a URL: neither iamkey nor aws-cli 2.36.7 sends them. */
export const withoutPassword = (url: string): string => (url.includes('@') ? url.replace(/^([^/?#]*\/\/)[^/?#]*@/, '$1') : url)

/** Whether a client calls AWS itself: without an endpoint of its own, or with one of AWS's. */
export const reachesAws = (endpoint: string | undefined): boolean => endpoint === undefined || isOfAws(endpoint)

/** Whether a URL is an endpoint of AWS, public or in a VPC: it serves one service only. */
export const isOfAws = (url = ''): boolean =>
  AWS_SUFFIXES.some(suffix => url.toLowerCase().includes(suffix) && `.${authorityOf(url).host.toLowerCase()}`.endsWith(`.${suffix}`))

/** The DNS suffixes of all partitions, with those of dual-stack endpoints (partitions.js of @aws-sdk/core). */
const AWS_SUFFIXES = [
  'amazonaws.com',
  'api.aws',
  'amazonaws.com.cn',
  'api.amazonwebservices.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'api.aws.ic.gov',
  'sc2s.sgov.gov',
  'api.aws.scloud',
  'cloud.adc-e.uk',
  'api.cloud-aws.adc-e.uk',
  'csp.hci.ic.gov',
  'api.aws.hci.ic.gov',
]
