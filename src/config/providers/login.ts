/** The session of `aws login`, from the file it wrote (LoginProvider of botocore/credentials.py, 2.36.7). */

import * as crypto from 'node:crypto'
import { Failure } from '../../errors.ts'
import type { Clock } from '../../host.ts'
import { expandVars } from '../../python/path.ts'
import type { Dict } from '../../python/value.ts'
import { storeIn } from './cache.ts'
import { expirationOf } from './expiration.ts'
import { credentialsOf, dictMember, member } from './reply.ts'
import { type Lookup, lasting, type Session, type Source, textOf } from './source.ts'

/** Exit 255, `Error loading login session token: …`. */
export class LoginTokenUnusable extends Failure {
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
  const renew = async () => (await import('./login-renewal.ts')).renewLogin(key, store, lookup)
  return { method: 'login', load: () => lasting(session, renew, clock) }
}

/** The session in the file's content. Throws a Failure. */
export function sessionIn(token: Dict, clock: Clock): Session {
  const accessToken = dictMember(token, 'accessToken')
  const credentials = credentialsOf(accessToken, 'accessKeyId', 'secretAccessKey', 'sessionToken')
  const expiration = member(accessToken, 'expiresAt')
  member(accessToken, 'accountId')
  return { credentials, expiration: expirationOf(expiration, clock) }
}
