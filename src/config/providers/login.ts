/**
 * The session of `aws login`, from the file it wrote and renewed in it (LoginProvider and LoginCredentialFetcher of
 * botocore/credentials.py, 2.36.7). Not `fromLoginCredentials` of the SDK: it looks for profile and file by rules of its own, renews in
 * the last 5 minutes only, and writes the file in place and readable for all.
 */

import * as crypto from 'node:crypto'
import { CreateOAuth2TokenCommand, SigninClient } from '@aws-sdk/nested-clients/signin'
import { Failure } from '../../errors.ts'
import type { Clock } from '../../host.ts'
import { dumps } from '../../python/json.ts'
import { expandVars } from '../../python/path.ts'
import type { Dict } from '../../python/value.ts'
import { type Store, storeIn } from './cache.ts'
import { expirationOf } from './expiration.ts'
import { type ClientConfig, callService, sending } from './nested.ts'
import { credentialsOf, dictMember, member, textMember } from './reply.ts'
import { type Lookup, lasting, type Session, type Source, textOf } from './source.ts'

/** Exit 255, `Error loading login session token: …`. */
class LoginTokenUnusable extends Failure {
  override readonly name = 'LoginTokenUnusable'
  constructor(why: string, options?: ErrorOptions) {
    super(`Error loading login session token: ${why}`, options)
  }
}

/** Reads the file now; the session is renewed, where it must be, when the request is signed. Throws a Failure. */
export function login(lookup: Lookup): Source | undefined {
  const name = textOf(lookup.profile, 'login_session')
  if (name === undefined) return undefined
  const { env, clock } = lookup.host
  const store = storeIn(expandVars(env.AWS_LOGIN_CACHE_DIRECTORY ?? '~/.aws/login/cache', env), lookup.host)
  const key = crypto.createHash('sha256').update(name).digest('hex')
  const token = store.read(key)
  if (token === undefined) {
    throw new LoginTokenUnusable(`Unable to load a existing login session for session ${name}, Please reauthenticate with 'aws login'.`)
  }
  if (['accessToken', 'refreshToken', 'dpopKey', 'clientId'].some(field => !token.has(field))) {
    throw new LoginTokenUnusable('Failed to load access token from token cache, missing one or more required fields.')
  }
  const session = sessionIn(token, clock)
  return { method: 'login', load: () => lasting(session, () => renew(key, store, lookup), clock) }
}

function sessionIn(token: Dict, clock: Clock): Session {
  const accessToken = dictMember(token, 'accessToken')
  const credentials = credentialsOf(accessToken, 'accessKeyId', 'secretAccessKey', 'sessionToken')
  const expiration = member(accessToken, 'expiresAt')
  member(accessToken, 'accountId')
  return { credentials, expiration: expirationOf(expiration, clock) }
}

const ANOTHER_RUN_RENEWED = 5 * 60_000

async function renew(key: string, store: Store, lookup: Lookup): Promise<Session> {
  const { clock, debug } = lookup.host
  const token = store.read(key) ?? new Map()
  const privateKey = privateKeyIn(token)
  const session = sessionIn(token, clock)
  if (session.expiration.remaining(clock) > ANOTHER_RUN_RENEWED) return session
  const renewed = await createToken(token, privateKey, lookup)
  store.write(key, renewed)
  debug('credentials: the login session was renewed')
  return sessionIn(renewed, clock)
}

function privateKeyIn(token: Dict): crypto.KeyObject {
  if (!token.has('dpopKey')) throw new LoginTokenUnusable('Private key not found in cached token.')
  try {
    return crypto.createPrivateKey(textMember(token, 'dpopKey'))
  } catch (cause) {
    throw new LoginTokenUnusable('Unable to load private key from cached token: it is no EC key', { cause })
  }
}

/** What sign-in's `error` means for the user. */
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
  const asked = { clientId: textMember(token, 'clientId'), refreshToken: textMember(token, 'refreshToken'), grantType: 'refresh_token' }
  const send = async (clientConfig: ClientConfig) => {
    const client = new SigninClient(clientConfig)
    const prove = (url: string) => ({ DPoP: proof(url, privateKey, clock.now()) })
    client.middlewareStack.use(sending({ body: dumps(new Map(Object.entries(asked))), contentType: 'application/json', headers: prove }))
    const { tokenOutput } = await client.send(new CreateOAuth2TokenCommand({ tokenInput: asked })).catch((cause: unknown) => {
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
  const expiresAt = new Date(clock.now() + expiresIn * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
  const accountId = textMember(dictMember(token, 'accessToken'), 'accountId')
  const accessToken = { accessKeyId, secretAccessKey, sessionToken, accountId, expiresAt }
  return new Map([...token, ['accessToken', new Map(Object.entries(accessToken))], ['refreshToken', refreshToken]])
}

/** RFC 9449: a signature that shows possession of the key which the refresh token is bound to. `now` is in milliseconds. */
export function proof(url: string, privateKey: crypto.KeyObject, now: number): string {
  const { kty, x, y, crv } = crypto.createPublicKey(privateKey).export({ format: 'jwk' })
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, x, y, crv } }
  const claims = { htm: 'POST', htu: url, iat: Math.floor(now / 1000), jti: crypto.randomUUID() }
  const signed = [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = crypto.sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}
