/**
 * Calls to the services behind a source. The SDK's providers make the requests; attempts, waits and sentences are aws-cli's (botocore's
 * standard retry mode and parsers, 2.36.7), worked out from the answer on the wire, because the providers bury the service's error.
 */

import { HttpRequest, type HttpResponse } from '@smithy/core/protocols'
import type { Pluggable } from '@smithy/types'
import { Failure, ServiceError } from '../../errors.ts'
import { loads } from '../../python/json.ts'
import { str } from '../../python/repr.ts'
import { isDict } from '../../python/value.ts'
import { type Transport, TransportFailure } from '../../transport.ts'
import type { Lookup, NestedService } from './source.ts'

/** What every client of the SDK is made with. */
export interface ClientConfig {
  readonly region: string
  readonly endpoint?: string
  readonly ignoreConfiguredEndpointUrls: true
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  readonly maxAttempts: 1
  readonly retryMode: 'standard'
  readonly requestHandler: Omit<Transport, 'handle'> & { handle(request: HttpRequest): ReturnType<Transport['handle']> }
  readonly logger: typeof SILENT
  // Answers to what the SDK would otherwise look for in the environment and in files, by rules of its own.
  readonly defaultsMode: 'standard'
  readonly authSchemePreference: string[]
  readonly userAgentAppId: () => Promise<undefined>
  readonly disableClockSkewCorrection: () => Promise<boolean>
  readonly defaultUserAgentProvider: () => Promise<[string, string][]>
}

const silence = () => {}
const SILENT = { trace: silence, debug: silence, info: silence, warn: silence, error: silence }

interface Call {
  readonly service: NestedService
  /** As in the sentence `when calling the AssumeRole operation`. */
  readonly operation: string
  /** Where the session's own region is not the one to ask. */
  readonly region?: string
}

/** What came of one attempt. */
interface Wire {
  response?: HttpResponse
  failure?: unknown
}

/**
 * `send` is called once for each attempt. Throws a ServiceError (the service refused), a TransportFailure, or a Failure (an answer that
 * nobody can read).
 */
export async function callService<T>(
  { service, operation, region }: Call,
  lookup: Lookup,
  send: (config: ClientConfig) => Promise<T>,
): Promise<T> {
  const { nested } = lookup.request
  const { connectTimeout, readTimeout, caBundle, useFipsEndpoint, useDualstackEndpoint, maxAttempts } = nested
  const transport = lookup.connect({ connectTimeout, readTimeout, caBundle, verify: true, proxies: true })
  const endpoint = nested.endpointFor(service)
  const shared: Omit<ClientConfig, 'requestHandler'> = {
    // The rules of the SDK know the global endpoints by this name; for an endpoint of one's own it would be signed as it stands.
    region: region ?? nested.region ?? (endpoint === undefined ? 'aws-global' : 'us-east-1'),
    ...(endpoint !== undefined && { endpoint }),
    ignoreConfiguredEndpointUrls: true,
    // A custom endpoint drops both, as in aws-cli; the SDK refuses the combination.
    useFipsEndpoint: useFipsEndpoint && endpoint === undefined,
    useDualstackEndpoint: useDualstackEndpoint && endpoint === undefined,
    maxAttempts: 1,
    retryMode: 'standard',
    logger: SILENT,
    defaultsMode: 'standard',
    authSchemePreference: [],
    userAgentAppId: async () => undefined,
    disableClockSkewCorrection: async () => false,
    defaultUserAgentProvider: async () => [['iamkey', 'credentials']],
  }

  for (let attempt = 1; ; attempt++) {
    const wire: Wire = {}
    try {
      return await send({ ...shared, requestHandler: recording(transport, wire, lookup) })
    } catch (error) {
      const { retryable, failure } = explain(operation, wire, error)
      if (!retryable || attempt >= maxAttempts) throw failure(retryable ? ` (reached max retries: ${attempt - 1})` : '')
      lookup.host.debug(`credentials: ${operation}: attempt ${attempt} failed, trying again`)
      await lookup.host.clock.sleep(waitBefore(attempt + 1))
    }
  }
}

interface Replacement {
  readonly body: string
  readonly contentType: string
  /** Where path and query are a custom endpoint's, as they stand. */
  readonly place?: URL | undefined
  /** More headers, for the URL that is asked. */
  readonly headers?: (url: string) => Readonly<Record<string, string>>
}

/** Puts aws-cli's own bytes in place of what the SDK would send, before it is signed. */
export const sending = <Input extends object, Output extends object>({
  body,
  contentType,
  place,
  headers,
}: Replacement): Pluggable<Input, Output> => ({
  applyToStack: stack =>
    stack.add(
      next => args => {
        const { request } = args
        if (HttpRequest.isInstance(request)) {
          request.body = body
          if (place !== undefined) Object.assign(request, { path: place.pathname, query: Object.fromEntries(place.searchParams) })
          Object.assign(request.headers, { 'content-type': contentType, ...headers?.(originOf(request) + request.path) })
        }
        return next(args)
      },
      { step: 'build', priority: 'high' },
    ),
})

/** Milliseconds: anywhere up to 1, 2, 4 … 20 seconds. */
const waitBefore = (attempt: number): number => Math.random() * Math.min(2 ** (attempt - 2), 20) * 1000

const originOf = ({ protocol, hostname, port }: HttpRequest): string => `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`

function recording(transport: Transport, wire: Wire, { host }: Lookup): ClientConfig['requestHandler'] {
  return {
    metadata: transport.metadata,
    updateHttpClientConfig: silence,
    httpHandlerConfigs: () => ({}),
    destroy: silence,
    async handle(request) {
      host.debug(`credentials: ${request.method} ${originOf(request)}`)
      try {
        const answer = await transport.handle(request)
        host.debug(`credentials: status ${answer.response.statusCode}`)
        wire.response = answer.response
        return answer
      } catch (failure) {
        wire.failure = failure
        throw failure
      }
    },
  }
}

interface Explanation {
  readonly retryable: boolean
  /** `retries` stands behind the operation's name. */
  readonly failure: (retries: string) => unknown
}

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504])
const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'RequestTimeoutException',
  'PriorRequestNotComplete',
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
  'EC2ThrottledException',
])

function explain(operation: string, { response, failure }: Wire, thrown: unknown): Explanation {
  if (failure instanceof TransportFailure) return { retryable: failure.retryable, failure: () => failure }
  if (thrown instanceof Failure) return { retryable: false, failure: () => thrown }
  if (response === undefined) return { retryable: false, failure: () => thrown }
  const { statusCode } = response
  const said = statusCode < 300 ? undefined : errorIn(response, thrown)
  if (said === undefined) {
    const unreadable = new Failure(`Unable to parse response to the ${operation} operation (status ${statusCode})`, { cause: thrown })
    return { retryable: RETRYABLE_STATUSES.has(statusCode), failure: () => unreadable }
  }
  const { code, message } = said
  return {
    retryable: RETRYABLE_CODES.has(code) || RETRYABLE_STATUSES.has(statusCode),
    failure: retries =>
      new ServiceError(
        code,
        `An error occurred (${code}) when calling the ${operation} operation${retries}: ${message}`,
        new Map([
          ['Message', message],
          ['Code', code],
        ]),
      ),
  }
}

interface Said {
  readonly code: string
  readonly message: string
}

/** The service's own error; undefined where the answer holds none. */
function errorIn(response: HttpResponse, thrown: unknown): Said | undefined {
  const { statusCode, reason = '', headers } = response
  const body = new TextDecoder().decode(response.body).trim()
  if (statusCode >= 500 && (body === '' || body.startsWith('<html>'))) return { code: String(statusCode), message: reason }
  if (body.startsWith('<')) return errorOfQuery(thrown)
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amzn-errortype')?.[1]
  return errorOfRest(body, header, String(statusCode))
}

/** The SDK reads the XML; what it could not read has no `Error`. */
function errorOfQuery(thrown: unknown): Said | undefined {
  if (!(thrown instanceof Error && 'Error' in thrown)) return undefined
  const { Error: inner } = thrown
  if (typeof inner !== 'object' || inner === null) return undefined
  const said = new Map<string, unknown>(Object.entries(inner))
  const text = (...names: string[]) => names.map(name => said.get(name)).find(value => typeof value === 'string') ?? 'Unknown'
  return { code: text('Code'), message: text('Message', 'message') }
}

function errorOfRest(body: string, header: string | undefined, status: string): Said | undefined {
  try {
    const reply = loads(body || '{}')
    if (!isDict(reply)) return undefined
    const code = header ?? reply.get('code') ?? reply.get('Code') ?? reply.get('__type') ?? status
    return { code: bareCode(str(code)), message: str(reply.get('message') ?? reply.get('Message') ?? '') }
  } catch {
    return undefined
  }
}

/** `com.amazonaws.sso#UnauthorizedException:http://…` → `UnauthorizedException`. */
const bareCode = (code: string): string => code.split(':')[0]?.split('#').at(-1) ?? code
