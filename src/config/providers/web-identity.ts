/** A role for a token in a file (AssumeRoleWithWebIdentityProvider of botocore/credentials.py, 2.36.7). */

import { Failure } from '../../errors.ts'
import { dumps } from '../../python/json.ts'
import { keptSession, sha1 } from './cache.ts'
import { readText } from './reply.ts'
import { type Lookup, lasting, type Source, textOf } from './source.ts'
import { assumeRoleWithWebIdentity, generatedSessionName } from './sts.ts'

const VARIABLES = {
  web_identity_token_file: 'AWS_WEB_IDENTITY_TOKEN_FILE',
  role_arn: 'AWS_ROLE_ARN',
  role_session_name: 'AWS_ROLE_SESSION_NAME',
} as const

/** The variable, even if it is empty; else the profile's key. */
const setting = (key: keyof typeof VARIABLES, { environment, host, profile }: Lookup): string | undefined =>
  (environment ? host.env[VARIABLES[key]] : undefined) ?? textOf(profile, key)

/** The file is read and STS asked when the request is signed. Throws a Failure where there is a file and no role. */
export function webIdentity(lookup: Lookup): Source | undefined {
  const tokenFile = setting('web_identity_token_file', lookup)
  if (!tokenFile) return undefined
  const { host } = lookup
  const role = setting('role_arn', lookup)
  if (!role) {
    throw new Failure(
      'The provided profile or the current environment is configured to assume role with web identity but has no role ARN configured. ' +
        'Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env var is set.',
    )
  }
  const session = setting('role_session_name', lookup)
  const key = sha1(dumps(new Map([['RoleArn', role], ...(session ? [['RoleSessionName', session] as const] : [])]), { sortKeys: true }))
  const fetch = () => {
    const parameters = new Map(session === undefined ? [] : [['RoleSessionName', session]])
    parameters.set('RoleArn', role)
    if (!session) parameters.set('RoleSessionName', generatedSessionName(host.clock.now()))
    parameters.set('WebIdentityToken', readText(tokenFile, host))
    return assumeRoleWithWebIdentity(parameters, lookup)
  }
  return { method: 'assume-role-with-web-identity', load: () => lasting(undefined, () => keptSession(key, lookup, fetch), host.clock) }
}
