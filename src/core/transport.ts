/** The port to HTTP: one request, one whole answer, or a failure that says whether anything left this machine. `http/transport.ts` has Node's. */

import type { HttpRequest, HttpResponse } from '@smithy/core/protocols'
import type { EndpointUrl } from './endpoint-url.ts'
import { Failure } from './errors.ts'

export interface TransportOptions {
  /** Seconds per address of the host, and again without a byte while TLS or a tunnel is set up; undefined waits for ever. */
  readonly connectTimeout: number | undefined
  /** Seconds without a byte, from the request to the end of the body; undefined waits for ever. */
  readonly readTimeout: number | undefined
  /** False accepts any certificate. */
  readonly verify: boolean
  /** A PEM file that replaces the trust store. */
  readonly caBundle: string | undefined
  /** Whether HTTP(S)_PROXY and NO_PROXY apply. */
  readonly proxies: boolean
  /** TCP keep-alive, for a network that forgets silent connections. */
  readonly keepAlive?: boolean
  /** Host → the TLS session it offered last: where it is met again the handshake is shorter. */
  readonly sessions?: Map<string, Uint8Array>
}

export interface RequestOptions {
  /** Closes the connection. */
  readonly abortSignal?: AbortSignal | undefined
  /**
   * Asks for nothing but an answer, and may be asked twice: it may go over a connection that has been used before, and over another one
   * where that turns out to be closed. Without it each request has a new connection, so that there is no doubt about which ones were sent.
   */
  readonly readOnly?: boolean
  /** The longest body that is read, in bytes. */
  readonly maxBody?: number
  /** The URL that the request goes to, instead of the request's own host, path and query. */
  readonly endpoint?: EndpointUrl | undefined
}

/**
 * An SDK request handler: `new IAMClient({ requestHandler })`, `fromTemporaryCredentials({ clientConfig: { requestHandler } })`.
 * The body of the response is whole (a Uint8Array); everything it throws is a TransportFailure.
 */
export interface Transport {
  readonly metadata: { readonly handlerProtocol: string }
  handle(request: HttpRequest, options?: RequestOptions): Promise<{ response: HttpResponse }>
  updateHttpClientConfig(): void
  httpHandlerConfigs(): Record<string, never>
  destroy(): void
}

/** aws-cli's sentence for what happened on the wire (botocore/exceptions.py, 2.36.7). */
export class TransportFailure extends Failure {
  override readonly name = 'TransportFailure'
  /** False only where it is certain that the request did not reach the other side: then nothing happened there. */
  readonly sent: boolean
  /** aws-cli's standard retry mode would try again. */
  readonly retryable: boolean
  /** Private, so that nobody who prints this error prints a secret. */
  readonly #partial: HttpResponse | undefined
  constructor(message: string, about: { sent: boolean; retryable: boolean; cause?: unknown; partial?: HttpResponse | undefined }) {
    super(message, { cause: about.cause })
    this.sent = about.sent
    this.retryable = about.retryable
    this.#partial = about.partial
  }

  /** Where the reply broke off after its headers: its status, headers and as much of the body as came. */
  get partial(): HttpResponse | undefined {
    return this.#partial
  }
}

/**
 * The request with the port that `endpoint` names. The SDK drops one that is the scheme's own; aws-cli (2.36.7) shows it in its sentences
 * and to proxies. For a request that is signed: its Host header stays as it is.
 */
export function withNamedPort(request: HttpRequest, endpoint: string | undefined): HttpRequest {
  const [, port] = /^[a-zA-Z]+:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(endpoint ?? '') ?? []
  // Not by its class, which would be loaded with half the SDK before there is a connection.
  return port === undefined ? request : Object.assign(Object.create(Object.getPrototypeOf(request)), request, { port: Number(port) })
}
