/**
 * The patched SDK beside the SDK as it comes: what is sent, and what becomes of every reply, must be the same. The patched one is bundled as
 * build.ts does it, the other is what node_modules holds.
 */
import type * as crypto from 'node:crypto'
import * as fs from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import * as os from 'node:os'
import * as path from 'node:path'
import { HttpResponse } from '@smithy/core/protocols'
import * as esbuild from 'esbuild'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ClientConnection } from '../../src/aws/client.ts'
import { createIam } from '../../src/aws/iam.ts'
import { createIdentityCall } from '../../src/aws/sts.ts'
import type { CallFailure, KeyOperation } from '../../src/core/iam.ts'
import { type Transport, TransportFailure } from '../../src/core/transport.ts'
import { COMMON } from '../../startup/packs.ts'
import { patched } from '../../startup/patches.ts'
import { patchedSdk, SDK_PATCHES } from '../../startup/sdk-patches.ts'

/** The bundle has classes of its own. */
interface Module {
  readonly createIam: typeof createIam
  readonly createIdentityCall: typeof createIdentityCall
  readonly TransportFailure: typeof TransportFailure
}
const original: Module = { createIam, createIdentityCall, TransportFailure }

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-sdk-'))
const require = createRequire(import.meta.url)
let slim: Module

beforeAll(async () => {
  const outfile = path.join(folder, 'iam.cjs')
  await esbuild.build({
    ...COMMON,
    stdin: {
      contents: ['aws/iam', 'aws/sts', 'cli/parse', 'core/transport'].map(file => `export * from './src/${file}.ts'`).join('\n'),
      resolveDir: path.resolve('.'),
    },
    format: 'cjs',
    outfile,
    write: true,
    mainFields: ['module', 'main'],
    conditions: ['module'],
    plugins: [patchedSdk()],
  })
  slim = require(outfile)
  // Both draw the id of an invocation, which is signed.
  const id = () => '00000000-0000-4000-8000-000000000000' as const
  vi.spyOn(require('node:crypto') as typeof crypto, 'randomUUID').mockImplementation(id)
  syncBuiltinESMExports()
  vi.spyOn(globalThis.crypto, 'randomUUID').mockImplementation(id)
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00Z') })
}, 60_000)
afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  fs.rmSync(folder, { recursive: true })
})

type Answer = ((Failure: typeof TransportFailure) => never) | { readonly statusCode: number; readonly body: string; readonly date?: string }

interface Case {
  readonly operation?: KeyOperation | 'GetCallerIdentity'
  readonly connection?: Partial<ClientConnection>
  readonly env?: Readonly<Record<string, string>>
  readonly answers?: readonly Answer[]
}

const CREATED = `<CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateAccessKeyResult><AccessKey><UserName>Bob</UserName>
<AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId><Status>Active</Status><SecretAccessKey>s</SecretAccessKey><CreateDate>2015-03-09T18:39:23Z</CreateDate>
</AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>`
const OK: Answer = { statusCode: 200, body: CREATED }
const IDENTITY: Answer = {
  statusCode: 200,
  body: '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/Bob</Arn><UserId>AIDA</UserId><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
}
const refusal = (code: string, statusCode = 400): Answer => ({
  statusCode,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`,
})
const INPUTS: Readonly<Record<KeyOperation, object>> = {
  CreateAccessKey: { UserName: 'Bob' },
  ListAccessKeys: { UserName: 'Bob', Marker: `m !'()*~-_.é/%`, MaxItems: 5 },
  UpdateAccessKey: { UserName: 'Bob', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: 'Inactive' },
  DeleteAccessKey: { UserName: 'B+=,.@-_b', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
  GetAccessKeyLastUsed: { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
  ListUsers: {},
}

const callsOf = (iam: ReturnType<typeof createIam>, operation: KeyOperation) => () => iam.call(operation, INPUTS[operation])

/** Everything that is sent, and how each call ends. */
async function story(
  { createIam, createIdentityCall, TransportFailure }: Module,
  { operation = 'CreateAccessKey', connection, env = {}, answers = [OK] }: Case,
) {
  const requests: object[] = []
  const left = [...answers]
  const transport: Transport = {
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
    async handle({ method, protocol, hostname, port, path, query, headers, body }, options) {
      requests.push({ method, protocol, hostname, port, path, query, headers: Object.entries(headers), body: String(body), options })
      const answer = left.shift()
      if (typeof answer === 'function') return answer(TransportFailure)
      const { statusCode = 200, body: text = '', date } = answer ?? {}
      return { response: new HttpResponse({ statusCode, headers: date === undefined ? {} : { date }, body: Buffer.from(text) }) }
    },
  }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  const ends: unknown[] = []
  try {
    const whole: ClientConnection = {
      region: 'us-east-1',
      endpoint: undefined,
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      credentials: { accessKeyId: 'AKIASIGNER', secretAccessKey: 'signer' },
      userAgent: [['iamkey', '1.0.0']],
      ...connection,
      transport,
    }
    const call = operation === 'GetCallerIdentity' ? createIdentityCall(whole) : callsOf(createIam(whole), operation)
    for (let calls = answers.length; calls > 0; calls--) ends.push(await call().catch(told))
  } finally {
    vi.unstubAllEnvs()
  }
  return { requests, ends }
}

/** Of an error what any caller may look at. */
function told(error: Error): object {
  const { name, message } = error
  const { retryable, serverTime, failure, named } = error as Partial<InstanceType<typeof CallFailure> & { named: string }>
  return {
    name,
    message,
    retryable,
    serverTime,
    named,
    failure: failure && { name: failure.name, message: failure.message, code: failure.code },
  }
}

async function expectSame(about: Case): Promise<void> {
  const [ours, theirs] = [await story(slim, about), await story(original, about)]
  expect(theirs.ends.length + theirs.requests.length).toBeGreaterThan(0)
  expect(ours).toEqual(theirs)
}

test.each(Object.keys(INPUTS) as KeyOperation[])('%s is sent and read alike', async operation => {
  const result = `<${operation}Result><IsTruncated>false</IsTruncated><AccessKeyMetadata><member><AccessKeyId>A</AccessKeyId></member></AccessKeyMetadata></${operation}Result>`
  await expectSame({ operation, answers: [{ statusCode: 200, body: `<${operation}Response>${result}</${operation}Response>` }] })
})

describe('where a request goes', () => {
  test.each<[string, Partial<ClientConnection>]>([
    ...['http://127.0.0.1:4566', 'https://iam.example.com', 'https://example.com:443/a/b?x=1&y', 'http://[::1]:1/'].map(
      endpoint => [endpoint, { endpoint }] as [string, Partial<ClientConnection>],
    ),
    ['a custom endpoint in another partition', { endpoint: 'https://iam.example.com', region: 'cn-north-1' }],
    ['FIPS', { useFipsEndpoint: true }],
    ['dual stack', { useDualstackEndpoint: true }],
    ['both', { useFipsEndpoint: true, useDualstackEndpoint: true }],
    ['FIPS with a custom endpoint', { useFipsEndpoint: true, endpoint: 'https://iam.example.com' }],
    ['FIPS elsewhere', { useFipsEndpoint: true, region: 'us-gov-west-1' }],
    ['an unknown region', { region: 'xx-nowhere-1' }],
    ['a region that is none', { region: 'nowhere' }],
  ])('by %s', async (_, connection) => {
    await expectSame({ connection })
    await expectSame({ connection, operation: 'GetCallerIdentity', answers: [IDENTITY] })
  })

  const partitions = path.resolve('node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js')
  const regions = Array.from(
    fs.readFileSync(partitions, 'utf8').matchAll(/^ +"([a-z]+(?:-[a-z]+)*-(?:\d|global))": \{/gm),
    ([, region = '']) => region,
  )

  test('in every region there is', async () => {
    expect(regions.length).toBeGreaterThan(40)
    for (const region of new Set([...regions, 'us-east-9', 'eu-south-2', 'mx-central-1', 'us-northeast-1']))
      for (const operation of ['CreateAccessKey', 'GetCallerIdentity'] as const) await expectSame({ operation, connection: { region } })
  })
})

test.each<[string, Case]>([
  ['a session', { connection: { credentials: { accessKeyId: 'A', secretAccessKey: 's', sessionToken: 't' } } }],
  ['a session token with blanks', { connection: { credentials: { accessKeyId: 'A', secretAccessKey: 's', sessionToken: ' a\t b  c ' } } }],
  ['no signature', { connection: { credentials: undefined } }],
  ['no signature and an endpoint', { connection: { credentials: undefined, endpoint: 'http://127.0.0.1:1' } }],
  ['an application', { connection: { appId: 'my app/1' } }],
  ['a user agent of odd characters', { connection: { userAgent: [['iam key/é', '1 0']] } }],
  ['a handler of AWS Lambda', { env: { AWS_LAMBDA_FUNCTION_NAME: 'f', _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793' } }],
  ['half of that', { env: { AWS_LAMBDA_FUNCTION_NAME: 'f' } }],
  [
    'settings in the environment',
    { env: { AWS_RETRY_MODE: 'adaptive', AWS_MAX_ATTEMPTS: '7', AWS_ENDPOINT_URL: 'http://x.test', AWS_USE_FIPS_ENDPOINT: 'true' } },
  ],
])('%s is sent alike', async (_, about) => {
  await expectSame(about)
})

const fails =
  (sent: boolean, retryable: boolean): Answer =>
  Failure => {
    throw new Failure('went wrong', { sent, retryable })
  }

test.each<[string, readonly Answer[]]>([
  ['that is empty', [{ statusCode: 200, body: '' }]],
  ['that is no XML', [{ statusCode: 200, body: 'x' }]],
  ['without a result', [{ statusCode: 200, body: '<CreateAccessKeyResponse/>' }]],
  ['with a document type', [{ statusCode: 200, body: `<!DOCTYPE a>${CREATED}` }]],
  ['that refuses', [refusal('NoSuchEntity', 404)]],
  ['that throttles', [refusal('Throttling'), refusal('Throttling'), OK]],
  ['that fails', [refusal('ServiceFailure', 500), OK]],
  ['of a gateway', [{ statusCode: 503, body: '<html>' }]],
  ['that redirects', [{ statusCode: 301, body: '' }]],
  ['that never came', [fails(true, true), OK]],
  ['to what was not sent', [fails(false, true), OK]],
  ['that another clock wrote', [{ ...refusal('SignatureDoesNotMatch', 403), date: 'Thu, 01 Jan 2026 01:00:00 GMT' } as Answer, OK]],
  ['that says when to come again', [refusal('SlowDown', 503)]],
])('a reply %s comes to the same', async (_, answers) => {
  await expectSame({ answers })
})

test('a row does not go with another file than it was written for', () => {
  for (const row of SDK_PATCHES) {
    const source = fs.readFileSync(path.join('node_modules', row.module), 'utf8')
    expect(patched(row, source)).not.toBe(source)
    expect(() => patched(row, `${source}\n`)).toThrow(`${row.module} has changed`)
  }
})

test('a row whose file is not bundled any more fails the build', async () => {
  const build = esbuild.build({ ...COMMON, stdin: { contents: '' }, logLevel: 'silent', plugins: [patchedSdk()] })
  await expect(build).rejects.toThrow('do not use any more')
})
