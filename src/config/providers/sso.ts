/** A role of IAM Identity Center (SSOProvider and SSOCredentialFetcher of botocore/credentials.py, 2.36.7). */

import { fromSSO } from '@aws-sdk/credential-providers'
import { externalDataInterceptor } from '@smithy/core/config'
import { Failure, ServiceError } from '../../errors.ts'
import { dumps } from '../../python/json.ts'
import type { Dict, Value } from '../../python/value.ts'
import type { Section } from '../ini.ts'
import { keptSession, sha1 } from './cache.ts'
import { callService } from './nested.ts'
import { type Lookup, lasting, type Source, textOf } from './source.ts'
import { legacyToken, SsoSessionInvalid, sessionToken } from './sso-token.ts'

interface SsoRole {
  readonly startUrl: string
  readonly region: string
  readonly account: string
  readonly role: string
  /** The `[sso-session NAME]` of the profile; without one, the token belongs to the start URL. */
  readonly session: string | undefined
}

/** Checks the profile now; token and role are asked for when the request is signed. Throws a Failure. */
export function sso(lookup: Lookup): Source {
  const role = roleIn(lookup)
  const load = () => lasting(undefined, () => keptSession(cacheKey(role), lookup, () => roleCredentials(role, lookup)), lookup.host.clock)
  return { method: 'sso', load }
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
  const [role, account, startUrl, region] = REQUIRED.map(key => textOf(keys, key) ?? '')
  return { role: role ?? '', account: account ?? '', startUrl: startUrl ?? '', region: region ?? '', session }
}

/** The profile with the keys of its sso-session, which must not say anything else. */
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

/** Compact, unlike a role's. */
function cacheKey({ role, account, session, startUrl }: SsoRole): string {
  const named: readonly [string, string] = session === undefined ? ['startUrl', startUrl] : ['sessionName', session]
  return sha1(dumps(new Map([['roleName', role], ['accountId', account], named]), { sortKeys: true, compact: true }))
}

/** `fromSSO` finds the portal and asks it. Its token it would read from the cache by itself, so it is given ours. */
async function roleCredentials({ startUrl, region, account, role, session }: SsoRole, lookup: Lookup): Promise<Dict> {
  const accessToken = session === undefined ? legacyToken(startUrl, lookup) : await sessionToken(session, lookup)
  externalDataInterceptor.interceptToken(startUrl, { accessToken, expiresAt: '9999-12-31T23:59:59Z' })
  const call = { service: 'sso', operation: 'GetRoleCredentials', region } as const
  const found = await callService(call, lookup, clientConfig =>
    fromSSO({ ssoStartUrl: startUrl, ssoRegion: region, ssoAccountId: account, ssoRoleName: role, clientConfig })(),
  ).catch((cause: unknown) => {
    throw cause instanceof ServiceError && cause.code === 'UnauthorizedException' ? new SsoSessionInvalid({ cause }) : cause
  })
  return new Map<string, Value>([
    ['ProviderType', 'sso'],
    [
      'Credentials',
      new Map([
        ['AccessKeyId', found.accessKeyId],
        ['SecretAccessKey', found.secretAccessKey],
        ['SessionToken', found.sessionToken ?? ''],
        ['Expiration', found.expiration?.toISOString().replace(/\.\d+Z$/, 'Z') ?? ''],
        ['AccountId', account],
      ]),
    ],
  ])
}
