/** The session of `aws login`, from the file that it wrote (LoginProvider of botocore/credentials.py, 2.36.7). */

import * as crypto from 'node:crypto'
import { expandVars } from '../../python/path.ts'
import { storeIn } from './cache.ts'
import { LoginTokenUnusable, sessionIn } from './login-token.ts'
import { type CredentialProvider, type Lookup, lasting, textOf } from './provider.ts'

/** Reads the file now; renews the session, if necessary, when the request is signed. Throws a Failure. */
export function login(lookup: Lookup): CredentialProvider | undefined {
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
  const session = sessionIn(token)
  const renew = async () => (await import('./login-renewal.ts')).renewLogin(key, store, lookup)
  return { method: 'login', origin: `session ${name}`, load: () => lasting(session, renew, clock) }
}
