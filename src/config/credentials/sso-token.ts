/**
 * The token of an SSO login, from the file that `aws sso login` wrote, `~/.aws/sso/cache/<sha1>.json`, and its renewal (SSOTokenLoader of
 * botocore/utils.py, SSOTokenProvider of botocore/tokens.py, 2.36.7). Not the SDK's token provider: its profile parser is lenient, and it
 * writes the file in place.
 */

import { CreateTokenCommand, SSOOIDCClient } from '@aws-sdk/nested-clients/sso-oidc'
import { Failure, ServiceError } from '../../core/errors.ts'
import { dumps } from '../../python/json.ts'
import type { Dict, Value } from '../../python/value.ts'
import { ssoSession } from '../sso-session.ts'
import { type Store, sha1, storeIn } from './cache.ts'
import { expirationOf, writtenAs } from './expiration.ts'
import { callService, replaceBody } from './nested.ts'
import { type Lookup, textOf } from './provider.ts'
import { member, textMember } from './response.ts'

/** Exit 255: the user must log in again. */
export class SsoSessionInvalid extends Failure {
  override readonly name = 'SsoSessionInvalid'
  constructor(options?: ErrorOptions) {
    super(
      'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login ' +
        'with the corresponding profile.',
      options,
    )
  }
}

const storeOf = ({ host }: Lookup): Store => storeIn('~/.aws/sso/cache', host)

/** The token of a start URL, which cannot be renewed. Throws a Failure. */
export function legacyToken(startUrl: string, lookup: Lookup): string {
  const token = tokenUnder(startUrl, startUrl, storeOf(lookup))
  const { clock } = lookup.host
  if (expirationOf(member(token, 'expiresAt')).remaining(clock) <= 0) throw new SsoSessionInvalid()
  return textMember(token, 'accessToken')
}

const RENEWED_BEFORE_END = 15 * 60_000

/** The token of an sso-session, renewed in its last 15 minutes. Throws a Failure if it has expired and cannot be renewed. */
export async function sessionToken(session: string, lookup: Lookup): Promise<string> {
  const { clock, debug } = lookup.host
  const { startUrl, region } = settingsOf(session, lookup)
  const store = storeOf(lookup)
  const token = tokenUnder(session, startUrl, store)
  const left = expirationOf(member(token, 'expiresAt')).remaining(clock)
  if (left >= RENEWED_BEFORE_END) return textMember(token, 'accessToken')
  const renewed = await renew(token, startUrl, region, lookup)
  debug(`credentials: sso-session ${session}: the token was ${renewed === undefined ? 'not ' : ''}renewed`)
  if (renewed !== undefined) store.write(sha1(session), renewed)
  if (renewed === undefined && left <= 0) throw new Failure('Error when retrieving token from sso: Token has expired and refresh failed')
  return textMember(renewed ?? token, 'accessToken')
}

function settingsOf(session: string, { profileName, request }: Lookup) {
  const section = ssoSession(session, profileName, request.profiles)
  return { startUrl: textOf(section, 'sso_start_url') ?? '', region: textOf(section, 'sso_region') ?? '' }
}

/** `name` determines the file's name. */
function tokenUnder(name: string, startUrl: string, store: Store): Dict {
  const token = store.read(sha1(name))
  if (token === undefined) throw new Failure(`Error loading SSO Token: Token for ${name} does not exist`)
  if (!token.has('accessToken') || !token.has('expiresAt')) throw new Failure(`Error loading SSO Token: Token for ${startUrl} is invalid`)
  return token
}

const NEEDED_TO_RENEW = ['refreshToken', 'clientId', 'clientSecret', 'registrationExpiresAt']

/** The new content of the file; undefined if the token cannot be renewed or the service refuses. Throws a TransportFailure. */
async function renew(token: Dict, startUrl: string, region: string, lookup: Lookup): Promise<Dict | undefined> {
  const { clock } = lookup.host
  if (NEEDED_TO_RENEW.some(key => !token.has(key))) return undefined
  if (expirationOf(member(token, 'registrationExpiresAt')).remaining(clock) <= 0) return undefined
  try {
    return await createToken(token, startUrl, region, lookup)
  } catch (error) {
    if (error instanceof ServiceError) return undefined
    throw error
  }
}

async function createToken(token: Dict, startUrl: string, region: string, lookup: Lookup): Promise<Dict> {
  const input = {
    grantType: 'refresh_token',
    clientId: textMember(token, 'clientId'),
    clientSecret: textMember(token, 'clientSecret'),
    refreshToken: textMember(token, 'refreshToken'),
  }
  const body = dumps(new Map(Object.entries(input)))
  const reply = await callService({ service: 'sso_oidc', operation: 'CreateToken', region }, lookup, clientConfig => {
    const client = new SSOOIDCClient(clientConfig)
    client.middlewareStack.use(replaceBody({ body, contentType: 'application/json' }))
    return client.send(new CreateTokenCommand(input))
  })
  const { accessToken, expiresIn } = reply
  if (accessToken === undefined) throw new Failure("'accessToken'")
  if (expiresIn === undefined) throw new Failure("'expiresIn'")
  return new Map<string, Value>([
    ['startUrl', startUrl],
    ['region', region],
    ['accessToken', accessToken],
    ['expiresAt', writtenAs(lookup.host.clock.now() + expiresIn * 1000)],
    ['clientId', member(token, 'clientId')],
    ['clientSecret', member(token, 'clientSecret')],
    ['registrationExpiresAt', member(token, 'registrationExpiresAt')],
    ...(reply.refreshToken === undefined ? [] : [['refreshToken', reply.refreshToken] as const]),
  ])
}
