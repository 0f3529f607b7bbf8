/** Iam over the AWS SDK: one client, its own retries off, every failure sorted into NotSent, Refused or Unclear. The only importer of client-iam. */

import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  IAMClient,
  type IAMClientConfig,
  ListAccessKeysCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { NoAuthSigner } from '@smithy/core'
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols'
import type { BuildMiddleware, Command } from '@smithy/types'
import { Failure, ServiceError } from '../errors.ts'
import type { Value } from '../python/value.ts'
import { type CallFailure, type Iam, NotSent, type Operation, type Operations, Refused, type Reply, Unclear } from '../service.ts'
import { type Transport, TransportFailure } from '../transport.ts'
import { ErrorReply, IamProtocol, UnreadableReply } from './protocol.ts'
import { salvage } from './salvage.ts'

export interface Connection {
  /** As the endpoint rules and the signature take it; `aws-global` where none is set. */
  readonly region: string
  /** A custom endpoint; undefined for the partition's own. */
  readonly endpoint: string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  /** Undefined leaves the requests unsigned (`--no-sign-request`). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | undefined
  readonly transport: Transport
  /** Pairs of the User-Agent header: `[['iamkey', '1.0.0']]`. */
  readonly userAgent: [string, string][]
}

type SdkCommand = Command<ServiceInputTypes, ServiceInputTypes, ServiceOutputTypes, ServiceOutputTypes, unknown>

const COMMANDS: { readonly [O in Operation]: new (input: Operations[O]['input']) => unknown } = {
  CreateAccessKey: CreateAccessKeyCommand,
  ListAccessKeys: ListAccessKeysCommand,
  UpdateAccessKey: UpdateAccessKeyCommand,
  DeleteAccessKey: DeleteAccessKeyCommand,
  GetAccessKeyLastUsed: GetAccessKeyLastUsedCommand,
}

/** Nothing is sent or read here: the client gets every value it would otherwise look for in the environment and in files. */
export function connect(connection: Connection): Iam {
  const { credentials, endpoint } = connection
  /** The answer to the call under way, or what came of it. Forgotten when the call ends: it may hold a secret. */
  const heard: Heard = { answer: undefined }
  const client = new IAMClient({
    region: connection.region,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials ? { credentials } : unsigned),
    useFipsEndpoint: connection.useFipsEndpoint,
    useDualstackEndpoint: connection.useDualstackEndpoint,
    // The SDK's type allows for abort signals older than Node's; it passes on the one that `call` was given.
    requestHandler: listening(connection.transport, heard) as unknown as NonNullable<IAMClientConfig['requestHandler']>,
    protocol: IamProtocol as unknown as NonNullable<IAMClientConfig['protocol']>,
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    authSchemePreference: [],
    userAgentAppId: async () => undefined,
    defaultUserAgentProvider: async () => connection.userAgent,
    // Answering the question keeps the signer from opening ~/.aws/config; a refusal for the clock's sake corrects the next attempt.
    disableClockSkewCorrection: async () => false,
    logger: silent,
  } satisfies IAMClientConfig & { disableClockSkewCorrection: unknown })
  // The endpoint's own path and query: the protocol would add a slash to the one and drop the other.
  if (endpoint !== undefined) client.middlewareStack.add(toEndpoint(new URL(endpoint)), { step: 'build', name: 'toEndpoint' })

  return {
    async call<O extends Operation>(operation: O, input: Operations[O]['input'], stop?: AbortSignal): Promise<Reply<O>> {
      const command = new COMMANDS[operation](input) as SdkCommand
      try {
        const { $metadata, ...output } = await client.send(command, stop && { abortSignal: stop })
        return { output: output as Operations[O]['output'], serverTime: timeOf(heard.answer) }
      } catch (error) {
        throw sort(error, operation, heard.answer)
      } finally {
        heard.answer = undefined
      }
    },
  }
}

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

const unsigned = {
  // Asked for by the user agent all the same.
  credentials: { accessKeyId: '', secretAccessKey: '' },
  httpAuthSchemes: [{ schemeId: 'smithy.api#noAuth', identityProvider: () => async () => ({}), signer: new NoAuthSigner() }],
  httpAuthSchemeProvider: () => [{ schemeId: 'smithy.api#noAuth' }],
}

function toEndpoint(endpoint: URL): BuildMiddleware<ServiceInputTypes, ServiceOutputTypes> {
  return next => args => {
    const { request } = args
    if (HttpRequest.isInstance(request)) {
      request.path = endpoint.pathname
      request.query = Object.fromEntries(endpoint.searchParams)
    }
    return next(args)
  }
}

interface Heard {
  answer: HttpResponse | undefined
}

/** The same transport, which keeps what was answered. */
function listening(transport: Transport, heard: Heard): Transport {
  return {
    metadata: transport.metadata,
    updateHttpClientConfig: () => transport.updateHttpClientConfig(),
    httpHandlerConfigs: () => transport.httpHandlerConfigs(),
    destroy: () => transport.destroy(),
    async handle(request: HttpRequest, options) {
      try {
        const { response } = await transport.handle(request, options)
        heard.answer = response
        return { response }
      } catch (error) {
        if (error instanceof TransportFailure) heard.answer = error.partial
        throw error
      }
    },
  }
}

function timeOf(answer: HttpResponse | undefined): number | undefined {
  const time = Date.parse(answer?.headers.date ?? '')
  return Number.isNaN(time) ? undefined : time
}

// botocore/retries/standard.py, 2.36.7: what throttles, what is transient, which statuses are tried again.
const THROTTLING = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'TransactionInProgressException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'RequestThrottled',
  'SlowDown',
  'PriorRequestNotComplete',
  'EC2ThrottledException',
])
const TRANSIENT = new Set(['RequestTimeout', 'RequestTimeoutException', 'PriorRequestNotComplete'])
const TRANSIENT_STATUS = new Set([500, 502, 503, 504])
/** Refusals over the signature's time: once the SDK has set its clock by the reply's, the same request can pass. */
const CLOCK = new Set([
  'SignatureDoesNotMatch',
  'RequestTimeTooSkewed',
  'RequestExpired',
  'RequestInTheFuture',
  'InvalidSignatureException',
])

function sort(error: unknown, operation: Operation, answer: HttpResponse | undefined): CallFailure {
  const about = explain(error, operation)
  const serverTime = timeOf(answer)
  // A damaged status line makes a refusal of what is none.
  const made = operation === 'CreateAccessKey' && answer ? salvage(answer.body) : undefined
  if (made) return new Unclear({ ...about, serverTime, named: made.AccessKeyId })
  return new about.kind({ ...about, serverTime })
}

type Explanation = ConstructorParameters<typeof CallFailure>[0] & { readonly kind: typeof NotSent | typeof Refused | typeof Unclear }

function explain(error: unknown, operation: Operation): Explanation {
  if (error instanceof TransportFailure) return { kind: error.sent ? Unclear : NotSent, retryable: error.retryable, failure: error }
  if (error instanceof UnreadableReply) {
    const kind = error.status >= 400 && error.status < 500 ? Refused : Unclear
    return { kind, retryable: TRANSIENT_STATUS.has(error.status), failure: new Failure(error.message) }
  }
  // Nothing we know of ends here. If it does, the call may have been made.
  if (!(error instanceof ErrorReply)) {
    const what = error instanceof Error ? error.name : 'end'
    return { kind: Unclear, retryable: false, failure: new Failure(`unexpected ${what} of the call`) }
  }
  const { status, members } = error
  const code = members?.get('Code')
  const throttled = typeof code === 'string' && THROTTLING.has(code)
  const clock = error.$metadata.clockSkewCorrected === true && typeof code === 'string' && CLOCK.has(code)
  const transient = TRANSIENT_STATUS.has(status) || (typeof code === 'string' && TRANSIENT.has(code))
  return {
    // A throttled call was turned away before it was looked at, whatever its status.
    kind: throttled || (status >= 400 && status < 500) ? Refused : Unclear,
    retryable: throttled || transient || clock,
    failure: serviceError(operation, members),
    withRetries: retries => serviceError(operation, members, ` (reached max retries: ${retries})`),
  }
}

/** As botocore's ClientError words it (botocore/exceptions.py) and as errorhandler.py picks the members it shows, 2.36.7. */
function serviceError(operation: Operation, members: ErrorReply['members'], retries = ''): ServiceError {
  const said = (name: string): Value => members?.get(name) ?? (members?.has(name) ? null : 'Unknown')
  const code = said('Code') ?? 'None'
  const message = said('Message') ?? 'None'
  const shown = [...(members ?? [])].filter(([name]) => /^(code|message)$/i.test(name))
  return new ServiceError(
    String(code),
    `An error occurred (${code}) when calling the ${operation} operation${retries}: ${message}`,
    new Map(shown),
  )
}
