/**
 * Whose key is made, and where: whole invocations in the set-ups people have, against the services on loopback. What must come of each
 * was recorded from aws-cli 2.36.7 in the same set-up.
 */
import * as crypto from 'node:crypto'
import * as fs from 'node:fs'
import * as tls from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { run } from '../src/run/index.ts'
import { type Certificates, canMakeCertificates, certificates, overTls, serve } from './http/loopback.ts'
import { type Asked, type AwsServices, END, startAwsServices } from './support/aws-services.ts'
import { type TestHostOptions, testHost } from './support/host.ts'
import { createSandbox } from './support/process.ts'

let services: AwsServices
beforeAll(async () => {
  services = await startAwsServices()
})
beforeEach(() => services.reset())
afterAll(() => services.close())

/** What the SDK would find if it looked for itself. The runs here have an environment of their own, and nothing of this may show in them. */
const TRAPS = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9/trap',
  AWS_REGION: 'eu-trap-1',
  AWS_PROFILE: 'trap',
  AWS_ACCESS_KEY_ID: 'AKIATRAP',
  AWS_SECRET_ACCESS_KEY: 'trap',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_USE_DUALSTACK_ENDPOINT: 'true',
  AWS_SDK_UA_APP_ID: 'trap',
}
beforeAll(() => {
  for (const [name, value] of Object.entries(TRAPS)) vi.stubEnv(name, value)
})
afterAll(() => vi.unstubAllEnvs())

interface SetUp extends TestHostOptions {
  /** After `create-access-key --user-name Bob`. */
  readonly argv?: readonly string[]
  /** Text of the two files. */
  readonly config?: string
  readonly credentials?: string
}

interface Outcome {
  readonly code: number
  /** Without the program's name. */
  readonly said: string
  /** What the services were asked, and by whom. */
  readonly asked: readonly string[]
  readonly prompts: readonly string[]
}

async function invoke({ argv = [], config, credentials, files, ...options }: SetUp): Promise<Outcome> {
  const written = {
    ...files,
    ...(config !== undefined && { '~/.aws/config': config }),
    ...(credentials !== undefined && { '~/.aws/credentials': credentials }),
  }
  const host = testHost({ ...options, files: written })
  const code = await run(['create-access-key', '--user-name', 'Bob', ...argv], host)
  const said = Buffer.from(host.written.stderr()).toString().trim().replace('iamkey: [ERROR]: ', '')
  return { code, said, asked: services.asked.map(told), prompts: host.prompts }
}

function told({ line, headers, body }: Asked): string {
  const action = new URLSearchParams(body).get('Action')
  return action === null ? line : `${action} by ${signerOf(headers)[0]}`
}

function signerOf({ authorization = '' }: Asked['headers']): readonly [keyId: string, region: string] {
  const [, keyId = 'nobody', region = 'nowhere'] = /Credential=([^/]*)\/\d*\/([^/]*)/.exec(authorization) ?? []
  return [keyId, region]
}

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env-secret' }
const pair = (id: string) => `aws_access_key_id = ${id}\naws_secret_access_key = file-secret\n`
const role = (name: string) => `role_arn = arn:aws:iam::123456789012:role/${name}\n`
const ROLE = role('R')
const SSO = 'sso_start_url = https://x.awsapps.com/start\nsso_region = us-west-2\nsso_account_id = 123456789012\nsso_role_name = Admin\n'
const sha1 = (text: string) => crypto.createHash('sha1').update(text).digest('hex')
const SSO_TOKEN = {
  [`~/.aws/sso/cache/${sha1('https://x.awsapps.com/start')}.json`]: JSON.stringify({ accessToken: 'portal-token', expiresAt: END }),
}
const LOGIN = {
  [`~/.aws/login/cache/${crypto.createHash('sha256').update('me').digest('hex')}.json`]: JSON.stringify({
    accessToken: { accessKeyId: 'ASIALOGIN', secretAccessKey: 'login-secret', sessionToken: 'login-token', accountId: '1', expiresAt: END },
    refreshToken: 'refresh-token',
    dpopKey: 'proof-key',
    clientId: 'client',
  }),
}
const WEB = { AWS_WEB_IDENTITY_TOKEN_FILE: '/token', AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/W' }
const WEB_TOKEN = { '/token': 'web-token' }
const execute: SetUp['execute'] = () => ({
  status: 0,
  signal: null,
  stdout: Buffer.from('{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "program-secret"}'),
  stderr: new Uint8Array(),
})

/** The services stand for every service of AWS; there is no instance. */
const here = () => ({ AWS_ENDPOINT_URL: services.url, AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' })
/** The same on an instance with a role: whoever falls through ends there. */
const onInstance = () => ({ ...here(), AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: services.url })
const inContainer = () => ({
  AWS_CONTAINER_CREDENTIALS_FULL_URI: `${services.url}/container`,
  AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pod-token',
})
const INSTANCE = [
  'PUT /latest/api/token',
  'GET /latest/meta-data/iam/security-credentials/',
  'GET /latest/meta-data/iam/security-credentials/the-role',
  'CreateAccessKey by ASIAINSTANCE',
]
const PORTAL = 'GET /federation/credentials?role_name=Admin&account_id=123456789012'

describe('who signs', () => {
  test.each<[string, SetUp, asked: readonly string[]]>([
    [
      'an environment key beats AWS_PROFILE',
      { env: { ...KEYS, AWS_PROFILE: 'p' }, credentials: `[p]\n${pair('AKIAP')}` },
      ['CreateAccessKey by AKIAENV'],
    ],
    [
      '--profile beats an environment key',
      { env: KEYS, argv: ['--profile', 'p'], credentials: `[p]\n${pair('AKIAP')}` },
      ['CreateAccessKey by AKIAP'],
    ],
    [
      'AWS_DEFAULT_PROFILE names a profile',
      { env: { AWS_DEFAULT_PROFILE: 'p' }, credentials: `[default]\n${pair('AKIAD')}[p]\n${pair('AKIAP')}` },
      ['CreateAccessKey by AKIAP'],
    ],
    [
      'a pod signs with its role, not with [default]',
      { env: WEB, files: WEB_TOKEN, credentials: `[default]\n${pair('AKIAD')}` },
      ['AssumeRoleWithWebIdentity by nobody', 'CreateAccessKey by ASIAWEB'],
    ],
    [
      'SSO beats keys of the credentials file',
      { config: `[default]\n${SSO}`, files: SSO_TOKEN, credentials: `[default]\n${pair('AKIAD')}` },
      [PORTAL, 'CreateAccessKey by ASIASSO'],
    ],
    [
      'keys of the credentials file beat a login session',
      { config: '[default]\nlogin_session = me\n', files: LOGIN, credentials: `[default]\n${pair('AKIAD')}` },
      ['CreateAccessKey by AKIAD'],
    ],
    [
      'a login session beats a program',
      { config: '[default]\nlogin_session = me\ncredential_process = keys\n', files: LOGIN, execute },
      ['CreateAccessKey by ASIALOGIN'],
    ],
    [
      'a program beats keys of the config file',
      { config: `[default]\ncredential_process = keys\n${pair('AKIAD')}`, execute },
      ['CreateAccessKey by AKIAPROCESS'],
    ],
    [
      'a role is assumed with its source, link by link',
      {
        argv: ['--profile', 'r'],
        config: `[profile r]\n${ROLE}source_profile = m\n[profile m]\n${ROLE}source_profile = s\n[profile s]\n${pair('AKIAS')}`,
      },
      ['AssumeRole by AKIAS', 'AssumeRole by ASIAROLE', 'CreateAccessKey by ASIAROLE'],
    ],
    ['what an instance has comes last', { argv: ['--profile', 'p'], config: '[profile p]\noutput = json\n' }, INSTANCE],
  ])('%s', async (_, setUp, asked) => {
    const outcome = await invoke({ ...setUp, env: { ...onInstance(), ...setUp.env } })
    expect(outcome).toMatchObject({ code: 0, said: '', asked })
  })

  test('a container beats the instance', async () => {
    const { asked } = await invoke({ env: { ...onInstance(), ...inContainer() } })
    expect(asked).toEqual(['GET /container', 'CreateAccessKey by ASIACONTAINER'])
  })

  test('a role with MFA asks for the code once; its session serves the next run', async () => {
    const config = `[profile r]\n${ROLE}source_profile = s\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n[profile s]\n${pair('AKIAS')}`
    const host = testHost({ env: { ...here(), AWS_PROFILE: 'r' }, files: { '~/.aws/config': config }, answers: ['123456'] })
    for (const _ of ['first', 'next']) expect(await run(['create-access-key'], host)).toBe(0)
    expect(host.prompts).toEqual(['Enter MFA code for arn:aws:iam::123456789012:mfa/me: '])
    expect(services.asked.map(told)).toEqual(['AssumeRole by AKIAS', 'CreateAccessKey by ASIAROLE', 'CreateAccessKey by ASIAROLE'])
    expect(services.asked[0]?.body).toContain('TokenCode=123456')
  })

  test('credential_process is started without a shell, and reads the standard input of the run', async () => {
    const keys = `let text = ''
      process.stdin.on('data', chunk => { text += chunk }).on('end', () => console.log(JSON.stringify(
        { Version: 1, AccessKeyId: process.argv.slice(2).join(' ') + text, SecretAccessKey: 's' })))`
    const { run: execute, remove } = createSandbox({
      'keys.mjs': keys,
      '~/.aws/config': '[default]\ncredential_process = node keys.mjs $HOME "a b" | cat\n',
    })
    const { code, stderr } = await execute(['iamkey', 'create-access-key'], here())
    remove()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(services.asked.map(told)).toEqual(['CreateAccessKey by $HOME a b | cat'])
  })
})

describe('nobody signs instead, not even where an instance would', () => {
  const IN_P = ['--profile', 'p']
  const unreadable = 'Unable to parse config file: /home/user/.aws/config'

  test.each<[string, SetUp, said: string]>([
    ['a profile that does not exist', { argv: ['--profile', 'nope'] }, 'The config profile (nope) could not be found'],
    [
      'a profile that does not exist, and keys in the environment',
      { env: { ...KEYS, AWS_PROFILE: 'nope' } },
      'The config profile (nope) could not be found',
    ],
    [
      '[default], where it is named and not there',
      { env: KEYS, argv: ['--profile', 'default'] },
      'The config profile (default) could not be found',
    ],
    ['an empty AWS_PROFILE', { env: { ...KEYS, AWS_PROFILE: '' } }, 'The config profile () could not be found'],
    [
      'half of the keys in the environment',
      { env: { AWS_ACCESS_KEY_ID: 'AKIAENV' }, config: `[default]\n${pair('AKIAD')}` },
      'Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY',
    ],
    [
      'a role without a source',
      { argv: IN_P, config: `[profile p]\n${ROLE}` },
      'Partial credentials found in assume-role, missing: source_profile or credential_source',
    ],
    [
      'a role whose source has no credentials',
      { argv: IN_P, config: `[profile p]\n${ROLE}source_profile = s\n[profile s]\noutput = json\n` },
      'The source profile "s" must have credentials.',
    ],
    [
      'roles in a circle',
      { argv: IN_P, config: `[profile p]\n${ROLE}source_profile = q\n[profile q]\n${ROLE}source_profile = p\n` },
      "Infinite loop in credential configuration detected. Attempting to load from profile p which has already been visited. Visited profiles: ['p', 'q']",
    ],
    [
      'a program that fails',
      {
        config: '[default]\ncredential_process = keys\n',
        execute: () => ({ status: 1, signal: null, stdout: new Uint8Array(), stderr: Buffer.from('boom') }),
      },
      'Error when retrieving credentials from custom-process: boom',
    ],
    [
      'an SSO log-in that never was',
      { config: `[default]\n${SSO}` },
      'Error loading SSO Token: Token for https://x.awsapps.com/start does not exist',
    ],
    [
      'half of an sso-session, whoever signs',
      { env: KEYS, config: '[default]\nsso_session = my\n[sso-session my]\nsso_region = us-east-1\n' },
      'The profile "default" is configured to use the SSO token provider but is missing the following configuration: [\'sso_start_url\'].',
    ],
    ['a section twice', { env: KEYS, config: '[default]\nregion = us-east-1\n[default]\noutput = json\n' }, unreadable],
    ['a key twice', { env: KEYS, config: '[default]\nregion = us-east-1\nregion = us-east-2\n' }, unreadable],
    ['a line that says nothing', { env: KEYS, config: '[default]\nregion\n' }, unreadable],
    ['a byte order mark', { env: KEYS, config: '\ufeff[default]\nregion = us-east-1\n' }, unreadable],
    [
      'a services section that does not exist',
      { env: { ...KEYS, AWS_ENDPOINT_URL: undefined }, argv: IN_P, config: `[profile p]\nservices = zz\n${pair('AKIAP')}` },
      'The profile is configured to use the services section but the "zz" services configuration does not exist.',
    ],
    [
      'a read time-out below zero',
      { env: KEYS, argv: ['--cli-read-timeout', '-1'] },
      'Attempted to set read timeout to -1, but the timeout cannot be set to a value less than or equal to 0.',
    ],
    [
      'time-outs below zero',
      { env: KEYS, argv: ['--cli-read-timeout', '-1', '--cli-connect-timeout', '-2'] },
      'Attempted to set connect timeout to -2, but the timeout cannot be set to a value less than or equal to 0.',
    ],
  ])('%s', async (_, setUp, said) => {
    expect(await invoke({ ...setUp, env: { ...onInstance(), ...setUp.env } })).toMatchObject({ code: 255, said, asked: [] })
  })

  test('a container that does not answer as it should', async () => {
    services.instead.push(...[1, 2, 3].map(() => ({ status: 404, body: 'no' })))
    const { code, said, asked } = await invoke({ env: { ...onInstance(), ...inContainer() } })
    expect(said).toBe(
      'Error when retrieving credentials from container-role: Error retrieving metadata: Received non 200 response 404 from container metadata: no',
    )
    expect({ code, asked }).toEqual({ code: 255, asked: ['GET /container', 'GET /container', 'GET /container'] })
  })
})

test('a quota that is used up is refused once, by its name on the wire', async () => {
  const body = '<ErrorResponse><Error><Code>LimitExceeded</Code><Message>Cannot exceed quota</Message></Error></ErrorResponse>'
  services.instead.push({ status: 409, body })
  expect(await invoke({ env: { ...here(), ...KEYS } })).toMatchObject({
    code: 254,
    said: 'An error occurred (LimitExceeded) when calling the CreateAccessKey operation: Cannot exceed quota',
    asked: ['CreateAccessKey by AKIAENV'],
  })
})

test('AWS_SDK_UA_APP_ID is in the user agent', async () => {
  await invoke({ env: { ...here(), ...KEYS, AWS_SDK_UA_APP_ID: 'my-app' } })
  await invoke({ env: { ...here(), ...KEYS } })
  expect(services.asked.map(({ headers }) => headers['user-agent'])).toEqual([
    expect.stringMatching(/^iamkey\/\S+ .*app\/my-app/),
    expect.not.stringContaining('app/'),
  ])
})

test.each([
  ['http://iam.test/x', 'POST http://iam.test/x'],
  ['http://iam.test:80/x', 'POST http://iam.test:80/x'],
  ['http://iam.test:81/x?a=b', 'POST http://iam.test:81/x?a=b'],
])('a proxy is asked for %s as it was written', async (endpoint, line) => {
  await invoke({ env: { ...here(), ...KEYS, HTTP_PROXY: services.url }, argv: ['--endpoint-url', endpoint] })
  expect(services.asked.map(({ line }) => line)).toEqual([line])
})

const TLS = canMakeCertificates()

describe.skipIf(!TLS)('where it goes', () => {
  let made: Certificates
  let bundle: Record<string, Uint8Array>
  beforeAll(() => {
    made = certificates()
    bundle = { '/ca.pem': fs.readFileSync(made.authority) }
  })
  afterAll(() => fs.rmSync(made.folder, { recursive: true }))

  /** A proxy that takes the services for every host of AWS. Answers with its URL. */
  async function proxy(seen: string[] = []): Promise<string> {
    const port = await serve(socket => {
      socket.once('data', (request: Buffer) => {
        seen.push(request.toString('latin1').split('\r\n', 1)[0] ?? '')
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        const secureContext = tls.createSecureContext(made.aws)
        services.accept(new tls.TLSSocket(socket, { isServer: true, secureContext }))
      })
    })
    return `http://127.0.0.1:${port}`
  }

  /** `sts.amazonaws.com us-east-1`: host, and region of the signature. */
  const places = () => services.asked.map(({ headers }) => `${headers.host} ${signerOf(headers)[1]}`)

  async function throughProxy({ env, files, ...setUp }: SetUp): Promise<readonly string[]> {
    const HTTPS_PROXY = await proxy()
    const outcome = await invoke({
      ...setUp,
      env: { HTTPS_PROXY, AWS_CA_BUNDLE: '/ca.pem', AWS_EC2_METADATA_DISABLED: 'true', ...env },
      files: { ...bundle, ...files },
    })
    expect(outcome).toMatchObject({ code: 0, said: '' })
    return places()
  }

  const BY_ROLE = `[profile r]\n${ROLE}credential_source = Environment\n`
  const elsewhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }

  test.each<[string, SetUp, places: readonly string[]]>([
    ['no region is needed', { env: KEYS }, ['iam.amazonaws.com us-east-1']],
    [
      'no region is needed by a role',
      { env: KEYS, argv: ['--profile', 'r'], config: BY_ROLE },
      ['sts.amazonaws.com us-east-1', 'iam.amazonaws.com us-east-1'],
    ],
    ['no region is needed by a web identity', { env: WEB, files: WEB_TOKEN }, ['sts.amazonaws.com nowhere', 'iam.amazonaws.com us-east-1']],
    [
      'AWS_DEFAULT_REGION decides on the cloud',
      { env: { ...KEYS, AWS_DEFAULT_REGION: 'cn-north-1' } },
      ['iam.cn-north-1.amazonaws.com.cn cn-north-1'],
    ],
    [
      'AWS_REGION beats it',
      { env: { ...KEYS, AWS_DEFAULT_REGION: 'cn-north-1', AWS_REGION: 'us-gov-west-1' } },
      ['iam.us-gov.amazonaws.com us-gov-west-1'],
    ],
    [
      'the region of the environment beats the profile’s, for STS too',
      { env: { ...KEYS, AWS_REGION: 'us-west-2' }, argv: ['--profile', 'r'], config: `${BY_ROLE}region = eu-west-1\n` },
      ['sts.us-west-2.amazonaws.com us-west-2', 'iam.amazonaws.com us-east-1'],
    ],
    ['AWS_USE_FIPS_ENDPOINT=TRUE is true', { env: { ...KEYS, AWS_USE_FIPS_ENDPOINT: 'TRUE' } }, ['iam-fips.amazonaws.com us-east-1']],
    [
      'use_fips_endpoint = True is true',
      { env: KEYS, config: '[default]\nuse_fips_endpoint = True\n' },
      ['iam-fips.amazonaws.com us-east-1'],
    ],
    [
      'FIPS is for STS too',
      { env: { ...KEYS, AWS_REGION: 'us-west-2', AWS_USE_FIPS_ENDPOINT: 'TRUE' }, argv: ['--profile', 'r'], config: BY_ROLE },
      ['sts-fips.us-west-2.amazonaws.com us-west-2', 'iam-fips.amazonaws.com us-east-1'],
    ],
    [
      'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=TRUE is true',
      { env: { ...KEYS, ...elsewhere, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'TRUE' } },
      ['iam.amazonaws.com us-east-1'],
    ],
    [
      'the endpoint of another profile is nothing to --profile',
      {
        env: { AWS_PROFILE: 'q' },
        argv: ['--profile', 'p'],
        config: `[profile q]\nendpoint_url = http://127.0.0.1:9\n[profile p]\n${pair('AKIAP')}`,
      },
      ['iam.amazonaws.com us-east-1'],
    ],
    [
      'SSO and its renewal go through the proxy as well',
      {
        config: `[default]\n${SSO}sso_session = my\n[sso-session my]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-west-2\n`,
        files: {
          [`~/.aws/sso/cache/${sha1('my')}.json`]: JSON.stringify({
            accessToken: 'old-token',
            expiresAt: '2001-01-01T00:00:00Z',
            clientId: 'client',
            clientSecret: 'client-secret',
            refreshToken: 'refresh-token',
            registrationExpiresAt: END,
          }),
        },
      },
      ['oidc.us-west-2.amazonaws.com nowhere', 'portal.sso.us-west-2.amazonaws.com nowhere', 'iam.amazonaws.com us-east-1'],
    ],
  ])('%s', async (_, setUp, places) => {
    expect(await throughProxy(setUp)).toEqual(places)
  })

  test('endpoint_url of --profile is obeyed', async () => {
    const config = `[profile p]\nendpoint_url = ${services.url}/mine\n${pair('AKIAP')}`
    await invoke({ argv: ['--profile', 'p', '--region', 'us-east-1'], config })
    expect(services.asked.map(({ line }) => line)).toEqual(['POST /mine'])
  })

  // Whoever goes straight to AWS trusts our CA alone, and so sends nothing.
  test.each([
    ['amazonaws.com', false],
    ['.amazonaws.com', false],
    ['iam.amazonaws.com', false],
    ['*', false],
    ['*.amazonaws.com', true],
    ['10.0.0.0/8', true],
  ])('NO_PROXY=%s: through the proxy is %s', async (NO_PROXY, expected) => {
    const seen: string[] = []
    const HTTPS_PROXY = await proxy(seen)
    const env = { ...KEYS, HTTPS_PROXY, NO_PROXY, AWS_CA_BUNDLE: '/ca.pem', AWS_MAX_ATTEMPTS: '1', AWS_EC2_METADATA_DISABLED: 'true' }
    await invoke({ env, files: bundle, argv: ['--cli-connect-timeout', '1'] })
    expect(seen).toEqual(expected ? ['CONNECT iam.amazonaws.com:443 HTTP/1.1'] : [])
  })

  describe('over TLS', () => {
    async function overOwnTls({ env, files, ...setUp }: SetUp): Promise<Outcome> {
      const port = await serve(overTls(made.localhost, socket => services.accept(socket)))
      const AWS_ENDPOINT_URL = `https://localhost:${port}`
      const outcome = await invoke({
        ...setUp,
        files: { ...bundle, ...files },
        env: { ...here(), ...KEYS, AWS_ENDPOINT_URL, AWS_MAX_ATTEMPTS: '1', ...env },
      })
      return { ...outcome, said: outcome.said.replace(AWS_ENDPOINT_URL, 'https://here') }
    }
    const CREATED = { code: 0, said: '', asked: ['CreateAccessKey by AKIAENV'] }
    const DISTRUSTED = {
      code: 255,
      said: 'SSL validation failed for https://here/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:992)',
      asked: [],
    }
    const BY_ROLE_OF_P = { argv: ['--profile', 'r'], config: `[profile r]\n${ROLE}source_profile = p\n[profile p]\n${pair('AKIAP')}` }
    const BY_ROLE_CREATED = { code: 0, said: '', asked: ['AssumeRole by AKIAP', 'CreateAccessKey by ASIAROLE'] }
    const withOptions = (...more: string[]) => ({ ...BY_ROLE_OF_P, argv: [...BY_ROLE_OF_P.argv, ...more] })

    test.each<[string, SetUp, Omit<Outcome, 'prompts'>]>([
      ['a CA of one’s own is not trusted', {}, DISTRUSTED],
      ['AWS_CA_BUNDLE says whom to trust', { env: { AWS_CA_BUNDLE: '/ca.pem' } }, CREATED],
      ['so does ca_bundle', { config: '[default]\nca_bundle = /ca.pem\n' }, CREATED],
      ['AWS_CA_BUNDLE beats it', { env: { AWS_CA_BUNDLE: '/ca.pem' }, config: '[default]\nca_bundle = /nowhere\n' }, CREATED],
      ['--ca-bundle beats both', { env: { AWS_CA_BUNDLE: '/nowhere' }, argv: ['--ca-bundle', '/ca.pem'] }, CREATED],
      ['REQUESTS_CA_BUNDLE comes last', { env: { REQUESTS_CA_BUNDLE: '/ca.pem' } }, CREATED],
      ['AWS_CA_BUNDLE is for STS, too', { ...BY_ROLE_OF_P, env: { AWS_CA_BUNDLE: '/ca.pem' } }, BY_ROLE_CREATED],
      ['--ca-bundle is not', withOptions('--ca-bundle', '/ca.pem'), DISTRUSTED],
      ['nor is --no-verify-ssl', withOptions('--no-verify-ssl'), DISTRUSTED],
      ['which accepts anything of IAM', { argv: ['--no-verify-ssl'] }, CREATED],
    ])('%s', async (_, setUp, outcome) => {
      expect(await overOwnTls(setUp)).toMatchObject(outcome)
    })
  })
})

describe('--debug answers "why this account?"', () => {
  const SECRETS = new RegExp(
    [
      'env-secret|file-secret|program-secret|session-secret|new-key-secret',
      '(?:sts|sso|login|metadata)-(?:secret|token|session)|sso-session-token|(?:portal|refresh|web|imds|pod|old|new)-token|proof-key|client-secret',
      '123456(?!789012)|external-id|proxy-password',
    ].join('|'),
  )

  test.each<[string, () => SetUp, because: readonly string[]]>([
    [
      'keys in the environment, beside AWS_PROFILE',
      () => ({ env: { ...KEYS, AWS_PROFILE: 'p', AWS_SESSION_TOKEN: 'session-secret' }, config: `[profile p]\n${pair('AKIAP')}` }),
      [
        'credentials: no --profile was given: keys in environment variables come before every profile',
        'credentials: profile p: env: found: AWS_ACCESS_KEY_ID',
        'credentials: access key id AKIAENV signs (env)',
      ],
    ],
    [
      'keys of a profile',
      () => ({ argv: ['--profile', 'p'], env: KEYS, credentials: `[p]\n${pair('AKIAP')}` }),
      [
        'settings: profile is "p" (--profile)',
        'credentials: --profile was given: no environment variable names an identity',
        'credentials: profile p: shared-credentials-file: found: /home/user/.aws/credentials',
        'credentials: access key id AKIAP signs (shared-credentials-file)',
      ],
    ],
    [
      'a chain of roles with MFA',
      () => ({
        env: { AWS_PROFILE: 'r' },
        config: `[profile r]\n${ROLE}source_profile = m\nexternal_id = external-id\nmfa_serial = arn:mfa/me\n[profile m]\n${role('M')}source_profile = s\n[profile s]\n${pair('AKIAS')}`,
        answers: ['123456'],
      }),
      [
        'settings: profile is "r" ($AWS_PROFILE)',
        'credentials: profile s: config-file: found: /home/user/.aws/config',
        'credentials: profile m: arn:aws:iam::123456789012:role/M is assumed with what config-file gives',
        'credentials: profile r: arn:aws:iam::123456789012:role/R is assumed with what assume-role gives',
        'credentials: AssumeRole: asking http://services',
        'credentials: access key id ASIAROLE signs (assume-role)',
      ],
    ],
    [
      'SSO',
      () => ({ config: `[default]\n${SSO}`, files: SSO_TOKEN }),
      [
        'credentials: profile default: sso: found: role Admin of account 123456789012 at https://x.awsapps.com/start',
        'credentials: access key id ASIASSO signs (sso)',
      ],
    ],
    [
      'a login session',
      () => ({ config: '[default]\nlogin_session = me\n', files: LOGIN }),
      ['credentials: profile default: login: found: session me', 'credentials: access key id ASIALOGIN signs (login)'],
    ],
    [
      'a web identity',
      () => ({ env: WEB, files: WEB_TOKEN }),
      [
        'credentials: profile default: assume-role-with-web-identity: found: arn:aws:iam::123456789012:role/W for the token in /token',
        'credentials: access key id ASIAWEB signs (assume-role-with-web-identity)',
      ],
    ],
    [
      'a program',
      () => ({ config: '[default]\ncredential_process = keys --password program-secret\n', execute }),
      ["credentials: starting the program of credential_process, 'keys'", 'credentials: access key id AKIAPROCESS signs (custom-process)'],
    ],
    [
      'a container',
      () => ({ env: inContainer() }),
      ['credentials: profile default: container-role: found', 'credentials: access key id ASIACONTAINER signs (container-role)'],
    ],
    [
      'an instance',
      () => ({ env: onInstance() }),
      ['credentials: instance metadata: role the-role', 'credentials: access key id ASIAINSTANCE signs (iam-role)'],
    ],
    [
      'nobody',
      () => ({ env: { HTTPS_PROXY: 'http://me:proxy-password@127.0.0.1:9' } }),
      [
        'config: no /home/user/.aws/config (ENOENT)',
        'credentials: profile default: iam-role: not configured',
        'An error occurred (NoCredentials): Unable to locate credentials. You can configure credentials by running "aws login".',
      ],
    ],
    [
      'a profile that does not exist',
      () => ({ env: { ...KEYS, AWS_PROFILE: 'prdo' }, config: `[profile prod]\n${pair('AKIAP')}` }),
      [
        'config: read /home/user/.aws/config: [profile prod]',
        'settings: profile is "prdo" ($AWS_PROFILE)',
        'The config profile (prdo) could not be found',
      ],
    ],
  ])('%s', async (_, setUp, because) => {
    const { argv = [], env, ...rest } = setUp()
    const { said } = await invoke({ ...rest, env: { ...here(), ...env }, argv: [...argv, '--debug'] })
    const lines = said
      .replaceAll(services.url, 'http://services')
      .split('\n')
      .map(line => line.replace(/^\d{4}-\S+Z /, ''))
    for (const line of because) expect(lines).toContain(line)
    expect(said).not.toMatch(SECRETS)
  })
})
