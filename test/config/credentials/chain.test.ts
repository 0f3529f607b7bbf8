import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AwsServices, startAwsServices } from '../../support/aws-services.ts'
import { type SetUp, signer } from '../../support/signer.ts'

let services: AwsServices
beforeAll(async () => {
  services = await startAwsServices()
})
beforeEach(() => services.reset())
afterAll(() => services.close())

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env-secret' }
const pair = (id: string) => `aws_access_key_id = ${id}\naws_secret_access_key = file-secret\n`
const OFF = { AWS_EC2_METADATA_DISABLED: 'true' }
const NONE = 'Unable to locate credentials. You can configure credentials by running "aws login".'
const PROCESS = 'credential_process = /bin/keys\n'
const prints =
  (text: string): SetUp['execute'] =>
  () => ({ status: 0, signal: null, stdout: Buffer.from(text), stderr: new Uint8Array() })
const printsKey = prints('{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "s"}')
const ROLE = 'role_arn = arn:aws:iam::123456789012:role/R\n'
const SSO = 'sso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = Admin\n'
const SSO_TOKEN = {
  '~/.aws/sso/cache/3947de8b16688092197fa616c34e01335f21d256.json': '{"accessToken": "t", "expiresAt": "2999-01-01T00:00:00Z"}',
}
const CONTAINER = () => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${services.url}/container` })

describe('of several identities, the one that aws-cli 2.36.7 takes signs', () => {
  test.each<[string, () => SetUp, id: string]>([
    ['environment keys beat AWS_PROFILE', () => ({ env: { ...KEYS, AWS_PROFILE: 'p' }, credentials: `[p]\n${pair('AKIAP')}` }), 'AKIAENV'],
    ['--profile beats environment keys', () => ({ env: KEYS, profile: 'p', credentials: `[p]\n${pair('AKIAP')}` }), 'AKIAP'],
    ['environment keys beat a role', () => ({ env: { ...KEYS, AWS_PROFILE: 'r' }, config: `[profile r]\n${ROLE}` }), 'AKIAENV'],
    [
      'a role beats the keys beside it',
      () => ({ config: `[default]\n${ROLE}source_profile = s\n${pair('AKIAD')}[profile s]\n${pair('AKIAS')}` }),
      'ASIAROLE',
    ],
    [
      'a web identity of the environment beats keys of [default]',
      () => ({
        env: { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:aws:iam::1:role/W' },
        files: { '/token': 'a.web.token' },
        credentials: `[default]\n${pair('AKIAD')}`,
      }),
      'ASIAWEB',
    ],
    ['SSO beats keys', () => ({ config: `[default]\n${SSO}`, files: SSO_TOKEN, credentials: `[default]\n${pair('AKIAD')}` }), 'ASIASSO'],
    [
      'keys of the credentials file beat a program',
      () => ({ config: `[default]\n${PROCESS}`, credentials: `[default]\n${pair('AKIAD')}`, execute: printsKey }),
      'AKIAD',
    ],
    [
      'a program beats keys of the config file',
      () => ({ config: `[default]\n${PROCESS}${pair('AKIAD')}`, execute: printsKey }),
      'AKIAPROCESS',
    ],
    [
      'the credentials file beats the config file',
      () => ({ config: `[default]\n${pair('AKIA1')}`, credentials: `[default]\n${pair('AKIA2')}` }),
      'AKIA2',
    ],
    ['keys of the config file beat a container', () => ({ env: CONTAINER(), config: `[default]\n${pair('AKIAD')}` }), 'AKIAD'],
    [
      'the file of AWS_CREDENTIAL_FILE beats ~/.boto',
      () => ({
        env: { AWS_CREDENTIAL_FILE: '~/ec2' },
        files: { '~/ec2': 'AWSAccessKeyId = AKIAEC2\nAWSSecretKey = s\n', '~/.boto': `[Credentials]\n${pair('AKIABOTO')}` },
      }),
      'AKIAEC2',
    ],
    ['~/.boto beats a container', () => ({ env: CONTAINER(), files: { '~/.boto': `[Credentials]\n${pair('AKIABOTO')}` } }), 'AKIABOTO'],
    ['a container beats the instance', () => ({ env: CONTAINER() }), 'ASIACONTAINER'],
    [
      'a profile without credentials leaves it to the instance',
      () => ({ profile: 'p', config: '[profile p]\nregion = x\n' }),
      'ASIAINSTANCE',
    ],
    [
      'environment keys count even when they stand beside an empty secret token',
      () => ({ env: { ...KEYS, AWS_SESSION_TOKEN: '' } }),
      'AKIAENV',
    ],
    ['"1" does not switch the instance metadata off', () => ({ env: { AWS_EC2_METADATA_DISABLED: '1' } }), 'ASIAINSTANCE'],
  ])('%s', async (_, setUp, id) => {
    expect((await signer({ services, ...setUp() }).load()).accessKeyId).toBe(id)
  })
})

describe('a source that is configured owns the outcome: what is wrong with it is never made good by the instance', () => {
  test.each<[string, () => SetUp, sentence: string]>([
    [
      'a key id without a secret in the environment',
      () => ({ env: { AWS_ACCESS_KEY_ID: 'AKIA' } }),
      'Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY',
    ],
    [
      'a key id without a secret in the credentials file, though the config file has one',
      () => ({ credentials: '[default]\naws_access_key_id = AKIA\n', config: '[default]\naws_secret_access_key = s\n' }),
      'Partial credentials found in shared-credentials-file, missing: aws_secret_access_key',
    ],
    [
      'a key id without a secret in the config file',
      () => ({ config: '[default]\naws_access_key_id = AKIA\n' }),
      'Partial credentials found in config-file, missing: aws_secret_access_key',
    ],
    [
      'a block where a key id should be',
      () => ({ credentials: '[default]\naws_access_key_id =\n  a = b\naws_secret_access_key = s\n' }),
      'The value of aws_access_key_id in the config file must be text, not a block of settings',
    ],
    [
      'a key id without a secret in ~/.boto',
      () => ({ files: { '~/.boto': '[Credentials]\naws_access_key_id = AKIA\n' } }),
      'Partial credentials found in boto-config, missing: aws_secret_access_key',
    ],
    [
      'AWS_CREDENTIAL_FILE that is not there',
      () => ({ env: { AWS_CREDENTIAL_FILE: '/nowhere' } }),
      'The specified config file (/nowhere) could not be found.',
    ],
    [
      'a role without a source',
      () => ({ profile: 'r', config: `[profile r]\n${ROLE}` }),
      'Partial credentials found in assume-role, missing: source_profile or credential_source',
    ],
    [
      'a source profile without credentials',
      () => ({ profile: 'r', config: `[profile r]\n${ROLE}source_profile = s\n[profile s]\nregion = x\n` }),
      'The source profile "s" must have credentials.',
    ],
    [
      'a program that fails',
      () => ({
        config: `[default]\n${PROCESS}`,
        execute: () => ({ status: 1, signal: null, stdout: new Uint8Array(), stderr: Buffer.from('boom\n') }),
      }),
      'Error when retrieving credentials from custom-process: boom\n',
    ],
    [
      'an sso-session that is not there',
      () => ({ config: '[default]\nsso_session = my\nsso_account_id = 1\nsso_role_name = A\n' }),
      'The specified sso-session does not exist: "my"',
    ],
    [
      'a log-in that has no file',
      () => ({ config: '[default]\nlogin_session = me\n' }),
      "Error loading login session token: Unable to load a existing login session for session me, Please reauthenticate with 'aws login'.",
    ],
  ])('%s', async (_, setUp, sentence) => {
    await expect(signer({ services, ...setUp() }).choose()).rejects.toMatchObject({ message: sentence, exitCode: 255 })
    expect(services.asked).toEqual([])
  })
})

test.each<[string, SetUp]>([
  ['nothing at all', {}],
  ['a secret without a key id', { env: { AWS_SECRET_ACCESS_KEY: 's' } }],
  ['an empty key id', { env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: 's' } }],
  ['a secret without a key id in a file', { credentials: '[default]\naws_secret_access_key = s\n' }],
  ['an sso-session without account and role', { config: '[default]\nsso_session = my\n[sso-session my]\nsso_region = us-east-1\n' }],
  ['environment keys beside --profile', { env: KEYS, profile: 'p', config: '[profile p]\nregion = x\n' }],
])('no credentials is found out when the request is signed: %s', async (_, setUp) => {
  const source = await signer({ ...setUp, env: { ...setUp.env, ...OFF } }).choose()
  await expect(source.load()).rejects.toMatchObject({ code: 'NoCredentials', message: NONE, exitCode: 253 })
})

describe('session tokens', () => {
  test.each<[string, SetUp, token: string | undefined]>([
    ['AWS_SESSION_TOKEN', { env: { ...KEYS, AWS_SESSION_TOKEN: 'new' } }, 'new'],
    ['AWS_SECURITY_TOKEN beats it', { env: { ...KEYS, AWS_SESSION_TOKEN: 'new', AWS_SECURITY_TOKEN: 'old' } }, 'old'],
    ['an empty one is none', { env: { ...KEYS, AWS_SESSION_TOKEN: 'new', AWS_SECURITY_TOKEN: '' } }, 'new'],
    ['aws_session_token in a file', { credentials: `[default]\n${pair('A')}aws_session_token = new\n` }, 'new'],
    ['aws_security_token beats it', { credentials: `[default]\n${pair('A')}aws_session_token = new\naws_security_token = old\n` }, 'old'],
    ['none', { env: KEYS }, undefined],
  ])('%s', async (_, setUp, token) => {
    expect((await signer(setUp).load()).sessionToken).toBe(token)
  })
})

describe('AWS_CREDENTIAL_EXPIRATION', () => {
  const ending = (end: string) => signer({ env: { ...KEYS, AWS_CREDENTIAL_EXPIRATION: end } })

  test('in the future or empty lets the keys sign', async () => {
    for (const end of ['2999-01-01T00:00:00Z', '']) expect((await ending(end).load()).accessKeyId).toBe('AKIAENV')
  })

  test('in the past is found out when the request is signed', async () => {
    const source = await ending('2001-01-01T00:00:00Z').choose()
    await expect(source.load()).rejects.toThrow('Credentials were refreshed, but the refreshed credentials are still expired.')
  })

  test('that is no date is found out at once', async () => {
    await expect(ending('garbage').choose()).rejects.toThrow('Unknown string format: garbage')
  })

  test('without a time zone cannot be compared', async () => {
    await expect(ending('2999-01-01T00:00:00').load()).rejects.toThrow("can't subtract offset-naive and offset-aware datetimes")
  })
})

test('the debug log says who signs and why, and holds no secret', async () => {
  const { host, load } = signer({
    services,
    profile: 'r',
    env: KEYS,
    config: `[profile r]\n${ROLE}source_profile = s\nexternal_id = external\n[profile s]\n${pair('AKIAS')}aws_session_token = source-token\n`,
  })
  await load()
  const log = host.debugged.join('\n')
  expect(log).toContain('--profile was given: no environment variable names an identity')
  expect(log).toContain('profile r: arn:aws:iam::123456789012:role/R is assumed with what config-file gives')
  expect(log).not.toMatch(/env-secret|file-secret|sts-secret|sts-token|source-token|external(?!_)/)
})
