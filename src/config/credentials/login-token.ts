/** The content of the file written by `aws login`, and its errors. login.ts finds the file, login-renewal.ts renews the session. */

import { Failure } from '../../core/errors.ts'
import type { Dict } from '../../python/value.ts'
import { expirationOf } from './expiration.ts'
import type { Session } from './provider.ts'
import { credentialsOf, dictMember, member } from './response.ts'

/** Exit 255, `Error loading login session token: …`. */
export class LoginTokenUnusable extends Failure {
  override readonly name = 'LoginTokenUnusable'
  constructor(why: string, options?: ErrorOptions) {
    super(`Error loading login session token: ${why}`, options)
  }
}

/** The session in the file. Throws a Failure. */
export function sessionIn(token: Dict): Session {
  const accessToken = dictMember(token, 'accessToken')
  const credentials = credentialsOf(accessToken, 'accessKeyId', 'secretAccessKey', 'sessionToken')
  const expiration = member(accessToken, 'expiresAt')
  member(accessToken, 'accountId')
  return { credentials, expiration: expirationOf(expiration) }
}
