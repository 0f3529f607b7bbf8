/** One call in the JSON protocol: where it goes, that its signature holds, and a clock that is wrong. */
import { HttpResponse } from '@smithy/core/protocols'
import { describe, expect, test } from 'vitest'
import { createJsonCall } from '../../src/aws/json-call.ts'
import type { AwsRequest } from '../../src/core/remote.ts'
import type { Transport, TransportRequest } from '../../src/core/transport.ts'
import { checkSignature, readClaim } from '../support/signature.ts'

const NOW = Date.UTC(2026, 0, 31)
const CREDENTIALS = { accessKeyId: 'AKIANEW', secretAccessKey: 'secret' }
const REQUEST: AwsRequest = {
  service: 'secretsmanager',
  operation: 'GetSecretValue',
  region: undefined,
  input: new Map([['SecretId', 'ä']]),
}

type Options = Parameters<typeof createJsonCall>[0]
type Reply = { readonly status: number; readonly date?: number; readonly body?: string }

/** What is sent, and what comes of it. */
async function called(request: Partial<AwsRequest> = {}, options: Partial<Options> = {}, replies: readonly Reply[] = [{ status: 200 }]) {
  const sent: TransportRequest[] = []
  const transport: Transport = {
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
    async handle(request) {
      const { status, date = NOW, body = '{}' } = replies[sent.push(request) - 1] ?? { status: 500 }
      return {
        response: new HttpResponse({ statusCode: status, headers: { date: new Date(date).toUTCString() }, body: Buffer.from(body) }),
      }
    },
  }
  const call = createJsonCall({
    region: 'us-east-1',
    endpointFor: () => undefined,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    credentials: CREDENTIALS,
    userAgent: 'iamkey/test',
    clock: { now: () => NOW, sleep: async () => {} },
    transport,
    ...options,
  })
  const reply = await call({ ...REQUEST, ...request }, new AbortController().signal)
  return { sent, reply }
}

function isSigned({ method, path, headers, body }: TransportRequest, service: string, now = NOW): string {
  const request = {
    method,
    url: path,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body),
  }
  const claim = readClaim(request)
  checkSignature(request, claim, CREDENTIALS.secretAccessKey, service, now)
  return claim.scope.join(' ')
}

test('a call is signed, and has the form of the protocol', async () => {
  const { sent, reply } = await called()
  const [request] = sent
  if (request === undefined) throw new Error('nothing was sent')
  expect([
    isSigned(request, 'secretsmanager'),
    request.headers['x-amz-target'],
    request.headers['content-type'],
    request.body,
    reply.status,
  ]).toEqual([
    '20260131 us-east-1 secretsmanager',
    'secretsmanager.GetSecretValue',
    'application/x-amz-json-1.1',
    '{"SecretId": "\\u00e4"}',
    200,
  ])
})

test('a session has its token signed, too', async () => {
  const { sent } = await called({}, { credentials: { ...CREDENTIALS, sessionToken: 'token' } })
  const [request] = sent
  expect([request?.headers['x-amz-security-token'], request && isSigned(request, 'secretsmanager')]).toEqual([
    'token',
    '20260131 us-east-1 secretsmanager',
  ])
})

// As the rules of botocore 1.43.11 have them.
describe('goes to', () => {
  test.each([
    ['secretsmanager', 'us-east-1', false, false, 'secretsmanager.us-east-1.amazonaws.com'],
    ['secretsmanager', 'us-east-1', true, false, 'secretsmanager-fips.us-east-1.amazonaws.com'],
    ['secretsmanager', 'us-east-1', false, true, 'secretsmanager.us-east-1.amazonaws.com'],
    ['secretsmanager', 'eu-central-1', true, true, 'secretsmanager-fips.eu-central-1.amazonaws.com'],
    ['secretsmanager', 'us-gov-west-1', false, true, 'secretsmanager.us-gov-west-1.amazonaws.com'],
    ['secretsmanager', 'us-gov-west-1', true, true, 'secretsmanager-fips.us-gov-west-1.amazonaws.com'],
    ['secretsmanager', 'cn-north-1', false, false, 'secretsmanager.cn-north-1.amazonaws.com.cn'],
    ['secretsmanager', 'cn-north-1', false, true, 'secretsmanager.cn-north-1.amazonaws.com.cn'],
    ['secretsmanager', 'cn-north-1', true, true, 'secretsmanager-fips.cn-north-1.api.amazonwebservices.com.cn'],
    ['secretsmanager', 'us-iso-east-1', false, false, 'secretsmanager.us-iso-east-1.c2s.ic.gov'],
    ['secretsmanager', 'us-isob-east-1', false, true, 'secretsmanager.us-isob-east-1.api.aws.scloud'],
    ['secretsmanager', 'eusc-de-east-1', false, false, 'secretsmanager.eusc-de-east-1.amazonaws.eu'],
    ['ssm', 'us-east-1', false, false, 'ssm.us-east-1.amazonaws.com'],
    ['ssm', 'us-east-1', true, false, 'ssm-fips.us-east-1.amazonaws.com'],
    ['ssm', 'eu-central-1', false, true, 'ssm.eu-central-1.api.aws'],
    ['ssm', 'eu-central-1', true, true, 'ssm-fips.eu-central-1.api.aws'],
    ['ssm', 'us-gov-west-1', true, false, 'ssm.us-gov-west-1.amazonaws.com'],
    ['ssm', 'us-gov-west-1', true, true, 'ssm-fips.us-gov-west-1.api.aws'],
    ['ssm', 'cn-north-1', false, true, 'ssm.cn-north-1.api.amazonwebservices.com.cn'],
    ['ssm', 'us-iso-east-1', true, true, 'ssm-fips.us-iso-east-1.api.aws.ic.gov'],
  ] as const)('%s in %s, FIPS %s, dual stack %s: %s', async (service, region, useFipsEndpoint, useDualstackEndpoint, host) => {
    const { sent } = await called({ service, region }, { useFipsEndpoint, useDualstackEndpoint })
    const [request] = sent
    expect([request?.protocol, request?.hostname, request && isSigned(request, service)]).toEqual([
      'https:',
      host,
      `20260131 ${region} ${service}`,
    ])
  })

  test('a custom endpoint, as it stands', async () => {
    const { sent } = await called({}, { endpointFor: () => 'http://localhost:4566/aws' })
    const [request] = sent
    expect([request?.protocol, request?.hostname, request?.port, request?.path, request && isSigned(request, 'secretsmanager')]).toEqual([
      'http:',
      'localhost',
      4566,
      '/aws',
      '20260131 us-east-1 secretsmanager',
    ])
  })
})

test('without a region nothing is sent', async () => {
  await expect(called({}, { region: undefined })).rejects.toThrow('no region is configured, and its name has none')
})

const LATER = NOW + 3_600_000

test("a refusal because of the clock is retried, signed by the service's clock", async () => {
  const { sent, reply } = await called({}, {}, [
    { status: 400, date: LATER },
    { status: 200, date: LATER },
  ])
  const [first, second] = sent
  expect([first && isSigned(first, 'secretsmanager'), second && isSigned(second, 'secretsmanager', LATER), reply.status]).toEqual([
    '20260131 us-east-1 secretsmanager',
    '20260131 us-east-1 secretsmanager',
    200,
  ])
})

test.each<[string, readonly Reply[], number]>([
  ['by a clock that is right', [{ status: 400 }], 400],
  [
    'a second time',
    [
      { status: 400, date: LATER },
      { status: 403, date: LATER },
    ],
    403,
  ],
  ['that is no refusal', [{ status: 500, date: LATER }], 500],
])('a refusal %s is final', async (_, replies, status) => {
  const { sent, reply } = await called({}, {}, replies)
  expect([sent.length, reply.status]).toEqual([replies.length, status])
})
