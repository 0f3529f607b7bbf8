/**
 * Renews the session of `aws login` (LoginCredentialFetcher of botocore/credentials.py, 2.36.7). Not the SDK's `fromLoginCredentials`: it
 * finds profile and file by its own rules, and writes the file in place and readable for all users.
 */

import * as crypto from 'node:crypto'
import { CreateOAuth2TokenCommand, SigninClient } from '@aws-sdk/nested-clients/signin'
import { Failure } from '../../core/errors.ts'
import { dumps } from '../../python/json.ts'
import type { Dict } from '../../python/value.ts'
import type { Store } from './cache.ts'
import { writtenAs } from './expiration.ts'
import { LoginTokenUnusable, sessionIn } from './login-token.ts'
import { type ClientConfig, callService, replaceBody } from './nested.ts'
import type { Lookup, Session } from './provider.ts'
import { dictMember, textMember } from './response.ts'

/** A session with more milliseconds left was renewed by another run. */
const RENEWED_ALREADY = 5 * 60_000

/** The session, renewed and stored unless another run has done so. Throws a Failure. */
export async function renewLogin(key: string, store: Store, lookup: Lookup): Promise<Session> {
  const { clock, debug } = lookup.host
  const token = store.read(key) ?? new Map()
  const privateKey = privateKeyIn(token)
  const session = sessionIn(token)
  if (session.expiration.remaining(clock) > RENEWED_ALREADY) return session
  const renewed = await createToken(token, privateKey, lookup)
  store.write(key, renewed)
  debug('credentials: the login session was renewed')
  return sessionIn(renewed)
}

function privateKeyIn(token: Dict): crypto.KeyObject {
  if (!token.has('dpopKey')) throw new LoginTokenUnusable('Private key not found in cached token.')
  try {
    return crypto.createPrivateKey(textMember(token, 'dpopKey'))
  } catch (cause) {
    throw new LoginTokenUnusable('Unable to load private key from cached token: it is no EC key', { cause })
  }
}

/** The values of `error` in a reply → the message. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['TOKEN_EXPIRED', "Your session has expired. Please reauthenticate using 'aws login'."],
  [
    'USER_CREDENTIALS_CHANGED',
    "Unable to refresh login credentials because of a change in your password. Please reauthenticate with your new password using 'aws login'.",
  ],
  [
    'INSUFFICIENT_PERMISSIONS',
    "Unable to create or refresh login credentials due to insufficient permissions. You may be missing permission for the 'signin:CreateOAuth2Token' action.",
  ],
])
const UNSPECIFIED = 'An unspecified error happened when resolving AWS credentials or refreshing a login session profile.'

async function createToken(token: Dict, privateKey: crypto.KeyObject, lookup: Lookup): Promise<Dict> {
  const { clock } = lookup.host
  const input = { clientId: textMember(token, 'clientId'), refreshToken: textMember(token, 'refreshToken'), grantType: 'refresh_token' }
  const send = async (clientConfig: ClientConfig) => {
    const client = new SigninClient(clientConfig)
    const prove = (url: string) => ({ DPoP: proof(url, privateKey, clock.now()) })
    client.middlewareStack.use(
      replaceBody({ body: dumps(new Map(Object.entries(input))), contentType: 'application/json', headers: prove }),
    )
    const { tokenOutput } = await client.send(new CreateOAuth2TokenCommand({ tokenInput: input })).catch((cause: unknown) => {
      if (!(cause instanceof Error && cause.name === 'AccessDeniedException' && 'error' in cause)) throw cause
      throw new Failure(REFUSALS.get(String(cause.error)) ?? UNSPECIFIED, { cause })
    })
    return tokenOutput
  }
  const output = await callService({ service: 'signin', operation: 'CreateOAuth2Token' }, lookup, send)
  const { accessKeyId, secretAccessKey, sessionToken } = output?.accessToken ?? {}
  const { refreshToken, expiresIn } = output ?? {}
  if (!accessKeyId || !secretAccessKey || !sessionToken || !refreshToken || !expiresIn) {
    throw new LoginTokenUnusable('Failed to refresh an access token.')
  }
  const expiresAt = writtenAs(clock.now() + expiresIn * 1000)
  const accountId = textMember(dictMember(token, 'accessToken'), 'accountId')
  const accessToken = { accessKeyId, secretAccessKey, sessionToken, accountId, expiresAt }
  return new Map([...token, ['accessToken', new Map(Object.entries(accessToken))], ['refreshToken', refreshToken]])
}

/** RFC 9449: a signature that proves possession of the key to which the refresh token is bound. `now` is in milliseconds. */
function proof(url: string, privateKey: crypto.KeyObject, now: number): string {
  const { kty, x, y, crv } = crypto.createPublicKey(privateKey).export({ format: 'jwk' })
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, x, y, crv } }
  const claims = { htm: 'POST', htu: url, iat: Math.floor(now / 1000), jti: crypto.randomUUID() }
  const signed = [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = crypto.sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}
