/**
 * The two calls to STS that start a role's session. The SDK's `fromTemporaryCredentials` and `fromWebToken` choose the endpoint, sign, send
 * and parse; the body is written here, because the SDK adds a duration and orders it unlike aws-cli (2.36.7).
 */

import { fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers'
import { UNSIGNED } from '../../aws/client-defaults.ts'
import { QueryProtocol } from '../../aws/protocol.ts'
import { Failure, ParameterError } from '../../core/errors.ts'
import { isoformat, localOffset, parseTimestamp } from '../../python/datetime.ts'
import { quotePlus } from '../../python/urllib.ts'
import type { Dict, Value } from '../../python/value.ts'
import { type ClientConfig, callService, replaceBody } from './nested.ts'
import type { Credentials, Lookup } from './provider.ts'
import type { RoleParameters } from './role.ts'

/** The content to cache: STS's reply, and the account of the role. Throws as `callService` does, and a ParameterError. */
export async function assumeRole(parameters: RoleParameters, source: Credentials, lookup: Lookup): Promise<Dict> {
  validate(parameters)
  const operation = 'AssumeRole'
  const { role, session } = namesIn(parameters)
  return toReply(
    role,
    await callService({ service: 'sts', operation }, lookup, clientConfig =>
      fromTemporaryCredentials({
        masterCredentials: source,
        params: { RoleArn: role, RoleSessionName: session },
        clientConfig: { ...clientConfig, protocol: QueryProtocol },
        clientPlugins: [bodyOf(operation, parameters, clientConfig)],
      })(),
    ),
  )
}

/** With a web identity token in place of credentials. */
export async function assumeRoleWithWebIdentity(parameters: RoleParameters, lookup: Lookup): Promise<Dict> {
  validate(parameters)
  const operation = 'AssumeRoleWithWebIdentity'
  const { role, session } = namesIn(parameters)
  return toReply(
    role,
    await callService({ service: 'sts', operation }, lookup, clientConfig =>
      fromWebToken({
        roleArn: role,
        roleSessionName: session,
        webIdentityToken: String(parameters.get('WebIdentityToken')),
        // Unsigned: the token authenticates. The SDK's rules for the global endpoint would demand a signature.
        clientConfig: { ...clientConfig, ...UNSIGNED, protocol: QueryProtocol },
        clientPlugins: [bodyOf(operation, parameters, clientConfig)],
      })(),
    ),
  )
}

const namesIn = (parameters: RoleParameters) => ({
  role: String(parameters.get('RoleArn')),
  session: String(parameters.get('RoleSessionName')),
})

/** The body as aws-cli sends it, to the path of a custom endpoint. */
function bodyOf(operation: string, parameters: RoleParameters, { endpoint }: ClientConfig) {
  const fields = [['Action', operation], ['Version', '2011-06-15'], ...parameters]
  return replaceBody({
    body: fields.map(([name, value]) => `${name}=${quotePlus(String(value))}`).join('&'),
    contentType: 'application/x-www-form-urlencoded; charset=utf-8',
    place: endpoint === undefined ? undefined : new URL(endpoint),
  })
}

/** The checks of botocore's model of STS before a call, in the order of its messages: the least length, or the least value. */
const LIMITS = [
  ['RoleArn', 20],
  ['RoleSessionName', 2],
  ['WebIdentityToken', 4],
  ['DurationSeconds', 900],
  ['ExternalId', 2],
  ['SerialNumber', 9],
  ['TokenCode', 6],
] as const

function validate(parameters: RoleParameters): void {
  const complaints = LIMITS.flatMap(([name, min]) => {
    const value = parameters.get(name)
    if (value === undefined) return []
    const [what, size] = typeof value === 'bigint' ? ['value', value] : ['length', Array.from(value).length]
    return size < min ? `Invalid ${what} for parameter ${name}, value: ${size}, valid min ${what}: ${min}` : []
  })
  if (complaints.length > 0) throw new ParameterError(['Parameter validation failed:', ...complaints].join('\n'))
}

/** The result of the SDK's providers. */
interface SdkSession {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Text, unlike what the SDK's types say (aws/protocol.ts). */
  readonly expiration?: unknown
}

function toReply(role: string, { accessKeyId, secretAccessKey, sessionToken, expiration }: SdkSession): Dict {
  // In the order in which botocore looks for them (CachedCredentialFetcher of botocore/credentials.py, 2.36.7).
  if (expiration === undefined) throw new Failure("'Expiration'")
  if (sessionToken === undefined) throw new Failure("'SessionToken'")
  const account = role.split(':')[4]
  return new Map([
    [
      'Credentials',
      new Map<string, Value>([
        ['AccessKeyId', accessKeyId],
        ['SecretAccessKey', secretAccessKey],
        ['SessionToken', sessionToken],
        ['Expiration', isoDate(String(expiration))],
        ...(account ? [['AccountId', account] as const] : []),
      ]),
    ],
  ])
}

/** Throws a Failure with botocore's message, and dateutil's (2.8). */
function isoDate(text: string): string {
  const date = parseTimestamp(text, localOffset)
  if (date !== undefined) return isoformat(date)
  const complaint = text.trim() === '' ? 'String does not contain a date' : 'Unknown string format'
  throw new Failure(`Invalid timestamp "${text}": ${complaint}: ${text}`)
}
