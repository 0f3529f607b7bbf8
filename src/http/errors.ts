/**
 * The errors between dialling and the last byte of a reply, and aws-cli's message for each. The other files here throw an HttpError of a
 * kind; transport.ts, which knows the URL, turns it into a TransportFailure.
 */

import type { HttpResponse } from '@smithy/core/protocols'

/** botocore/exceptions.py and the cases of botocore/httpsession.py that raise them (2.36.7). */
const SENTENCE = {
  unreachable: url => `Could not connect to the endpoint URL: "${url}"`,
  connectTimeout: url => `Connect timeout on endpoint URL: "${url}"`,
  handshakeTimeout: url => `Read timeout on endpoint URL: "${url}"`,
  readTimeout: url => `Read timeout on endpoint URL: "${url}"`,
  /** The connection was closed before a reply. */
  lost: url => `Connection was closed before we received a valid response from endpoint URL: "${url}".`,
  /** A reply was cut short or is not HTTP. */
  garbled: url => `Connection was closed before we received a valid response from endpoint URL: "${url}".`,
  /** A reply is longer than any expected one. */
  oversized: (url, detail) => `The response from endpoint URL: "${url}" has more than ${detail} bytes and was not read to its end.`,
  /** The request was abandoned: a signal arrived, or the time was up. */
  stopped: url => `Gave up waiting for an answer from endpoint URL: "${url}".`,
  tls: (url, detail) => `SSL validation failed for ${url} ${detail}`,
  proxy: (_url, proxy) => `Failed to connect to proxy URL: "${proxy}"`,
  client: (_url, detail) => `An HTTP Client raised an unhandled exception: ${detail}`,
} as const satisfies Record<string, (url: string, detail: string) => string>

type Kind = keyof typeof SENTENCE

/** With a proxy, aws-cli attributes these to the proxy, even if the endpoint is the reason. */
const BLAMED_ON_PROXY: ReadonlySet<Kind> = new Set<Kind>(['unreachable', 'handshakeTimeout', 'lost', 'proxy'])

export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly kind: Kind
  /** The part of the reply that was received. */
  readonly partial: HttpResponse | undefined
  /** `detail` ends the message of the kinds `tls` and `client`. */
  constructor(kind: Kind, about: { detail?: string; cause?: unknown; partial?: HttpResponse } = {}) {
    super(about.detail ?? '', { cause: about.cause })
    this.kind = kind
    this.partial = about.partial
  }
}

/** The message for a request to `url`, sent through `proxy` (its URL, credentials masked) if there is one. */
export function errorSentence(kind: Kind, detail: string, url: string, proxy: string | undefined): string {
  if (proxy !== undefined && BLAMED_ON_PROXY.has(kind)) return SENTENCE.proxy(url, proxy)
  return SENTENCE[kind](url, detail)
}

/** The code of a Node error (`ECONNREFUSED`, `HPE_INVALID_CONSTANT`), or the empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** The lines of Python's `_ssl.c` (3.11) at the end of its messages. */
const SSL_LINE = { handshake: 992, read: 2576 } as const

/** OpenSSL's error as Python words it; undefined if the error is not OpenSSL's. */
export function opensslMessage(error: unknown, during: keyof typeof SSL_LINE): string | undefined {
  if (!(error instanceof Error && 'library' in error && 'reason' in error && typeof error.reason === 'string')) return undefined
  // OpenSSL 3.5, in Node 24, has other names for these alerts than aws-cli's 3.0.
  const reason = error.reason.replace(/^ssl\/tls alert/, 'sslv3 alert')
  return `[SSL: ${reason.toUpperCase().replaceAll(' ', '_')}] ${reason} (_ssl.c:${SSL_LINE[during]})`
}
