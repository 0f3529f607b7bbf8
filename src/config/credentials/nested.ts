/**
 * Calls services on behalf of a credential provider. The SDK's providers make the requests; attempts and waits are those of botocore's
 * standard retry mode (2.36.7), messages those of nested-errors.ts.
 */

import { HttpRequest } from '@smithy/core/protocols'
import type { Pluggable } from '@smithy/types'
import { CLIENT_DEFAULTS } from '../../aws/client-defaults.ts'
import { backoff } from '../../core/backoff.ts'
import { PROGRAM } from '../../core/program.ts'
import { withRetries } from '../../core/retry.ts'
import { type Transport, withNamedPort } from '../../core/transport.ts'
import { usableUrl } from '../endpoint.ts'
import { type AttemptRecord, explain } from './nested-errors.ts'
import type { Lookup, NestedService } from './provider.ts'

/** The configuration shared by all of the SDK's clients. */
export type ClientConfig = typeof CLIENT_DEFAULTS & {
  readonly region: string
  readonly endpoint?: string
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  readonly requestHandler: Omit<Transport, 'handle'> & { handle(request: HttpRequest): ReturnType<Transport['handle']> }
  readonly authSchemePreference: string[]
  readonly userAgentAppId: () => Promise<undefined>
  readonly defaultUserAgentProvider: () => Promise<[string, string][]>
}

interface NestedCall {
  readonly service: NestedService
  /** As in the message `when calling the AssumeRole operation`. */
  readonly operation: string
  /** The region to call, if it is not the session's own. */
  readonly region?: string
}

/**
 * Calls `send` once per attempt; a Failure that it throws is final. Throws a ServiceError if the service refuses, a TransportFailure, or a
 * Failure for an unreadable answer.
 */
export async function callService<T>(
  { service, operation, region }: NestedCall,
  lookup: Lookup,
  send: (config: ClientConfig) => Promise<T>,
): Promise<T> {
  const { nested } = lookup.request
  const { connectTimeout, readTimeout, caBundle, useFipsEndpoint, useDualstackEndpoint, maxAttempts } = nested
  const transport = lookup.connect({ connectTimeout, readTimeout, caBundle, verify: true, proxies: true })
  const endpoint = usableUrl(nested.endpointFor(service))
  const shared: Omit<ClientConfig, 'requestHandler'> = {
    ...CLIENT_DEFAULTS,
    // The SDK knows the global endpoint as aws-global, which at a custom endpoint would be signed as a region.
    region: region ?? nested.region ?? (endpoint === undefined ? 'aws-global' : 'us-east-1'),
    ...(endpoint !== undefined && { endpoint }),
    // Neither applies to a custom endpoint in aws-cli; the SDK refuses the combination.
    useFipsEndpoint: useFipsEndpoint && endpoint === undefined,
    useDualstackEndpoint: useDualstackEndpoint && endpoint === undefined,
    authSchemePreference: [],
    userAgentAppId: async () => undefined,
    defaultUserAgentProvider: async () => [[PROGRAM, 'credentials']],
  }

  let wire: AttemptRecord = {}
  return withRetries(
    () => {
      wire = {}
      return send({ ...shared, requestHandler: recordingHandler(operation, transport, endpoint, wire, lookup) })
    },
    {
      maxAttempts,
      explain: error => explain(operation, wire, error),
      wait(attempt) {
        lookup.host.debug(`credentials: ${operation}: attempt ${attempt} failed, trying again`)
        return lookup.host.clock.sleep(backoff(attempt, Math))
      },
    },
  )
}

interface Replacement {
  readonly body: string
  readonly contentType: string
  /** A custom endpoint, whose path and query are used unchanged. */
  readonly place?: URL | undefined
  /** Additional headers for a URL. */
  readonly headers?: (url: string) => Readonly<Record<string, string>>
}

/** Replaces the body that the SDK would send with aws-cli's, before the request is signed. */
export const replaceBody = <Input extends object, Output extends object>({
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

const originOf = ({ protocol, hostname, port }: HttpRequest): string => `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`

/** Records the response in `wire`, and the endpoint in the debug log. */
function recordingHandler(
  operation: string,
  transport: Transport,
  endpoint: string | undefined,
  wire: AttemptRecord,
  { host }: Lookup,
): ClientConfig['requestHandler'] {
  return {
    metadata: transport.metadata,
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
    async handle(request) {
      host.debug(`credentials: ${operation}: asking ${originOf(request)}`)
      try {
        const answer = await transport.handle(withNamedPort(withQueryInPath(request), endpoint))
        host.debug(`credentials: ${operation}: status ${answer.response.statusCode}`)
        // A copy, because the SDK replaces a body that it cannot parse.
        wire.response = { ...answer.response }
        return answer
      } catch (failure) {
        wire.failure = failure
        throw failure
      }
    },
  }
}

/** Moves the query into the path: a transport may sort it, while aws-cli sends it in the order of the service's model. */
function withQueryInPath(request: HttpRequest): HttpRequest {
  const query = Object.entries(request.query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return query.length === 0 ? request : new HttpRequest({ ...request, path: `${request.path}?${query.join('&')}`, query: {} })
}
