/**
 * Credentials of a container: ECS, EKS Pod Identity, CloudShell (ContainerProvider of botocore/credentials.py, ContainerMetadataFetcher of
 * botocore/utils.py, 2.36.7). Not the SDK's `fromHttp`: it waits forever for an endpoint that does not answer, prints warnings to stderr,
 * and goes on without a token if the token file has no valid header value.
 */

import { Failure } from '../../core/errors.ts'
import { TransportFailure } from '../../core/transport.ts'
import { isDict } from '../../python/value.ts'
import { expirationOf } from './expiration.ts'
import { ask } from './metadata.ts'
import { type CredentialProvider, CredentialRetrievalFailure, type Lookup, lasting, type Session } from './provider.ts'
import { credentialsOf, decodeUtf8, jsonIn, member, readText } from './response.ts'

const METHOD = 'container-role'
const TIMEOUT_SECONDS = 2
const ATTEMPTS = 3
const PAUSE_MS = 1000
const ADDRESS = '169.254.170.2'
const ALLOWED_HOSTS: readonly string[] = [ADDRESS, '169.254.170.23', 'fd00:ec2::23', 'localhost']

/** Asks now. Throws a Failure if the endpoint does not answer properly: a container with a role uses no other identity. */
export async function container(lookup: Lookup): Promise<CredentialProvider | undefined> {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = lookup.host.env
  const url = relative === undefined ? full : `http://${ADDRESS}${relative}`
  if (url === undefined) return undefined
  const headers = authorization(lookup)
  refuseStrangers(url)
  const session = await retrieve(url, headers, lookup)
  return { method: METHOD, load: () => lasting(session, () => retrieve(url, headers, lookup), lookup.host.clock) }
}

/** Reads the file each time: EKS replaces it. */
function authorization({ host }: Lookup): Readonly<Record<string, string>> {
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, AWS_CONTAINER_AUTHORIZATION_TOKEN: given } = host.env
  const token = file === undefined ? given : readText(file, host)
  if (token === undefined) return {}
  if (/[\r\n]/.test(token)) throw new Failure('Auth token value is not a legal header value')
  return { authorization: token }
}

/** Allows plain HTTP with a token to this machine only. Throws a Failure. */
function refuseStrangers(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'https:') return
  const name = parsed?.hostname.replace(/^\[(.*)\]$/, '$1') || 'None'
  if (ALLOWED_HOSTS.includes(name) || /^127(\.\d+){3}$/.test(name) || name === '::1') return
  throw new Failure(
    `Unsupported host '${name}'.  Can only retrieve metadata from a loopback address or one of these hosts: ${ALLOWED_HOSTS.join(', ')}`,
  )
}

/** Why one attempt failed. It may be repeated. */
class NotRetrieved extends Error {
  override readonly name = 'NotRetrieved'
}

async function retrieve(url: string, headers: Readonly<Record<string, string>>, lookup: Lookup): Promise<Session> {
  const { clock } = lookup.host
  for (let attempt = 1; ; attempt++) {
    try {
      return await retrieveOnce(url, headers, lookup)
    } catch (cause) {
      if (!(cause instanceof NotRetrieved)) throw cause
      if (attempt >= ATTEMPTS) throw new CredentialRetrievalFailure(METHOD, `Error retrieving metadata: ${cause.message}`, { cause })
      lookup.host.debug(`credentials: container: attempt ${attempt} failed`)
      await clock.sleep(PAUSE_MS)
    }
  }
}

async function retrieveOnce(url: string, headers: Readonly<Record<string, string>>, { connect }: Lookup): Promise<Session> {
  const timeouts = { connectTimeout: TIMEOUT_SECONDS, readTimeout: TIMEOUT_SECONDS }
  const transport = connect({ ...timeouts, verify: true, caBundle: undefined, proxies: false })
  const answer = await ask(transport, 'GET', url, { accept: 'application/json', ...headers }).catch((cause: unknown) => {
    if (!(cause instanceof TransportFailure)) throw cause
    throw new NotRetrieved(`Received error when attempting to retrieve container metadata: ${cause.message}`, { cause })
  })
  const text = decodeUtf8(answer.body)
  if (answer.status !== 200) throw new NotRetrieved(`Received non 200 response ${answer.status} from container metadata: ${text}`)
  const reply = jsonIn(text)
  if (!isDict(reply)) throw new NotRetrieved('Unable to parse JSON returned from container metadata services')
  return {
    credentials: credentialsOf(reply, 'AccessKeyId', 'SecretAccessKey', 'Token'),
    expiration: expirationOf(member(reply, 'Expiration')),
  }
}
