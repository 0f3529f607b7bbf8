/** Asking STS who somebody is: which host, signed for what, and how each answer is sorted. */
import { HttpResponse } from '@smithy/core/protocols'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ClientConnection } from '../../src/aws/client.ts'
import { createIdentityCall } from '../../src/aws/sts.ts'
import { CallFailure, NotSent, OutcomeUnknown, Refused } from '../../src/core/iam.ts'
import type { Transport, TransportRequest } from '../../src/core/transport.ts'
import { createTransport } from '../../src/http/transport.ts'
import { Account } from '../support/account.ts'
import { type FakeIam, Fault, refusal, serve } from '../support/fake-iam.ts'
import { testHost } from '../support/host.ts'

const REPLY =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
  '<Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>'

const CONNECTION = {
  region: 'aws-global',
  endpoint: undefined,
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  credentials: { accessKeyId: 'AKIANEW', secretAccessKey: 'secret' },
  userAgent: [['iamkey', 'test']] satisfies [string, string][],
}

/** What is sent, by a transport that answers at once. */
async function sent(about: Partial<ClientConnection>): Promise<TransportRequest> {
  const requests: TransportRequest[] = []
  const transport: Transport = {
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
    async handle(request) {
      requests.push(request)
      return { response: new HttpResponse({ statusCode: 200, headers: {}, body: Buffer.from(REPLY) }) }
    },
  }
  await createIdentityCall({ ...CONNECTION, transport, ...about })()
  const [request] = requests
  if (request === undefined) throw new Error('nothing was sent')
  return request
}

test.each<[string, Partial<ClientConnection>, string, string]>([
  ['no region', {}, 'sts.amazonaws.com', 'us-east-1/sts'],
  ['a region', { region: 'eu-west-1' }, 'sts.eu-west-1.amazonaws.com', 'eu-west-1/sts'],
  ['China', { region: 'cn-north-1' }, 'sts.cn-north-1.amazonaws.com.cn', 'cn-north-1/sts'],
  ['GovCloud', { region: 'us-gov-west-1' }, 'sts.us-gov-west-1.amazonaws.com', 'us-gov-west-1/sts'],
  ['FIPS', { region: 'us-east-2', useFipsEndpoint: true }, 'sts-fips.us-east-2.amazonaws.com', 'us-east-2/sts'],
  ['an endpoint of its own', { region: 'us-east-1', endpoint: 'http://here.test' }, 'here.test', 'us-east-1/sts'],
])('%s', async (_, about, hostname, scope) => {
  const { hostname: asked, headers, body } = await sent(about)
  expect([asked, `${body}`]).toEqual([hostname, 'Action=GetCallerIdentity&Version=2011-06-15'])
  expect(headers.authorization).toContain(`/${scope}/aws4_request`)
})

test('the path of an endpoint of its own is used as it stands', async () => {
  const { path, query } = await sent({ region: 'us-east-1', endpoint: 'http://here.test/a/b?c=d' })
  expect([path, query]).toEqual(['/a/b', { c: 'd' }])
})

describe('what is answered', () => {
  let account: Account
  let iam: FakeIam
  beforeEach(async () => {
    account = new Account({ users: ['Bob'] })
    iam = await serve(account)
  })
  afterEach(() => iam.close())

  const OPTIONS = { connectTimeout: 5, readTimeout: 5, verify: true, caBundle: undefined, proxies: false }
  const ask = (key: { readonly id: string; readonly secret: string }) =>
    createIdentityCall({
      ...CONNECTION,
      region: 'us-east-1',
      endpoint: iam.endpoint,
      credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
      transport: createTransport(OPTIONS, testHost()),
    })
  const outcome = (question: Promise<unknown>) => question.then(undefined, (error: unknown) => error)

  test('who it is', async () => {
    expect(await ask(account.addKey('Bob'))()).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/Bob' })
  })

  test.each([
    ['a key that AWS does not know', () => ({ id: 'AKIANOBODY', secret: 's' }), 'InvalidClientTokenId'],
    ['a wrong secret', () => ({ ...account.addKey('Bob'), secret: 'wrong' }), 'SignatureDoesNotMatch'],
  ])('%s', async (_, key, code) => {
    const error = await outcome(ask(key())())
    expect(error).toBeInstanceOf(Refused)
    expect(error instanceof CallFailure && error.failure.code).toBe(code)
  })

  test.each([
    ['a refusal', { carriedOut: false, reply: refusal(403, 'AccessDenied', 'no') }, Refused],
    ['a service that fails', Fault.failedBefore, OutcomeUnknown],
    ['a reply that is lost', Fault.lostReply, OutcomeUnknown],
    ['a throttled question', Fault.throttled, Refused],
  ])('%s', async (_, fault, kind) => {
    iam.fail('GetCallerIdentity', fault)
    expect(await outcome(ask(account.addKey('Bob'))())).toBeInstanceOf(kind)
  })

  test('nobody there', async () => {
    const question = ask(account.addKey('Bob'))
    await iam.close()
    expect(await outcome(question())).toBeInstanceOf(NotSent)
  })

  test('a question that is called off', async () => {
    iam.fail('GetCallerIdentity', Fault.stuckReply)
    const stop = new AbortController()
    const question = outcome(ask(account.addKey('Bob'))(stop.signal))
    setTimeout(() => stop.abort(), 50)
    expect(await question).toBeInstanceOf(CallFailure)
  })

  test('a clock that is wrong is corrected for the next question', async () => {
    const wrong = new Account({ users: ['Bob'], now: () => Date.now() + 3_600_000 })
    const there = await serve(wrong)
    const key = wrong.addKey('Bob', 0)
    const question = createIdentityCall({
      ...CONNECTION,
      region: 'us-east-1',
      endpoint: there.endpoint,
      credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
      transport: createTransport(OPTIONS, testHost()),
    })
    expect(await outcome(question())).toBeInstanceOf(Refused)
    expect(await question()).toMatchObject({ Account: '123456789012' })
    await there.close()
  })
})
