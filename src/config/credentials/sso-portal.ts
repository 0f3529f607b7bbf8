/** Calls the portal of IAM Identity Center for a role's credentials (SSOCredentialFetcher of botocore/credentials.py, 2.36.7). */

import { fromSSO } from '@aws-sdk/credential-providers'
import { externalDataInterceptor } from '@smithy/core/config'
import { ServiceError } from '../../core/errors.ts'
import type { Dict, Value } from '../../python/value.ts'
import { writtenAs } from './expiration.ts'
import { callService } from './nested.ts'
import type { Lookup } from './provider.ts'
import { legacyToken, SsoSessionInvalid, sessionToken } from './sso-token.ts'

export interface SsoRole {
  readonly startUrl: string
  readonly region: string
  readonly account: string
  readonly role: string
  /** The `[sso-session NAME]` of the profile; without one, the token belongs to the start URL. */
  readonly session: string | undefined
}

/**
 * The content to cache. `fromSSO` calls the portal; it is given our token, because it would read one from a file by its own rules.
 * Throws a Failure.
 */
export async function roleCredentials({ startUrl, region, account, role, session }: SsoRole, lookup: Lookup): Promise<Dict> {
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
        ['Expiration', writtenAs(found.expiration?.getTime() ?? 0)],
        ['AccountId', account],
      ]),
    ],
  ])
}
