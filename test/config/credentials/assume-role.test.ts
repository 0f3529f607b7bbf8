import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AwsServices, startAwsServices, stsError } from '../../support/aws-services.ts'
import { NOWHERE, type SetUp, signer } from '../../support/signer.ts'

let services: AwsServices
beforeAll(async () => {
  services = await startAwsServices()
})
beforeEach(() => services.reset())
afterAll(() => services.close())

const SOURCE = '[profile src]\naws_access_key_id = AKIASRC\naws_secret_access_key = s\n'
const ROLE = '[profile r]\nrole_arn = arn:aws:iam::123456789012:role/R\n'
const assuming = (keys: string, setUp: SetUp = {}) =>
  signer({ services, profile: 'r', config: `${ROLE}source_profile = src\n${keys}${SOURCE}`, ...setUp })
const bodies = () => services.asked.map(({ body }) => body)
const SIGNED_BY = /Credential=([^/]+)\/\d{8}\/([^,]+)\/aws4_request/
const signers = () =>
  services.asked.map(({ headers }) =>
    SIGNED_BY.exec(headers.authorization ?? '')
      ?.slice(1)
      .join(' '),
  )
const START = 'Action=AssumeRole&Version=2011-06-15'
const ARN = 'RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FR'

describe('the requests to STS, byte for byte as aws-cli 2.36.7 sends them', () => {
  test.each<[string, keys: string, parameters: string]>([
    ['a session name is made from the clock, and no duration is sent', '', `${ARN}&RoleSessionName=botocore-session-1767225600`],
    [
      'what the profile says goes first',
      'duration_seconds = 900\nexternal_id = e\u00e9\nrole_session_name = a b*~\n',
      `RoleSessionName=a+b%2A~&ExternalId=e%C3%A9&DurationSeconds=900&${ARN}`,
    ],
    ['a duration that is no integer is left out', 'duration_seconds = 900.0\nrole_session_name = me\n', `RoleSessionName=me&${ARN}`],
    [
      'an integer is read as Python reads it',
      'duration_seconds = +9_00\nrole_session_name = me\n',
      `RoleSessionName=me&DurationSeconds=900&${ARN}`,
    ],
  ])('%s', async (_, keys, parameters) => {
    await assuming(keys).load()
    expect(bodies()).toEqual([`${START}&${parameters}`])
    expect(signers()).toEqual(['AKIASRC us-east-1/sts'])
    expect(services.asked[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded; charset=utf-8')
  })

  test('a custom endpoint keeps its path and query as they stand', async () => {
    await assuming('', { nested: { endpointFor: () => `${services.url}/a/b?x=1` } })
      .load()
      .catch(() => {})
    expect(services.asked[0]?.line).toBe('POST /a/b?x=1')
  })
})

describe('the endpoint of STS, without a custom one', () => {
  test.each<[string, SetUp['nested'], host: string]>([
    ['in the region of the run', { region: 'eu-west-1' }, 'sts.eu-west-1.amazonaws.com'],
    ['globally where there is no region', { region: undefined }, 'sts.amazonaws.com'],
    ['at the FIPS endpoint', { region: 'us-west-2', useFipsEndpoint: true }, 'sts-fips.us-west-2.amazonaws.com'],
    ['in the other partitions', { region: 'cn-north-1' }, 'sts.cn-north-1.amazonaws.com.cn'],
  ])('%s', async (_, nested, host) => {
    const env = { HTTPS_PROXY: NOWHERE }
    const { load, host: machine } = assuming('', { env, nested: { maxAttempts: 1, endpointFor: () => undefined, ...nested } })
    await expect(load()).rejects.toThrow(`Failed to connect to proxy URL: "${NOWHERE}"`)
    expect(machine.debugged).toContain(`credentials: AssumeRole: asking https://${host}`)
  })
})

test('STS is called through the proxy, with the CA bundle, and with certificates checked', async () => {
  const { load, connections } = assuming('', { nested: { caBundle: '/ca.pem', connectTimeout: 5, readTimeout: undefined } })
  await load()
  expect(connections).toEqual([{ connectTimeout: 5, readTimeout: undefined, caBundle: '/ca.pem', verify: true, proxies: true }])
})

describe('where the chain begins', () => {
  test.each<[string, SetUp, signers: string[]]>([
    [
      'a role of a role',
      { config: `${ROLE}source_profile = mid\n[profile mid]\nrole_arn = arn:aws:iam::1:role/Mid\nsource_profile = src\n${SOURCE}` },
      ['AKIASRC us-east-1/sts', 'ASIAROLE us-east-1/sts'],
    ],
    [
      'the profile itself, which has keys',
      { config: `${ROLE}source_profile = r\n${SOURCE.replace('[profile src]\n', '')}` },
      ['AKIASRC us-east-1/sts'],
    ],
    [
      'a source that has keys beside a role uses the keys',
      { config: `${ROLE}source_profile = src\n${SOURCE}role_arn = x\nsource_profile = nobody\n` },
      ['AKIASRC us-east-1/sts'],
    ],
    [
      'credential_source = Environment, also with --profile',
      { config: `${ROLE}credential_source = Environment\n`, env: { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' } },
      ['AKIAENV us-east-1/sts'],
    ],
  ])('%s', async (_, setUp, expected) => {
    expect((await assuming('', setUp).load()).accessKeyId).toBe('ASIAROLE')
    expect(signers()).toEqual(expected)
  })

  test.each([
    ['EcsContainer', 'ASIACONTAINER us-east-1/sts'],
    ['Ec2InstanceMetadata', 'ASIAINSTANCE us-east-1/sts'],
  ])('credential_source = %s', async (source, expected) => {
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${services.url}/container` }
    await assuming('', { config: `${ROLE}credential_source = ${source}\n`, env }).load()
    expect(signers().at(-1)).toBe(expected)
  })
})

describe('a chain that cannot work is refused before any request', () => {
  const loop = 'Infinite loop in credential configuration detected. Attempting to load from profile'
  test.each<[string, config: string, sentence: string]>([
    [
      'both kinds of source',
      `${ROLE}source_profile = src\ncredential_source = Environment\n`,
      'The profile "r" contains both source_profile and credential_source.',
    ],
    ['no such source profile', `${ROLE}source_profile = zz\n`, 'The source_profile "zz" referenced in the profile "r" does not exist.'],
    [
      'no such source',
      `${ROLE}credential_source = environment\n`,
      'The credential source "environment" referenced in profile "r" is not valid.',
    ],
    [
      'a source without credentials',
      `${ROLE}credential_source = Environment\n`,
      'Error when retrieving credentials from Environment: No credentials found in credential_source referenced in profile r',
    ],
    ['itself, without keys', `${ROLE}source_profile = r\n`, `${loop} r which has already been visited. Visited profiles: ['r']`],
    [
      'a loop further on',
      `${ROLE}source_profile = a\n[profile a]\nrole_arn = x\nsource_profile = r\n`,
      `${loop} r which has already been visited. Visited profiles: ['r', 'a']`,
    ],
    [
      'keys of the source in part',
      `${ROLE}source_profile = a\n[profile a]\naws_access_key_id = A\n`,
      'Partial credentials found in config-file, missing: aws_secret_access_key',
    ],
  ])('%s', async (_, config, sentence) => {
    await expect(assuming('', { config }).choose()).rejects.toMatchObject({ message: sentence, exitCode: 255 })
    expect(services.asked).toEqual([])
  })

  test('credential_source = Ec2InstanceMetadata obeys the switch', async () => {
    const setUp = { config: `${ROLE}credential_source = Ec2InstanceMetadata\n`, env: { AWS_EC2_METADATA_DISABLED: 'TRUE' } }
    await expect(assuming('', setUp).choose()).rejects.toThrow('No credentials found in credential_source referenced in profile r')
    expect(services.asked).toEqual([])
  })
})

test('parameters that STS would refuse are refused before the request', async () => {
  const { load } = assuming('external_id = x\nduration_seconds = 5\n', {
    config: `[profile r]\nrole_arn = short\nsource_profile = src\nexternal_id = x\nduration_seconds = 5\n${SOURCE}`,
  })
  await expect(load()).rejects.toMatchObject({
    exitCode: 252,
    message: [
      'Parameter validation failed:',
      'Invalid length for parameter RoleArn, value: 5, valid min length: 20',
      'Invalid value for parameter DurationSeconds, value: 5, valid min value: 900',
      'Invalid length for parameter ExternalId, value: 1, valid min length: 2',
    ].join('\n'),
  })
})

describe('MFA', () => {
  const MFA = 'mfa_serial = arn:aws:iam::1:mfa/me\nrole_session_name = me\n'

  test('prompts for the code on the terminal, and sends it', async () => {
    const { host, load } = assuming(MFA, { answers: ['123456'] })
    await load()
    expect(host.prompts).toEqual(['Enter MFA code for arn:aws:iam::1:mfa/me: '])
    expect(bodies()).toEqual([`${START}&RoleSessionName=me&SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fme&${ARN}&TokenCode=123456`])
  })

  test('without an answer to the prompt, STS is not called', async () => {
    await expect(assuming(MFA).load()).rejects.toMatchObject({ message: '', exitCode: 255 })
    expect(services.asked).toEqual([])
  })

  test('once for each session: the next run finds it in the cache', async () => {
    const { host, load } = assuming(MFA, { answers: ['123456'] })
    await load()
    await load()
    expect(host.prompts).toHaveLength(1)
    expect(services.asked).toHaveLength(1)
  })
})

describe('what STS refuses, and what goes wrong on the way', () => {
  test('a refusal is final', async () => {
    services.instead.push(stsError('AccessDenied', 'not you'))
    await expect(assuming('').load()).rejects.toMatchObject({
      code: 'AccessDenied',
      exitCode: 254,
      message: 'An error occurred (AccessDenied) when calling the AssumeRole operation: not you',
      members: new Map(Object.entries({ Code: 'AccessDenied', Message: 'not you' })),
    })
    expect(services.asked).toHaveLength(1)
  })

  test.each([
    ['a throttled call', stsError('Throttling', 'Rate exceeded', 400)],
    ['an answer of 503 without an error in it', { status: 503, body: '' }],
  ])('%s is tried again', async (_, reply) => {
    services.instead.push(reply, reply)
    expect((await assuming('').load()).accessKeyId).toBe('ASIAROLE')
    expect(services.asked).toHaveLength(3)
  })

  test('three times in all', async () => {
    services.instead.push(...Array.from({ length: 3 }, () => stsError('InternalFailure', 'boom', 500)))
    await expect(assuming('').load()).rejects.toThrow(
      'An error occurred (InternalFailure) when calling the AssumeRole operation (reached max retries: 2): boom',
    )
  })

  test.each([
    ['', "no element found: line 1, column 0), invalid XML received. Further retries may succeed:\nb''"],
    ['Forbidden', "syntax error: line 1, column 0), invalid XML received. Further retries may succeed:\nb'Forbidden'"],
    [
      '{"Forbidden": 1}',
      'not well-formed (invalid token): line 1, column 0), invalid XML received. Further retries may succeed:\nb\'{"Forbidden": 1}\'',
    ],
  ])('what a gateway says in its place is quoted: %j', async (body, complaint) => {
    services.instead.push({ status: 403, body })
    await expect(assuming('').load()).rejects.toMatchObject({ message: `Unable to parse response (${complaint}`, exitCode: 255 })
    expect(services.asked).toHaveLength(1)
  })

  test('nobody there', async () => {
    const { load } = assuming('', { nested: { maxAttempts: 1, endpointFor: () => NOWHERE } })
    await expect(load()).rejects.toThrow(`Could not connect to the endpoint URL: "${NOWHERE}/"`)
  })

  const session =
    '<AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>'
  test.each([
    ['ends early', session, 'Unable to parse response (no element found: line 1, column 125)'],
    ['is no XML', 'nope', 'Unable to parse response (syntax error: line 1, column 0)'],
    [
      'names two ids',
      `<R>${session}<AccessKeyId>B</AccessKeyId></Credentials></AssumeRoleResult></R>`,
      'The reply has more than one AccessKeyId',
    ],
    [
      'has no secret',
      '<R><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId></Credentials></AssumeRoleResult></R>',
      'Unable to parse response to the AssumeRole operation (status 200)',
    ],
  ])('a reply that %s is an error that does not quote it', async (_, body, message) => {
    services.instead.push({ body })
    await expect(assuming('').load()).rejects.toMatchObject({ message, exitCode: 255 })
    expect(services.asked).toHaveLength(1)
  })

  test.each(['', '<html>Welcome to the Wi-Fi</html>', '<AssumeRoleResponse/>'])(
    'an answer without credentials is no success: %j',
    async body => {
      services.instead.push({ body })
      await expect(assuming('').load()).rejects.toMatchObject({ exitCode: 255 })
    },
  )
})
