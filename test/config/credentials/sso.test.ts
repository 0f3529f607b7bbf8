import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AwsServices, startAwsServices } from '../../support/aws-services.ts'
import { NOWHERE, type SetUp, signer } from '../../support/signer.ts'

let services: AwsServices
beforeAll(async () => {
  services = await startAwsServices()
})
beforeEach(() => services.reset())
afterAll(() => services.close())

const START = 'https://x.awsapps.com/start'
const ROLE = 'sso_account_id = 123456789012\nsso_role_name = Admin\n'
const LEGACY = `[profile s]\n${ROLE}sso_start_url = ${START}\nsso_region = us-east-1\n`
const SESSION = `[profile s]\n${ROLE}sso_session = my\n[sso-session my]\nsso_start_url = ${START}\nsso_region = us-east-1\n`
const LEGACY_FILE = '/home/user/.aws/sso/cache/3947de8b16688092197fa616c34e01335f21d256.json'
const SESSION_FILE = '/home/user/.aws/sso/cache/3ece1471f44f63177cbc35ba0b904e0c096b6783.json'
const token = (members: object = {}) => JSON.stringify({ accessToken: 'sso-token', expiresAt: '2999-01-01T00:00:00Z', ...members })
const ENDED = { expiresAt: '2001-01-01T00:00:00Z' }
const REGISTERED = { clientId: 'cid', clientSecret: 'csecret', registrationExpiresAt: '2999-01-01T00:00:00Z', refreshToken: 'refresh' }
const signing = (config: string, file: string | undefined, setUp: SetUp = {}) =>
  signer({
    services,
    profile: 's',
    config,
    ...(file !== undefined && { files: { [config === SESSION ? SESSION_FILE : LEGACY_FILE]: file } }),
    ...setUp,
  })
const lines = () => services.asked.map(({ line }) => line)
const PORTAL = 'GET /federation/credentials?role_name=Admin&account_id=123456789012'
const INVALID =
  'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.'

test.each([
  ['of a start URL', LEGACY],
  ['of an sso-session', SESSION],
])('the portal is asked with the token %s', async (_, config) => {
  expect(await signing(config, token()).load()).toEqual({
    accessKeyId: 'ASIASSO',
    secretAccessKey: 'sso-secret',
    sessionToken: 'sso-session-token',
  })
  expect(services.asked.map(({ line, headers }) => [line, headers['x-amz-sso_bearer_token']])).toEqual([[PORTAL, 'sso-token']])
})

test.each([
  // sha1 of {"accountId":"123456789012","roleName":"Admin","startUrl":"https://x.awsapps.com/start"}
  [LEGACY, '243185b3287804d23760113d179c4c72e67b4061'],
  // sha1 of {"accountId":"123456789012","roleName":"Admin","sessionName":"my"}
  [SESSION, '403c3b8e80569b853b514e97c90d8a94192751f9'],
])('the role is kept for the next run, as aws-cli 2.36.7 keeps it', async (config, key) => {
  const { host, load } = signing(config, token())
  await load()
  await load()
  expect(lines()).toEqual([PORTAL])
  expect(Buffer.from(host.contents.get(`/home/user/.aws/cli/cache/${key}.json`)?.bytes ?? []).toString()).toBe(
    '{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIASSO", "SecretAccessKey": "sso-secret", "SessionToken": "sso-session-token", ' +
      '"Expiration": "2999-01-01T00:00:00Z", "AccountId": "123456789012"}}',
  )
})

test('a role whose source is SSO is not kept under it', async () => {
  const config = `${LEGACY.replace('profile s', 'profile q')}[profile s]\nrole_arn = arn:aws:iam::123456789012:role/R\nsource_profile = q\n`
  const { host, load } = signing(config, token())
  expect((await load()).accessKeyId).toBe('ASIAROLE')
  expect([...host.contents.keys()].filter(path => path.includes('/cli/cache/'))).toHaveLength(1)
})

describe('the token of an sso-session', () => {
  test('is renewed in its last 15 minutes, and rewritten as aws-cli 2.36.7 writes it', async () => {
    const { host, load } = signing(SESSION, token({ ...ENDED, ...REGISTERED }))
    await load()
    expect(lines()).toEqual(['POST /token', PORTAL])
    expect(services.asked[0]?.body).toBe(
      '{"grantType": "refresh_token", "clientId": "cid", "clientSecret": "csecret", "refreshToken": "refresh"}',
    )
    expect(services.asked[1]?.headers['x-amz-sso_bearer_token']).toBe('new-token')
    const file = host.contents.get(SESSION_FILE)
    expect(file?.mode).toBe(0o600)
    expect(Buffer.from(file?.bytes ?? []).toString()).toBe(
      `{"startUrl": "${START}", "region": "us-east-1", "accessToken": "new-token", "expiresAt": "2026-01-01T08:00:00Z", ` +
        '"clientId": "cid", "clientSecret": "csecret", "registrationExpiresAt": "2999-01-01T00:00:00Z", "refreshToken": "new-refresh"}',
    )
  })

  test('that lasts a few minutes more is used when the service refuses to renew it', async () => {
    services.instead.push({ status: 400, headers: { 'x-amzn-errortype': 'InvalidGrantException' }, body: '{}' })
    await signing(SESSION, token({ expiresAt: '2026-01-01T00:05:00Z', ...REGISTERED })).load()
    expect(services.asked[1]?.headers['x-amz-sso_bearer_token']).toBe('sso-token')
  })

  test.each<[string, object]>([
    ['nothing to renew it with', {}],
    ['a registration that has ended', { ...REGISTERED, registrationExpiresAt: '2001-01-01T00:00:00Z' }],
  ])('that has ended, with %s', async (_, members) => {
    await expect(signing(SESSION, token({ ...ENDED, ...members })).load()).rejects.toThrow(
      'Error when retrieving token from sso: Token has expired and refresh failed',
    )
    expect(services.asked).toEqual([])
  })

  test('that cannot be renewed for want of a connection', async () => {
    const { load } = signing(SESSION, token({ ...ENDED, ...REGISTERED }), { nested: { maxAttempts: 1, endpointFor: () => NOWHERE } })
    await expect(load()).rejects.toThrow(`Could not connect to the endpoint URL: "${NOWHERE}/token"`)
  })
})

describe('what is wrong with the log-in', () => {
  test.each<[string, config: string, file: string | undefined, sentence: string]>([
    ['no token of a start URL', LEGACY, undefined, `Error loading SSO Token: Token for ${START} does not exist`],
    ['no token of an sso-session', SESSION, undefined, 'Error loading SSO Token: Token for my does not exist'],
    ['a token without an end', LEGACY, '{}', `Error loading SSO Token: Token for ${START} is invalid`],
    ['a file that is no JSON', LEGACY, '{', "'3947de8b16688092197fa616c34e01335f21d256'"],
    ['a token of a start URL that has ended', LEGACY, token(ENDED), INVALID],
  ])('%s', async (_, config, file, sentence) => {
    await expect(signing(config, file).load()).rejects.toMatchObject({ message: sentence, exitCode: 255 })
    expect(services.asked).toEqual([])
  })

  test('a token that the portal does not know', async () => {
    services.instead.push({
      status: 401,
      headers: { 'x-amzn-errortype': 'UnauthorizedException' },
      body: '{"message": "Session token not found"}',
    })
    await expect(signing(LEGACY, token()).load()).rejects.toMatchObject({ message: INVALID, exitCode: 255 })
  })

  test('a role that is not the user’s', async () => {
    services.instead.push({ status: 403, headers: { 'x-amzn-errortype': 'ForbiddenException:http://x' }, body: '{"message": "No access"}' })
    await expect(signing(LEGACY, token()).load()).rejects.toMatchObject({
      message: 'An error occurred (ForbiddenException) when calling the GetRoleCredentials operation: No access',
      exitCode: 254,
    })
  })
})

describe('what is wrong with the profile', () => {
  const missing = 'The profile "s" is configured to use SSO but is missing required configuration:'
  test.each<[string, config: string, sentence: string]>([
    ['half a role', `[profile s]\nsso_start_url = ${START}\nsso_account_id = 1\n`, `${missing} sso_role_name, sso_region`],
    ['no such sso-session', `[profile s]\n${ROLE}sso_session = zz\n`, 'The specified sso-session does not exist: "zz"'],
    [
      'a key that says something else than the sso-session',
      SESSION.replace('sso_session', 'sso_region = eu-west-1\nsso_session'),
      'The value for sso_region is inconsistent between profile (eu-west-1) and sso-session (us-east-1).',
    ],
  ])('%s', async (_, config, sentence) => {
    await expect(signing(config, token()).choose()).rejects.toMatchObject({ message: sentence, exitCode: 255 })
  })

  test.each<[string, section: string, sentence: string]>([
    ['says nothing', '', 'the "my" sso_session configuration does not exist.'],
    ['has no region', `sso_start_url = ${START}\n`, "is missing the following configuration: ['sso_region']."],
  ])('an sso-session that %s is found out when the request is signed', async (_, section, sentence) => {
    const config = `[profile s]\n${ROLE}sso_session = my\nsso_start_url = ${START}\nsso_region = us-east-1\n[sso-session my]\n${section}`
    const source = await signing(config, token()).choose()
    await expect(source.load()).rejects.toThrow(`The profile "s" is configured to use the SSO token provider but ${sentence}`)
  })
})

test.each([
  ['us-east-1', 'portal.sso.us-east-1.amazonaws.com'],
  ['cn-north-1', 'portal.sso.cn-north-1.amazonaws.com.cn'],
])('without a custom endpoint the portal of sso_region is asked, through the proxy: %s', async (region, host) => {
  const env = { HTTPS_PROXY: NOWHERE }
  const nested = { maxAttempts: 1, region: 'eu-west-1', endpointFor: () => undefined }
  const { load, host: machine } = signing(LEGACY.replace('us-east-1', region), token(), { env, nested })
  await expect(load()).rejects.toThrow(`Failed to connect to proxy URL: "${NOWHERE}"`)
  expect(machine.debugged).toContain(`credentials: GetRoleCredentials: asking https://${host}`)
})
