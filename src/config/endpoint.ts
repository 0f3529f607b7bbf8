/** Which URL a service is called at, where someone configured one. The hosts of AWS itself are the SDK's rules. */

import { Failure } from '../errors.ts'
import type { Env } from '../host.ts'
import type { Section } from './ini.ts'
import type { Profiles } from './profiles.ts'

/** A service by the name it has in `AWS_ENDPOINT_URL_<NAME>` and in a services section, in lower case. */
export type ServiceName = 'iam' | 'sts' | 'sso' | 'sso_oidc' | 'signin'

/** Exit 255: `services = NAME` in the profile, and no `[services NAME]`. */
export class MissingServicesSection extends Failure {
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

interface Configured {
  readonly env: Env
  readonly section: Section
  readonly profiles: Profiles
}

/**
 * The configured URL of a service, or undefined. A more special place beats a more general one of the same kind, the environment beats the
 * files, and an empty value says nothing (ConfiguredEndpointProvider of botocore/configprovider.py, 2.36.7). Throws MissingServicesSection.
 */
export function configuredEndpoint(service: ServiceName, { env, section, profiles }: Configured): string | undefined {
  return (
    env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ||
    env.AWS_ENDPOINT_URL ||
    servicesEndpoint(service, section, profiles) ||
    urlIn(section) ||
    undefined
  )
}

function servicesEndpoint(service: ServiceName, section: Section, profiles: Profiles): string | undefined {
  const name = section.get('services')
  if (name === undefined) return undefined
  const services = typeof name === 'string' ? profiles.services.get(name) : undefined
  if (services === undefined || services.size === 0) throw new MissingServicesSection(typeof name === 'string' ? name : 'services')
  const block = services.get(service)
  return block === undefined || typeof block === 'string' ? undefined : urlIn(block)
}

function urlIn(settings: Section): string | undefined {
  const url = settings.get('endpoint_url')
  return typeof url === 'string' ? url : undefined
}

const hostLabels = /^(?:(?!-)[a-z\d-]{1,63}(?<!-)\.)*(?!-)[a-z\d-]{1,63}(?<!-)\.?$/i
const ipv6 = /^[\da-f:]*:[\da-f:.]*(?:%.+)?$/i
const authority = /^(?:[a-z][a-z\d+.-]*:)?\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^:/?#]*)/i

/** Throws InvalidEndpoint for a URL without a host that can be one (`is_valid_uri` of botocore/utils.py, 2.36.7); `what` goes into its sentence. */
export function checkEndpoint(url: string, what?: string): void {
  const [, host = ''] = (/[\t\r\n]/.test(url) ? null : authority.exec(url)) ?? []
  const isHost = host.startsWith('[') ? ipv6.test(host.slice(1, -1)) : host.length <= 255 && hostLabels.test(host)
  if (!isHost) throw new InvalidEndpoint(url, what)
}
