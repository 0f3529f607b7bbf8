/** The configuration of an SDK client for IAM or STS, with our transport and protocol. Knows no operation. */

import { HttpRequest, type HttpResponse } from '@smithy/core/protocols'
import type { BuildHandler } from '@smithy/types'
import { type EndpointUrl, readEndpointUrl } from '../core/endpoint-url.ts'
import { headerTime } from '../core/service-time.ts'
import { type Transport, TransportFailure } from '../core/transport.ts'
import { CLIENT_DEFAULTS, UNSIGNED } from './client-defaults.ts'
import { QueryProtocol } from './protocol.ts'

export interface ClientConnection {
  /** For the endpoint rules and the signature; `aws-global` if none is set. */
  readonly region: string
  /** A custom endpoint; undefined for that of the partition. */
  readonly endpoint: string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
  /** Undefined leaves requests unsigned (`--no-sign-request`). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } | undefined
  readonly transport: Transport
  /** The application's name for the User-Agent header (AWS_SDK_UA_APP_ID). */
  readonly appId?: string | undefined
  /** The pairs of the User-Agent header: `[['iamkey', '1.0.0']]`. */
  readonly userAgent: [string, string][]
}

/** The call in progress. */
export interface CallInProgress {
  /** Ends the call. Not passed to the SDK, which would give up without saying whether the request was sent. */
  stop?: AbortSignal | undefined
  /** The call changes nothing. */
  readOnly?: boolean
  /** The response, or what was received of it. Forgotten after the call: it may contain a secret. */
  answer?: HttpResponse | undefined
}

/** In bytes, a thousand times the usual size. Reading more could exhaust the memory, and end the run without a word about its key. */
const MAX_BODY_OF_A_CHANGE = 1 << 20

export const forget = (call: CallInProgress): CallInProgress => Object.assign(call, { stop: undefined, answer: undefined })

/** The configured endpoint, parsed; undefined for the service's own. */
export const endpointOf = ({ endpoint }: ClientConnection): EndpointUrl | undefined =>
  endpoint === undefined ? undefined : readEndpointUrl(endpoint)

/** Creating a client sends and reads nothing. */
export const clientConfiguration = (connection: ClientConnection, call: CallInProgress, endpoint: EndpointUrl | undefined) => ({
  ...CLIENT_DEFAULTS,
  region: connection.region,
  ...(endpoint !== undefined && { endpoint: PLACEHOLDER_ENDPOINT }),
  ...(connection.credentials ? { credentials: connection.credentials } : { ...UNSIGNED, credentials: ANONYMOUS }),
  useFipsEndpoint: connection.useFipsEndpoint,
  useDualstackEndpoint: connection.useDualstackEndpoint,
  requestHandler: recordingHandler(connection, call, endpoint),
  protocol: QueryProtocol,
  authSchemePreference: [],
  userAgentAppId: async () => connection.appId,
  defaultUserAgentProvider: async () => connection.userAgent,
})

/** A placeholder for the SDK, which rejects URLs that WHATWG's rules do not allow. `toEndpoint` replaces it by the endpoint. */
const PLACEHOLDER_ENDPOINT = 'https://endpoint.invalid'

/** For unsigned requests: the User-Agent middleware wants credentials, too. */
const ANONYMOUS = { accessKeyId: '', secretAccessKey: '' }

/** A middleware that sets the endpoint before the host is signed. The protocol would add a slash to its path and drop its query. */
export function toEndpoint({ protocol, hostname, port, path, query }: EndpointUrl) {
  // The Host header omits the default port of the scheme, as in botocore/auth.py (2.36.7).
  const named = port === (protocol === 'https:' ? 443 : 80) ? undefined : port
  return <Input extends object, Output extends object>(next: BuildHandler<Input, Output>): BuildHandler<Input, Output> =>
    args => {
      const { request } = args
      if (HttpRequest.isInstance(request)) Object.assign(request, { protocol, hostname, port: named, path, query: valuesOf(query) })
      return next(args)
    }
}

/** A query in the signer's form. */
function valuesOf(query: string): Record<string, string | string[]> {
  const pairs = new URLSearchParams(query)
  const oneOrAll = ([first = '', ...others]: string[]) => (others.length === 0 ? first : [first, ...others])
  return Object.fromEntries(Array.from(new Set(pairs.keys()), name => [name, oneOrAll(pairs.getAll(name))]))
}

/** The transport, which records the response in `call`. */
function recordingHandler({ transport }: Pick<ClientConnection, 'transport'>, call: CallInProgress, endpoint: EndpointUrl | undefined) {
  return {
    metadata: transport.metadata,
    updateHttpClientConfig: () => transport.updateHttpClientConfig(),
    httpHandlerConfigs: () => transport.httpHandlerConfigs(),
    destroy: () => transport.destroy(),
    async handle(request: HttpRequest) {
      try {
        const { response } = await transport.handle(request, {
          endpoint,
          abortSignal: call.stop,
          ...(call.readOnly ? { readOnly: true } : { maxBody: MAX_BODY_OF_A_CHANGE }),
        })
        call.answer = response
        return { response }
      } catch (error) {
        if (error instanceof TransportFailure) call.answer = error.partial
        throw error
      }
    },
  }
}

/** The server's clock, in milliseconds since 1970. */
export const serverTimeOf = (answer: HttpResponse | undefined): number | undefined => headerTime(answer?.headers.date)
