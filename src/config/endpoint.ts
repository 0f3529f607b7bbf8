/** Which URL a service is called at, where someone configured one. The hosts of AWS itself are the SDK's rules. */

import { Failure } from '../core/errors.ts'
import { repr } from '../python/repr.ts'
import type { Section, Setting } from './ini.ts'
import type { Profiles } from './profiles.ts'
import { type SettingSources, shown, textOf } from './sources.ts'

/** A service by the name it has in `AWS_ENDPOINT_URL_<NAME>` and in a services section, in lower case. */
export type ServiceName = 'iam' | 'sts' | 'sso' | 'sso_oidc' | 'signin'

/** Exit 255: `services = NAME` in the profile, and no `[services NAME]`. */
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
 * The configured URL of a service, or undefined. The environment beats the files, there the special beats the general, and "" says nothing
 * (ConfiguredEndpointProvider of botocore/configprovider.py, 2.36.7). Throws MissingServicesSection, and a Failure for a value of the
 * wrong kind: the call must not go to AWS because of a typo.
 */
export function configuredEndpoint(service: ServiceName, places: SettingSources, profiles: Profiles): string | undefined {
  for (const found of endpointCandidates(service, places, profiles)) {
    const url = textOf(found)
    if (url === undefined || url === '') continue
    places.host.debug(`settings: endpoint of ${service} is ${shown(url)} (${found?.source})`)
    return url.trimStart()
  }
  return undefined
}

/** What each place says, in order of precedence. The services section is looked up only if the environment is silent. */
function* endpointCandidates(service: ServiceName, { host, section }: SettingSources, profiles: Profiles) {
  const own = `AWS_ENDPOINT_URL_${service.toUpperCase()}`
  yield found(`$${own}`, host.env[own])
  yield found('$AWS_ENDPOINT_URL', host.env.AWS_ENDPOINT_URL)
  yield found(`endpoint_url of ${service} in the services section`, servicesBlock(service, section, profiles).get('endpoint_url'))
  yield found('endpoint_url', section.get('endpoint_url'))
}

const found = (source: string, value: Setting | undefined) => (value === undefined ? undefined : { source, value })

/** What the profile's services section says about one service. */
function servicesBlock(service: ServiceName, section: Section, profiles: Profiles): Section {
  const name = textOf(found('services', section.get('services')))
  if (name === undefined) return new Map()
  const services = profiles.services.get(name)
  if (services === undefined || services.size === 0) throw new MissingServicesSection(name)
  const block = services.get(service) ?? new Map()
  if (typeof block === 'string') throw new Failure(`The value of ${service} in [services ${name}] must be a block of settings, not text`)
  return block
}

// Both cases spelt out: `i` takes longer to compile than all the rest.
const HOST_LABELS = /^(?:(?!-)[a-zA-Z\d-]{1,63}(?<!-)\.)*(?!-)[a-zA-Z\d-]{1,63}(?<!-)\.?$/
const IPV6 = /^[\da-f:]*:[\da-f:.]*(?:%.+)?$/i
const AUTHORITY = /^(?:[a-zA-Z][a-zA-Z\d+.-]*:)?\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?/

/** Throws InvalidEndpoint for a URL whose host cannot be one (`is_valid_uri` of botocore/utils.py, 2.36.7); `what` goes into its sentence. */
export function checkHost(url: string, what?: string): void {
  const [, host = ''] = (/[\t\r\n]/.test(url) ? null : AUTHORITY.exec(url.trimStart())) ?? []
  const isHost = host.startsWith('[') ? IPV6.test(host.slice(1, -1)) : host.length <= 255 && HOST_LABELS.test(host)
  if (!isHost) throw new InvalidEndpoint(url, what)
}

/** Throws a Failure with the sentence of Python's urllib. */
function checkPort(url: string): void {
  const [, , port = ''] = AUTHORITY.exec(url.trimStart()) ?? []
  if (port !== '' && !/^\d+$/.test(port)) throw new Failure(`Port could not be cast to integer value as ${repr(port)}`)
  if (Number(port) > 65_535) throw new Failure('Port out of range 0-65535')
}

/** A configured URL as a client takes it, and as it may be shown. Throws InvalidEndpoint, and as checkPort does. */
export function usableUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  checkHost(url)
  checkPort(url)
  // urllib3 takes a URL without a scheme for http.
  return withoutPassword(url.startsWith('//') ? `http:${url}` : url)
}

/** A name and a password in a URL are for nobody: no request carries them, here or with aws-cli 2.36.7. */
export const withoutPassword = (url: string): string => (url.includes('@') ? url.replace(/^([^/?#]*\/\/)[^/?#]*@/, '$1') : url)

/** Whether a URL is one of AWS's own, a service's or a VPC's: it answers for one service alone. */
export const isOfAws = (url: string | undefined): boolean => {
  const [, host = ''] = AUTHORITY.exec(url ?? '') ?? []
  return /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/i.test(host)
}
