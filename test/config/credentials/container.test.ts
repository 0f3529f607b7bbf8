import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AwsServices, startAwsServices } from '../../support/aws-services.ts'
import { NOWHERE, signer } from '../../support/signer.ts'

let services: AwsServices
beforeAll(async () => {
  services = await startAwsServices()
})
beforeEach(() => services.reset())
afterAll(() => services.close())

const signing = (env: Record<string, string>, files = {}) =>
  signer({ services, env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${services.url}/container`, ...env }, files })
const failed = 'Error when retrieving credentials from container-role: Error retrieving metadata:'

test('the service is called once, without a proxy, with a timeout of two seconds', async () => {
  const { load, connections } = signing({ HTTP_PROXY: NOWHERE })
  expect(await load()).toEqual({ accessKeyId: 'ASIACONTAINER', secretAccessKey: 'metadata-secret', sessionToken: 'metadata-token' })
  expect(services.asked.map(({ line }) => line)).toEqual(['GET /container'])
  expect(connections).toEqual([{ connectTimeout: 2, readTimeout: 2, verify: true, caBundle: undefined, proxies: false }])
})

test('a query is part of the address', async () => {
  await signing({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${services.url}/container?b=%20&a=1` }).load()
  expect(services.asked[0]?.line).toBe('GET /container?b=%20&a=1')
})

test.each([
  ['a variable', { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'given' }, 'given'],
  [
    'a file, which beats the variable',
    { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'given', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/token' },
    'filed',
  ],
  ['neither', {}, undefined],
])('the token comes from %s', async (_, env, token) => {
  await signing(env, { '/token': 'filed' }).load()
  expect(services.asked[0]?.headers.authorization).toBe(token)
})

test.each([
  ['that ends in a line end', { '/token': 'filed\n' }, 'Auth token value is not a legal header value'],
  ['that is not there', {}, "[Errno 2] No such file or directory: '/token'"],
])('a token file %s is refused, and nothing is asked without the token', async (_, files, sentence) => {
  await expect(signing({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/token' }, files).choose()).rejects.toThrow(sentence)
  expect(services.asked).toEqual([])
})

describe('plain HTTP is allowed for local hosts only', () => {
  const hosts = '169.254.170.2, 169.254.170.23, fd00:ec2::23, localhost'
  test.each([
    ['http://10.1.2.3/x', '10.1.2.3'],
    ['http://Example.com/x', 'example.com'],
    ['http://127.0.0.1.example.com/', '127.0.0.1.example.com'],
    ['http://localhost@example.com/', 'example.com'],
    ['junk', 'None'],
    ['', 'None'],
  ])('not %j', async (url, host) => {
    await expect(signing({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url }).choose()).rejects.toThrow(
      `Unsupported host '${host}'.  Can only retrieve metadata from a loopback address or one of these hosts: ${hosts}`,
    )
  })

  test('the relative address is one of the link', async () => {
    const { connections, host, choose } = signing({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '@example.com/' })
    await expect(choose()).rejects.toThrow("Unsupported host 'example.com'.")
    expect([connections, host.debugged.filter(line => line.includes('attempt'))]).toEqual([[], []])
  })
})

describe('three attempts, and then it is final', () => {
  test.each([
    ['an error', { status: 500, body: 'oops' }, 'Received non 200 response 500 from container metadata: oops'],
    ['no JSON', { body: 'nope' }, 'Unable to parse JSON returned from container metadata services'],
  ])('%s', async (_, reply, sentence) => {
    services.instead.push(reply, reply, reply)
    await expect(signing({}).choose()).rejects.toMatchObject({ message: `${failed} ${sentence}`, exitCode: 255 })
    expect(services.asked).toHaveLength(3)
  })

  test('somebody who accepts and never answers is not waited for', async () => {
    services.instead.push('hang', 'hang', 'hang')
    await expect(signing({}).choose()).rejects.toThrow(
      `${failed} Received error when attempting to retrieve container metadata: Read timeout on endpoint URL: "${services.url}/container"`,
    )
  })

  test('the third can do it', async () => {
    services.instead.push({ status: 500, body: '' }, { status: 404, body: '' })
    expect((await signing({}).load()).accessKeyId).toBe('ASIACONTAINER')
  })
})

test.each(['AccessKeyId', 'SecretAccessKey', 'Token', 'Expiration'])('an answer without %s is an error', async name => {
  const reply = { AccessKeyId: 'a', SecretAccessKey: 's', Token: 't', Expiration: '2999-01-01T00:00:00Z', [name]: undefined }
  services.instead.push({ body: JSON.stringify(reply) })
  await expect(signing({}).choose()).rejects.toThrow(`'${name}'`)
  expect(services.asked).toHaveLength(1)
})
