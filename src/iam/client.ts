/** What every client of the SDK is made with: each value given, its own retries off, our transport and protocol. Knows no operation. */

import { NoAuthSigner } from '@smithy/core'
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols'
import type { BuildHandler } from '@smithy/types'
import { type Transport, TransportFailure, withNamedPort } from '../transport.ts'
import { IamProtocol } from './protocol.ts'

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
  /** What the user agent shall say about the caller's application (AWS_SDK_UA_APP_ID). */
  readonly appId?: string | undefined
  /** Pairs of the User-Agent header: `[['iamkey', '1.0.0']]`. */
  readonly userAgent: [string, string][]
}

/** The answer to the call under way, or what came of it. Forgotten when the call ends: it may hold a secret. */
export interface Heard {
  answer: HttpResponse | undefined
}

/** Nothing is sent or read with it: a client gets every value it would otherwise look for in the environment and in files. */
export const configuration = (connection: Connection, heard: Heard) => ({
  region: connection.region,
  ...(connection.endpoint !== undefined && { endpoint: connection.endpoint }),
  ignoreConfiguredEndpointUrls: true,
  ...(connection.credentials ? { credentials: connection.credentials } : unsigned),
  useFipsEndpoint: connection.useFipsEndpoint,
  useDualstackEndpoint: connection.useDualstackEndpoint,
  requestHandler: listening(connection, heard),
  protocol: IamProtocol,
  maxAttempts: 1,
  retryMode: 'standard',
  defaultsMode: 'standard',
  authSchemePreference: [],
  userAgentAppId: async () => connection.appId,
  defaultUserAgentProvider: async () => connection.userAgent,
  // Answering the question keeps the signer from opening ~/.aws/config; a refusal for the clock's sake corrects the next attempt.
  disableClockSkewCorrection: async () => false,
  logger: silent,
})

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

const unsigned = {
  // Asked for by the user agent all the same.
  credentials: { accessKeyId: '', secretAccessKey: '' },
  httpAuthSchemes: [{ schemeId: 'smithy.api#noAuth', identityProvider: () => async () => ({}), signer: new NoAuthSigner() }],
  httpAuthSchemeProvider: () => [{ schemeId: 'smithy.api#noAuth' }],
}

/** A middleware: the endpoint's own path and query. The protocol would add a slash to the one and drop the other. */
export function toEndpoint(endpoint: URL) {
  return <Input extends object, Output extends object>(next: BuildHandler<Input, Output>): BuildHandler<Input, Output> =>
    args => {
      const { request } = args
      if (HttpRequest.isInstance(request)) {
        request.path = endpoint.pathname
        request.query = Object.fromEntries(endpoint.searchParams)
      }
      return next(args)
    }
}

/** The same transport, which keeps what was answered. */
function listening({ transport, endpoint }: Pick<Connection, 'transport' | 'endpoint'>, heard: Heard): Transport {
  return {
    metadata: transport.metadata,
    updateHttpClientConfig: () => transport.updateHttpClientConfig(),
    httpHandlerConfigs: () => transport.httpHandlerConfigs(),
    destroy: () => transport.destroy(),
    async handle(request: HttpRequest, options) {
      try {
        const { response } = await transport.handle(withNamedPort(request, endpoint), options)
        heard.answer = response
        return { response }
      } catch (error) {
        if (error instanceof TransportFailure) heard.answer = error.partial
        throw error
      }
    },
  }
}

/** The server's clock, in milliseconds since 1970. */
export function timeOf(answer: HttpResponse | undefined): number | undefined {
  const time = Date.parse(answer?.headers.date ?? '')
  return Number.isNaN(time) ? undefined : time
}
