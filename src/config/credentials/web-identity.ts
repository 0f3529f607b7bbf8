/** Assumes a role with a token from a file (AssumeRoleWithWebIdentityProvider of botocore/credentials.py, 2.36.7). */

import { Failure } from '../../core/errors.ts'
import { keptSession } from './cache.ts'
import { type CredentialProvider, type Lookup, lasting, textOf } from './provider.ts'
import { readText } from './response.ts'
import { roleCacheKey, roleParameters } from './role.ts'

const VARIABLES = {
  web_identity_token_file: 'AWS_WEB_IDENTITY_TOKEN_FILE',
  role_arn: 'AWS_ROLE_ARN',
  role_session_name: 'AWS_ROLE_SESSION_NAME',
} as const

/** The variable, even if empty; otherwise the profile's key. */
const setting = (key: keyof typeof VARIABLES, { environment, host, profile }: Lookup): string | undefined =>
  (environment ? host.env[VARIABLES[key]] : undefined) ?? textOf(profile, key)

/** Reads the file and calls STS when the request is signed. Throws a Failure for a file without a role. */
export function webIdentity(lookup: Lookup): CredentialProvider | undefined {
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
  const given = [
    ['RoleSessionName', setting('role_session_name', lookup)],
    ['RoleArn', role],
  ] as const
  const fetch = async () => {
    const token = readText(tokenFile, host)
    const { assumeRoleWithWebIdentity } = await import('./sts.ts')
    return assumeRoleWithWebIdentity(new Map([...roleParameters(given, host.clock.now()), ['WebIdentityToken', token]]), lookup)
  }
  const load = () => lasting(undefined, () => keptSession(roleCacheKey(given), lookup, fetch), host.clock)
  return { method: 'assume-role-with-web-identity', origin: `${role} for the token in ${tokenFile}`, load }
}
