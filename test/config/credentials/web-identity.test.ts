import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type AwsServices, startAwsServices, stsError } from '../../support/aws-services.ts'
import { type SetUp, signer } from '../../support/signer.ts'

let services: AwsServices
beforeAll(async () => {
  services = await startAwsServices()
})
beforeEach(() => services.reset())
afterAll(() => services.close())

const ENV = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/W' }
const signing = (setUp: SetUp) => signer({ services, files: { '/token': 'a.web.token' }, ...setUp })
const START = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15'
const ARN = 'RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2FW'
const MADE = 'RoleSessionName=botocore-session-1767225600'
const PROFILE = '[profile w]\nweb_identity_token_file = /token\nrole_arn = arn:aws:iam::1:role/W\n'

test.each<[string, SetUp, parameters: string]>([
  ['variables', { env: ENV }, `${ARN}&${MADE}&WebIdentityToken=a.web.token`],
  ['a session name', { env: { ...ENV, AWS_ROLE_SESSION_NAME: 'me' } }, `RoleSessionName=me&${ARN}&WebIdentityToken=a.web.token`],
  ['a profile', { profile: 'w', config: PROFILE }, `${ARN}&${MADE}&WebIdentityToken=a.web.token`],
  [
    'a variable beats the key beside it',
    { env: { ...ENV, AWS_PROFILE: 'w' }, config: PROFILE.replace('role/W', 'role/Other') },
    `${ARN}&${MADE}&WebIdentityToken=a.web.token`,
  ],
  [
    'a token is sent as it stands, line ends as Python reads them',
    { env: ENV, files: { '/token': 'a.web.token\r\n' } },
    `${ARN}&${MADE}&WebIdentityToken=a.web.token%0A`,
  ],
])('STS is asked without a signature: %s', async (_, setUp, parameters) => {
  expect((await signing(setUp).load()).accessKeyId).toBe('ASIAWEB')
  expect(services.asked.map(({ body }) => body)).toEqual([`${START}&${parameters}`])
  expect(services.asked[0]?.headers.authorization).toBeUndefined()
})

const NO_ROLE =
  'The provided profile or the current environment is configured to assume role with web identity but has no role ARN configured. ' +
  'Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env var is set.'

test.each<[string, SetUp, sentence: string, exitCode: number]>([
  ['no role', { env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/token' } }, NO_ROLE, 255],
  ['no file', { env: ENV, files: {} }, "[Errno 2] No such file or directory: '/token'", 255],
  ['a directory', { env: ENV, files: { '/token/x': '' } }, "[Errno 21] Is a directory: '/token'", 255],
  [
    'a token that is too short',
    { env: ENV, files: { '/token': 'JWT' } },
    'Parameter validation failed:\nInvalid length for parameter WebIdentityToken, value: 3, valid min length: 4',
    252,
  ],
])('%s', async (_, setUp, message, exitCode) => {
  await expect(signing(setUp).load()).rejects.toMatchObject({ message, exitCode })
  expect(services.asked).toEqual([])
})

test('a token that STS refuses', async () => {
  services.instead.push(stsError('InvalidIdentityToken', 'bad token', 400))
  await expect(signing({ env: ENV }).load()).rejects.toMatchObject({
    message: 'An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: bad token',
    exitCode: 254,
  })
})

test('a call whose identity provider STS could not reach is retried', async () => {
  services.instead.push(stsError('IDPCommunicationError', 'unreachable', 400))
  expect((await signing({ env: ENV }).load()).accessKeyId).toBe('ASIAWEB')
  expect(services.asked).toHaveLength(2)
})

test('the session is kept for the next run', async () => {
  const { host, load } = signing({ env: ENV })
  await load()
  await load()
  expect(services.asked).toHaveLength(1)
  // sha1 of {"RoleArn": "arn:aws:iam::1:role/W"}
  expect([...host.contents.keys()]).toContain('/home/user/.aws/cli/cache/8f2847204130beed626a561772874d011ae3d5c0.json')
})
