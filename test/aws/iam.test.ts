/** How calls end, through the real SDK: what a reply or its absence says about what was done. */
import { HttpResponse } from '@smithy/core/protocols'
import { expect, test } from 'vitest'
import { createIam } from '../../src/aws/iam.ts'
import { ServiceError } from '../../src/core/errors.ts'
import { CallFailure, NotSent, OutcomeUnknown } from '../../src/core/iam.ts'
import { type Transport, TransportFailure } from '../../src/core/transport.ts'

const ID = 'AKIAIOSFODNN7EXAMPLE'
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const NOW = Date.now()

const created = (members: string) =>
  `<CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateAccessKeyResult><AccessKey>${members}</AccessKey>` +
  '</CreateAccessKeyResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></CreateAccessKeyResponse>'
const KEY = created(
  `<UserName>Bob</UserName><AccessKeyId>${ID}</AccessKeyId><Status>Active</Status><SecretAccessKey>${SECRET}</SecretAccessKey><CreateDate>2015-03-09T18:39:23.411Z</CreateDate>`,
)
const CUT = KEY.slice(0, KEY.indexOf('</SecretAccessKey>'))
const error = (code: string) => `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`
const reply = (statusCode: number, body: string, date = NOW) =>
  new HttpResponse({ statusCode, headers: { date: new Date(date).toUTCString() }, body: Buffer.from(body) })

type Answer = HttpResponse | Error | (() => never)

/** The connection answers in turn. */
function iam(...answers: readonly Answer[]) {
  const left = [...answers]
  const requests: { headers: Record<string, string>; body: string }[] = []
  const transport: Transport = {
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
    async handle(request) {
      requests.push({ headers: request.headers, body: String(request.body) })
      const answer = left.shift()
      if (typeof answer === 'function') return answer()
      if (answer === undefined || answer instanceof Error) throw answer
      return { response: answer }
    },
  }
  const client = createIam({
    region: 'us-east-1',
    endpoint: undefined,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    credentials: { accessKeyId: 'AKIASIGNER', secretAccessKey: 'signer' },
    transport,
    userAgent: [['iamkey', '1']],
  })
  return { ...client, requests }
}

async function ends(answer: Answer) {
  const thrown = await iam(answer)
    .call('CreateAccessKey', { UserName: 'Bob' })
    .catch((thrown: unknown) => thrown)
  if (!(thrown instanceof CallFailure)) return thrown
  const { retryable, message, failure } = thrown
  return {
    kind: thrown.constructor.name,
    retryable,
    says: failure instanceof ServiceError ? failure.code : message,
    ...(thrown instanceof OutcomeUnknown && thrown.named !== undefined && { named: thrown.named }),
  }
}

test('a key comes as the service sent it, dates untouched', async () => {
  const { call, requests } = iam(reply(200, KEY))
  expect(await call('CreateAccessKey', { UserName: 'Bob' })).toEqual({
    output: {
      AccessKey: { UserName: 'Bob', AccessKeyId: ID, Status: 'Active', SecretAccessKey: SECRET, CreateDate: '2015-03-09T18:39:23.411Z' },
    },
    serverTime: Math.floor(NOW / 1000) * 1000,
  })
  expect(requests.map(({ body }) => body)).toEqual(['Action=CreateAccessKey&Version=2010-05-08&UserName=Bob'])
})

const failure = (sent: boolean, partial?: HttpResponse) => new TransportFailure('closed', { sent, retryable: true, partial })

test.each<[string, Answer, object]>([
  ['no connection', failure(false), { kind: 'NotSent', retryable: true, says: 'closed' }],
  ['no reply', failure(true), { kind: 'OutcomeUnknown', retryable: true, says: 'closed' }],
  [
    'a reply that broke off before the id',
    failure(true, reply(200, KEY.slice(0, 150))),
    { kind: 'OutcomeUnknown', retryable: true, says: 'closed' },
  ],
  [
    'a reply that broke off behind it',
    failure(true, reply(200, CUT)),
    { kind: 'OutcomeUnknown', retryable: true, says: 'closed', named: ID },
  ],
  [
    'a reply that is short',
    reply(200, CUT),
    {
      kind: 'OutcomeUnknown',
      retryable: false,
      says: `Unable to parse response (no element found: line 1, column ${CUT.length})`,
      named: ID,
    },
  ],
  [
    'an empty reply',
    reply(200, ''),
    { kind: 'OutcomeUnknown', retryable: false, says: 'Unable to parse response (no element found: line 1, column 0)' },
  ],
  ['a page of a portal', reply(200, '<html>Sign in</html>'), { kind: 'OutcomeUnknown', retryable: false, says: "'CreateAccessKeyResult'" }],
  ['a refusal', reply(403, error('AccessDenied')), { kind: 'Refused', retryable: false, says: 'AccessDenied' }],
  ['a throttled call', reply(400, error('Throttling')), { kind: 'Refused', retryable: true, says: 'Throttling' }],
  ['a throttled call, by its code alone', reply(503, error('SlowDown')), { kind: 'Refused', retryable: true, says: 'SlowDown' }],
  ['a service that failed', reply(500, error('ServiceFailure')), { kind: 'OutcomeUnknown', retryable: true, says: 'ServiceFailure' }],
  ['a gateway that failed', reply(502, '<html>'), { kind: 'OutcomeUnknown', retryable: true, says: '502' }],
  ['a redirection', reply(307, error('Moved')), { kind: 'OutcomeUnknown', retryable: false, says: 'Moved' }],
  ['a key whose status was damaged', reply(400, KEY), { kind: 'OutcomeUnknown', retryable: false, says: 'Unknown', named: ID }],
  ['an error of our own', new TypeError(SECRET), { kind: 'OutcomeUnknown', retryable: false, says: 'unexpected TypeError of the call' }],
])('%s', async (_, answer, end) => {
  expect(await ends(answer)).toEqual(end)
})

test('a damaged reply is quoted nowhere', async () => {
  for (const status of [200, 400, 500]) expect(JSON.stringify(await ends(reply(status, `${CUT}\u0000`)))).not.toContain(SECRET.slice(0, 12))
})

const HOUR = 3_600_000

test.each([
  ['is ahead of ours', [reply(403, error('SignatureDoesNotMatch'), NOW + HOUR)]],
  // The portal's page has set the SDK's clock, and the refusal sets it back.
  ['is right, and a portal had set ours wrong', [reply(200, '<html>', NOW + HOUR), reply(403, error('SignatureDoesNotMatch'))]],
])('what was refused because of its time can be signed anew where the clock of the server %s', async (_, answers) => {
  const { call } = iam(...answers)
  const ends: unknown[] = []
  for (const _ of answers) ends.push(await call('CreateAccessKey', {}).catch((thrown: unknown) => thrown))
  expect(ends.at(-1)).toMatchObject({ retryable: true })
})

test('a wrong signature at the right time is not tried again', async () => {
  expect(await ends(reply(403, error('SignatureDoesNotMatch')))).toMatchObject({ kind: 'Refused', retryable: false })
})

// Recorded from aws-cli 2.36.7.
test.each([
  ['true', true],
  ['false', false],
  ['TRUE', false],
  [' true ', false],
  ['1', false],
  ['yes', false],
  ['', false],
])('a list that says %j of more to come', async (text, more) => {
  const body = `<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata/><IsTruncated>${text}</IsTruncated></ListAccessKeysResult></ListAccessKeysResponse>`
  expect((await iam(reply(200, body)).call('ListAccessKeys', {})).output).toEqual({ AccessKeyMetadata: [], IsTruncated: more })
})

test.each([
  [false, NotSent],
  [true, OutcomeUnknown],
])('a call that is stopped, where sent is %s, ends as what it is', async (sent, kind) => {
  const stop = new AbortController()
  const { call } = iam(() => {
    stop.abort()
    throw new TransportFailure('stopped', { sent, retryable: true })
  })
  await expect(call('CreateAccessKey', { UserName: 'Bob' }, stop.signal)).rejects.toBeInstanceOf(kind)
})
