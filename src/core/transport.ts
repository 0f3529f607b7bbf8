/** The port to HTTP: one request and one complete response, or an error that says whether anything was sent. `http/` implements it. */

import type { HttpRequest, HttpResponse } from '@smithy/core/protocols'
import type { EndpointUrl } from './endpoint-url.ts'
import { Failure } from './errors.ts'

export interface TransportOptions {
  /** Seconds per address, and for each silent period of TLS and of a tunnel; undefined waits forever. */
  readonly connectTimeout: number | undefined
  /** Seconds without a byte, from the request to the end of the body; undefined waits forever. */
  readonly readTimeout: number | undefined
  /** False accepts any certificate. */
  readonly verify: boolean
  /** A PEM file that replaces the trust store. */
  readonly caBundle: string | undefined
  /** Whether HTTP(S)_PROXY and NO_PROXY apply. */
  readonly proxies: boolean
  /** TCP keep-alive, for a network that drops silent connections. */
  readonly keepAlive?: boolean
  /** The latest TLS session of each host, which shortens its next handshake. */
  readonly sessions?: Map<string, Uint8Array>
}

export interface RequestOptions {
  /** Closes the connection. */
  readonly abortSignal?: AbortSignal | undefined
  /**
   * The request changes nothing and may be repeated. It may use an earlier connection, and a new one if that turns out to be closed.
   * Any other request has a connection of its own, so that it is certain which ones were sent.
   */
  readonly readOnly?: boolean
  /** The longest body, in bytes. */
  readonly maxBody?: number
  /** The URL that the request goes to, instead of the request's own host, path and query. */
  readonly endpoint?: EndpointUrl | undefined
}

/** What the transport reads of a request; one of the SDK's is such. */
export type TransportRequest = Pick<HttpRequest, 'method' | 'protocol' | 'hostname' | 'port' | 'path' | 'query' | 'headers' | 'body'>

/**
 * An SDK request handler: `new IAMClient({ requestHandler })`, `fromTemporaryCredentials({ clientConfig: { requestHandler } })`.
 * The body of a response is complete (a Uint8Array). Throws only TransportFailures.
 */
export interface Transport {
  readonly metadata: { readonly handlerProtocol: string }
  handle(request: TransportRequest, options?: RequestOptions): Promise<{ response: HttpResponse }>
  updateHttpClientConfig(): void
  httpHandlerConfigs(): Record<string, never>
  destroy(): void
}

/** A failed request, with aws-cli's message (botocore/exceptions.py, 2.36.7). */
export class TransportFailure extends Failure {
  override readonly name = 'TransportFailure'
  /** False only if the request certainly did not reach the other end, and so had no effect. */
  readonly sent: boolean
  /** The standard retry mode of botocore would repeat it. */
  readonly retryable: boolean
  /** Private, so that printing the error prints no secret. */
  readonly #partial: HttpResponse | undefined
  constructor(message: string, about: { sent: boolean; retryable: boolean; cause?: unknown; partial?: HttpResponse | undefined }) {
    super(message, { cause: about.cause })
    this.sent = about.sent
    this.retryable = about.retryable
    this.#partial = about.partial
  }

  /** The incomplete response: status, headers, and the part of the body that was received. */
  get partial(): HttpResponse | undefined {
    return this.#partial
  }
}

/**
 * The request with the port of `endpoint`. The SDK drops a scheme's default port; aws-cli (2.36.7) shows it in messages and to proxies. For
 * a signed request: its Host header is unchanged.
 */
export function withNamedPort(request: HttpRequest, endpoint: string | undefined): HttpRequest {
  const [, port] = /^[a-zA-Z]+:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(endpoint ?? '') ?? []
  // Without HttpRequest's class, whose module would load half the SDK before the connection is opened.
  return port === undefined ? request : Object.assign(Object.create(Object.getPrototypeOf(request)), request, { port: Number(port) })
}
