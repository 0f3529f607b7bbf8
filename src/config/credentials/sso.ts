/** A role of IAM Identity Center, configured in a profile (SSOProvider of botocore/credentials.py, 2.36.7). */

import { Failure } from '../../core/errors.ts'
import { dumps } from '../../python/json.ts'
import type { Section } from '../ini.ts'
import { keptSession, sha1 } from './cache.ts'
import { type CredentialProvider, type Lookup, lasting, textOf } from './provider.ts'
import type { SsoRole } from './sso-portal.ts'

/** Checks the profile now; requests token and role when the request is signed. Throws a Failure. */
export function sso(lookup: Lookup): CredentialProvider {
  const role = roleIn(lookup)
  const fetch = async () => (await import('./sso-portal.ts')).roleCredentials(role, lookup)
  const load = () => lasting(undefined, () => keptSession(cacheKey(role), lookup, fetch), lookup.host.clock)
  return { method: 'sso', origin: `role ${role.role} of account ${role.account} at ${role.startUrl}`, load }
}

const REQUIRED = ['sso_role_name', 'sso_account_id', 'sso_start_url', 'sso_region'] as const

function roleIn(lookup: Lookup): SsoRole {
  const session = textOf(lookup.profile, 'sso_session')
  const keys = session === undefined ? lookup.profile : joined(session, lookup)
  const missing = REQUIRED.filter(key => !keys.has(key))
  if (missing.length > 0) {
    throw new Failure(
      `The profile "${lookup.profileName}" is configured to use SSO but is missing required configuration: ${missing.join(', ')}`,
    )
  }
  const textAt = (key: (typeof REQUIRED)[number]) => textOf(keys, key) ?? ''
  return {
    role: textAt('sso_role_name'),
    account: textAt('sso_account_id'),
    startUrl: textAt('sso_start_url'),
    region: textAt('sso_region'),
    session,
  }
}

/** The profile merged with its sso-session, which must not contradict it. */
function joined(session: string, { profile, request }: Lookup): Section {
  const shared = request.profiles.ssoSessions.get(session)
  if (shared === undefined) throw new Failure(`The specified sso-session does not exist: "${session}"`)
  for (const [key, value] of shared) {
    const own = profile.get(key)
    if (own !== undefined && own !== value) {
      throw new Failure(`The value for ${key} is inconsistent between profile (${own}) and sso-session (${value}).`)
    }
  }
  return new Map([...profile, ...shared])
}

/** Compact JSON, unlike a role's. */
function cacheKey({ role, account, session, startUrl }: SsoRole): string {
  const named: readonly [string, string] = session === undefined ? ['startUrl', startUrl] : ['sessionName', session]
  return sha1(dumps(new Map([['roleName', role], ['accountId', account], named]), { sortKeys: true, compact: true }))
}
