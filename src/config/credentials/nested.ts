/**
 * Calls to the services behind a source. The SDK's providers make the requests; attempts and waits are aws-cli's (botocore's standard retry
 * mode, 2.36.7), and so are the sentences, for which see nested-failure.ts.
 */

import { HttpRequest } from '@smithy/core/protocols'
import type { Pluggable } from '@smithy/types'
import { CLIENT_DEFAULTS } from '../../aws/client-defaults.ts'
import { backoff } from '../../core/backoff.ts'
import { PROGRAM } from '../../core/program.ts'
import { withRetries } from '../../core/retry.ts'
import { type Transport, withNamedPort } from '../../core/transport.ts'
import { usableUrl } from '../endpoint.ts'
import { explain, type Wire } from './nested-errors.ts'
import type { Lookup, NestedService } from './provider.ts'

/** What every client of the SDK is made with. */
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

interface Call {
  readonly service: NestedService
  /** As in the sentence `when calling the AssumeRole operation`. */
  readonly operation: string
  /** Where the session's own region is not the one to ask. */
  readonly region?: string
}

/**
 * `send` is called once for each attempt; a Failure it throws is final. Throws a ServiceError where the service refused, a TransportFailure,
 * or a Failure for an answer that nobody can read.
 */
export async function callService<T>(
  { service, operation, region }: Call,
  lookup: Lookup,
  send: (config: ClientConfig) => Promise<T>,
): Promise<T> {
  const { nested } = lookup.request
  const { connectTimeout, readTimeout, caBundle, useFipsEndpoint, useDualstackEndpoint, maxAttempts } = nested
  const transport = lookup.connect({ connectTimeout, readTimeout, caBundle, verify: true, proxies: true })
  const endpoint = usableUrl(nested.endpointFor(service))
  const shared: Omit<ClientConfig, 'requestHandler'> = {
    ...CLIENT_DEFAULTS,
    // The SDK's rules know the global endpoints as aws-global; at a custom endpoint that would be signed as if it were a region.
    region: region ?? nested.region ?? (endpoint === undefined ? 'aws-global' : 'us-east-1'),
    ...(endpoint !== undefined && { endpoint }),
    // A custom endpoint drops both, as in aws-cli; the SDK refuses the combination.
    useFipsEndpoint: useFipsEndpoint && endpoint === undefined,
    useDualstackEndpoint: useDualstackEndpoint && endpoint === undefined,
    authSchemePreference: [],
    userAgentAppId: async () => undefined,
    defaultUserAgentProvider: async () => [[PROGRAM, 'credentials']],
  }

  let wire: Wire = {}
  return withRetries(
    () => {
      wire = {}
      return send({ ...shared, requestHandler: recording(operation, transport, endpoint, wire, lookup) })
    },
    {
      maxAttempts,
      explain: error => explain(service, operation, wire, error),
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

const originOf = ({ protocol, hostname, port }: HttpRequest): string => `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`

/** Notes in `wire` what came back, and in the debug log where it came from. */
function recording(
  operation: string,
  transport: Transport,
  endpoint: string | undefined,
  wire: Wire,
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
        // A copy: of a body that it cannot read the SDK makes something else.
        wire.response = { ...answer.response }
        return answer
      } catch (failure) {
        wire.failure = failure
        throw failure
      }
    },
  }
}

/** A transport may sort the query; aws-cli sends it in the order of the service's model. */
function withQueryInPath(request: HttpRequest): HttpRequest {
  const query = Object.entries(request.query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return query.length === 0 ? request : new HttpRequest({ ...request, path: `${request.path}?${query.join('&')}`, query: {} })
}
