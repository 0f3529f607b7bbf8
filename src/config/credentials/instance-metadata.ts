/**
 * The role of an EC2 instance (InstanceMetadataProvider of botocore/credentials.py, InstanceMetadataFetcher of botocore/utils.py, 2.36.7).
 * Not the SDK's `fromInstanceMetadata`: it opens its own connections, and reads variables and files by its own rules.
 */

import { Failure } from '../../core/errors.ts'
import { type Transport, TransportFailure } from '../../core/transport.ts'
import { type Dict, isDict } from '../../python/value.ts'
import { expirationOf } from './expiration.ts'
import { ask, type MetadataAnswer } from './metadata.ts'
import {
  type CredentialProvider,
  CredentialRetrievalFailure,
  type InstanceMetadataSettings,
  type Lookup,
  lasting,
  type Session,
} from './provider.ts'
import { credentialsOf, decodeUtf8, jsonIn } from './response.ts'

const METHOD = 'iam-role'
const ROLES = 'latest/meta-data/iam/security-credentials/'
const ZONE = 'latest/meta-data/placement/availability-zone/'
const TOKEN_SECONDS = '21600'
const REQUIRED = ['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration'] as const

/** Asks now; undefined if no instance answers. Throws a Failure if only IMDSv1 is available and it is disabled. */
export async function instanceMetadata(lookup: Lookup): Promise<CredentialProvider | undefined> {
  const session = await retrieve(lookup)
  if (session === undefined) return undefined
  // A session of the usual form counts as valid for another 15 minutes, whatever its end: the service renews it on its own schedule.
  return {
    method: METHOD,
    load: session.lasts ? async () => session.credentials : () => lasting(session, () => again(lookup), lookup.host.clock),
  }
}

interface InstanceSession extends Session {
  readonly lasts: boolean
}

async function again(lookup: Lookup): Promise<Session> {
  const session = await retrieve(lookup)
  if (session !== undefined) return session
  const missing = 'access_key, secret_key, token, expiry_time'
  throw new CredentialRetrievalFailure(METHOD, `Credential refresh failed, response did not contain: ${missing}`)
}

/** The endpoint is not that of an instance, or it rejects the request as malformed. */
class NotAnInstance extends Error {
  override readonly name = 'NotAnInstance'
}

async function retrieve(lookup: Lookup): Promise<InstanceSession | undefined> {
  const { debug } = lookup.host
  return withInstance(lookup.request.instanceMetadata, lookup, async get => {
    const role = await get(ROLES, textIn)
    const reply = await get(ROLES + role, answer => jsonIn(textIn(answer) ?? ''))
    const missing = isDict(reply) ? REQUIRED.find(name => !reply.has(name)) : 'everything'
    debug(`credentials: instance metadata: role ${role}${missing === undefined ? '' : `, without ${missing}`}`)
    return isDict(reply) && missing === undefined ? sessionIn(reply) : undefined
  })
}

/** The availability zone of this instance; undefined if no instance answers. Throws as `instanceMetadata` does. */
export const availabilityZone = (settings: InstanceMetadataSettings, context: MetadataContext): Promise<string | undefined> =>
  withInstance(settings, context, get => get(ZONE, textIn))

type MetadataContext = Pick<Lookup, 'host' | 'connect'>
type Get = <T>(path: string, read: (answer: MetadataAnswer) => T | undefined) => Promise<T>

/** The result of `use`, called with the instance's token if it gives one; undefined if no instance answers. */
async function withInstance<T>(
  { endpoint, timeout, attempts, v1Disabled }: InstanceMetadataSettings,
  { host, connect }: MetadataContext,
  use: (get: Get) => Promise<T>,
): Promise<T | undefined> {
  const base = endpoint.endsWith('/') ? endpoint : `${endpoint}/`
  // Proxies apply: aws-cli sends these requests through HTTP_PROXY unless NO_PROXY lists the address.
  const transport = connect({ connectTimeout: timeout, readTimeout: timeout, verify: true, caBundle: undefined, proxies: true })
  try {
    const token = await tokenFrom(transport, base, attempts)
    if (!token && v1Disabled) {
      throw new Failure('Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled')
    }
    const headers = token === undefined ? {} : { 'x-aws-ec2-metadata-token': token }
    return await use((path, read) => repeatedly(attempts, async () => read(await ask(transport, 'GET', base + path, headers))))
  } catch (error) {
    if (!(error instanceof NotAnInstance)) throw error
    host.debug(`credentials: instance metadata at ${base}: ${error.message}`)
    return undefined
  }
}

/** Undefined if the instance has IMDSv1 only, or none answers. */
async function tokenFrom(transport: Transport, base: string, attempts: number): Promise<string | undefined> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      const { status, body } = await ask(transport, 'PUT', `${base}latest/api/token`, {
        'x-aws-ec2-metadata-token-ttl-seconds': TOKEN_SECONDS,
        'content-length': '0',
      })
      if (status === 200) return decodeUtf8(body)
      if (status === 400) throw new NotAnInstance('the request for a token was refused')
      if ([403, 404, 405].includes(status)) return undefined
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error
      // Sent but not answered: the network drops the token's packets, and a second attempt would time out too.
      if (error.sent) return undefined
    }
  }
  return undefined
}

/** The first result of `attempt`. Throws NotAnInstance. */
async function repeatedly<T>(attempts: number, attempt: () => Promise<T | undefined>): Promise<T> {
  let why = 'no attempts'
  for (let count = 1; count <= attempts; count++) {
    try {
      const result = await attempt()
      if (result !== undefined) return result
      why = 'an answer without what was asked for'
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error
      why = error.message
    }
  }
  throw new NotAnInstance(why)
}

const textIn = ({ status, body }: MetadataAnswer): string | undefined => (status === 200 && body.length > 0 ? decodeUtf8(body) : undefined)

function sessionIn(reply: Dict): InstanceSession {
  const expiration = reply.get('Expiration') ?? null
  return {
    credentials: credentialsOf(reply, 'AccessKeyId', 'SecretAccessKey', 'Token'),
    expiration: expirationOf(expiration),
    lasts: typeof expiration === 'string' && /^\d{4}-\d\d?-\d\d?T\d\d?:\d\d?:\d\d?Z$/.test(expiration),
  }
}
