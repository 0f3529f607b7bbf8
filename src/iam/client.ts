/** A client of IAM or STS: one connection's settings, with our transport and protocol. Knows no operation. */

import { HttpRequest, type HttpResponse } from '@smithy/core/protocols'
import type { BuildHandler, HttpHandlerOptions } from '@smithy/types'
import { SELF_CONTAINED, UNSIGNED } from '../sdk-client.ts'
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
  /** The SDK speaks of an aborted call without saying whether it was sent. */
  failure?: TransportFailure | undefined
}

export const forget = (heard: Heard): Heard => Object.assign(heard, { answer: undefined, failure: undefined })

/** Making it sends and reads nothing. */
export const configuration = (connection: Connection, heard: Heard) => ({
  ...SELF_CONTAINED,
  region: connection.region,
  ...(connection.endpoint !== undefined && { endpoint: connection.endpoint }),
  ...(connection.credentials ? { credentials: connection.credentials } : { ...UNSIGNED, credentials: NOBODY }),
  useFipsEndpoint: connection.useFipsEndpoint,
  useDualstackEndpoint: connection.useDualstackEndpoint,
  requestHandler: listening(connection, heard),
  protocol: IamProtocol,
  authSchemePreference: [],
  userAgentAppId: async () => connection.appId,
  defaultUserAgentProvider: async () => connection.userAgent,
})

/** Asked for by the user agent, also of an unsigned request. */
const NOBODY = { accessKeyId: '', secretAccessKey: '' }

/** A middleware: the endpoint's own path and query. The protocol would add a slash to the one and drop the other. */
export function toEndpoint(endpoint: URL) {
  return <Input extends object, Output extends object>(next: BuildHandler<Input, Output>): BuildHandler<Input, Output> =>
    args => {
      const { request } = args
      if (HttpRequest.isInstance(request)) {
        request.path = endpoint.pathname
        request.query = endpoint.search === '' ? {} : Object.fromEntries(endpoint.searchParams)
      }
      return next(args)
    }
}

/** The same transport, which keeps what was answered. */
function listening({ transport, endpoint }: Pick<Connection, 'transport' | 'endpoint'>, heard: Heard) {
  return {
    metadata: transport.metadata,
    updateHttpClientConfig: () => transport.updateHttpClientConfig(),
    httpHandlerConfigs: () => transport.httpHandlerConfigs(),
    destroy: () => transport.destroy(),
    // The SDK allows for abort signals older than Node's.
    async handle(request: HttpRequest, { abortSignal }: HttpHandlerOptions = {}) {
      try {
        const { response } = await transport.handle(
          withNamedPort(request, endpoint),
          abortSignal instanceof AbortSignal ? { abortSignal } : {},
        )
        heard.answer = response
        return { response }
      } catch (error) {
        if (error instanceof TransportFailure) Object.assign(heard, { answer: error.partial, failure: error })
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
