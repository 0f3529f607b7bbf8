import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { availabilityZone } from '../../../src/config/credentials/instance-metadata.ts'
import { createTransport } from '../../../src/http/transport.ts'
import { type AwsServices, type Reply, startAwsServices } from '../../support/aws-services.ts'
import { testHost } from '../../support/host.ts'
import { NOWHERE, type SetUp, signer } from '../../support/signer.ts'

let services: AwsServices
beforeAll(async () => {
  services = await startAwsServices()
})
beforeEach(() => services.reset())
afterAll(() => services.close())

const signing = (instanceMetadata: SetUp['instanceMetadata'] = {}) => signer({ services, instanceMetadata })
const lines = () => services.asked.map(({ line }) => line)
const ROLES = 'GET /latest/meta-data/iam/security-credentials/'
const NO_CREDENTIALS = { code: 'NoCredentials', exitCode: 253 }
const V1_DISABLED = 'Error retrieving metadata: Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled'

test.each(['', '/'])('a token, the name of the role, its session (endpoint ending in %j)', async slash => {
  const { load, connections } = signing({ endpoint: services.url + slash, timeout: 2 })
  expect(await load()).toEqual({ accessKeyId: 'ASIAINSTANCE', secretAccessKey: 'metadata-secret', sessionToken: 'metadata-token' })
  expect(lines()).toEqual(['PUT /latest/api/token', ROLES, `${ROLES}the-role`])
  expect(services.asked[0]?.headers['x-aws-ec2-metadata-token-ttl-seconds']).toBe('21600')
  expect(services.asked.slice(1).map(({ headers }) => headers['x-aws-ec2-metadata-token'])).toEqual(['imds-token', 'imds-token'])
  expect(connections[0]).toMatchObject({ connectTimeout: 2, readTimeout: 2 })
})

describe('an instance without tokens', () => {
  test.each<[string, Reply | 'hang']>([
    ['does not know them', { status: 404, body: '' }],
    ['forbids them', { status: 403, body: '' }],
    ['does not let them through', 'hang'],
  ])('%s: IMDSv1 answers', async (_, reply) => {
    services.instead.push(reply)
    expect((await signing().load()).accessKeyId).toBe('ASIAINSTANCE')
    expect(services.asked[1]?.headers['x-aws-ec2-metadata-token']).toBeUndefined()
  })

  test('is an error where IMDSv1 is switched off', async () => {
    services.instead.push({ status: 404, body: '' })
    await expect(signing({ v1Disabled: true }).choose()).rejects.toMatchObject({ message: V1_DISABLED, exitCode: 255 })
    expect(services.asked).toHaveLength(1)
  })

  test('that nobody is, is one as well', async () => {
    await expect(signing({ v1Disabled: true, endpoint: NOWHERE }).choose()).rejects.toThrow(V1_DISABLED)
  })
})

describe('a machine that is no instance, or has no role, has no credentials', () => {
  test.each<[string, () => void]>([
    ['the token is refused', () => services.instead.push({ status: 400, body: '' })],
    ['no role', () => services.instead.push({ body: 'token' }, { status: 404, body: '' })],
    ['a role without a name', () => services.instead.push({ body: 'token' }, { body: '' })],
    ['a session that is no JSON', () => services.instead.push({ body: 'token' }, { body: 'role' }, { body: '<html>' })],
    [
      'a session that is an error',
      () => services.instead.push({ body: 'token' }, { body: 'role' }, { body: '{"Code": "Failed", "Message": "no"}' }),
    ],
  ])('%s', async (_, prepare) => {
    prepare()
    await expect(signing().load()).rejects.toMatchObject(NO_CREDENTIALS)
  })

  test('nobody listens', async () => {
    await expect(signing({ endpoint: NOWHERE }).load()).rejects.toMatchObject(NO_CREDENTIALS)
  })

  test('nobody answers: each request ends after its time-out', async () => {
    services.instead.push('hang', 'hang')
    await expect(signing().load()).rejects.toMatchObject(NO_CREDENTIALS)
    expect(lines()).toEqual(['PUT /latest/api/token', ROLES])
  })
})

test('each request is made as often as the settings say', async () => {
  services.instead.push({ status: 500, body: '' }, { body: 'token' }, { status: 500, body: '' }, { body: 'role' })
  services.instead.push({ body: 'no JSON' }, { body: 'no JSON' })
  await expect(signing({ attempts: 2 }).load()).rejects.toMatchObject(NO_CREDENTIALS)
  expect(lines()).toHaveLength(6)
})

test('a session that has ended still signs: the service renews it in its own time', async () => {
  const session = { AccessKeyId: 'ASIAENDED', SecretAccessKey: 's', Token: 't', Expiration: '2001-01-01T00:00:00Z' }
  services.instead.push({ body: 'token' }, { body: 'role' }, { body: JSON.stringify(session) })
  expect((await signing().load()).accessKeyId).toBe('ASIAENDED')
})

describe('the availability zone', () => {
  const zoneAt = (endpoint: string) => {
    const host = testHost()
    const settings = { endpoint, timeout: 1, attempts: 1, v1Disabled: false }
    return availabilityZone(settings, { host, connect: options => createTransport(options, host) })
  }

  test('is requested with a token', async () => {
    expect(await zoneAt(services.url)).toBe('eu-west-3a')
    expect(lines()).toEqual(['PUT /latest/api/token', 'GET /latest/meta-data/placement/availability-zone/'])
  })

  test('is unknown where nobody answers', async () => {
    expect(await zoneAt(NOWHERE)).toBeUndefined()
  })
})
