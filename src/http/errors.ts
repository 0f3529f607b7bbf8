/**
 * What can go wrong between dialling and the last byte of a reply, and aws-cli's sentence for each. The files beside this one throw
 * HttpError by kind; only `wire.ts` knows the URL that turns it into a TransportFailure.
 */

import type { HttpResponse } from '@smithy/core/protocols'

/** botocore/exceptions.py and the cases of botocore/httpsession.py that raise them (2.36.7). */
const SENTENCE = {
  unreachable: url => `Could not connect to the endpoint URL: "${url}"`,
  connectTimeout: url => `Connect timeout on endpoint URL: "${url}"`,
  handshakeTimeout: url => `Read timeout on endpoint URL: "${url}"`,
  readTimeout: url => `Read timeout on endpoint URL: "${url}"`,
  /** The other side went away before it answered. */
  lost: url => `Connection was closed before we received a valid response from endpoint URL: "${url}".`,
  /** An answer came, but was cut short or is not HTTP. */
  garbled: url => `Connection was closed before we received a valid response from endpoint URL: "${url}".`,
  /** An answer that goes on longer than any does. */
  oversized: (url, detail) => `The response from endpoint URL: "${url}" has more than ${detail} bytes and was not read to its end.`,
  /** We went away, for a signal came or it took too long. */
  stopped: url => `Gave up waiting for an answer from endpoint URL: "${url}".`,
  tls: (url, detail) => `SSL validation failed for ${url} ${detail}`,
  proxy: (_url, proxy) => `Failed to connect to proxy URL: "${proxy}"`,
  client: (_url, detail) => `An HTTP Client raised an unhandled exception: ${detail}`,
} as const satisfies Record<string, (url: string, detail: string) => string>

type Kind = keyof typeof SENTENCE

/** With a proxy in between, aws-cli blames it for these, also where the endpoint behind it is at fault. */
const BLAMED_ON_PROXY: ReadonlySet<Kind> = new Set<Kind>(['unreachable', 'handshakeTimeout', 'lost', 'proxy'])

export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly kind: Kind
  /** What had come of the answer. */
  readonly partial: HttpResponse | undefined
  /** `detail` ends the sentences of the kinds `tls` and `client`. */
  constructor(kind: Kind, about: { detail?: string; cause?: unknown; partial?: HttpResponse } = {}) {
    super(about.detail ?? '', { cause: about.cause })
    this.kind = kind
    this.partial = about.partial
  }
}

/** The sentence for a request to `url`, sent through `proxy` (its URL, credentials masked) if there is one. */
export function errorSentence(kind: Kind, detail: string, url: string, proxy: string | undefined): string {
  if (proxy !== undefined && BLAMED_ON_PROXY.has(kind)) return SENTENCE.proxy(url, proxy)
  return SENTENCE[kind](url, detail)
}

/** The code of an error of Node's (`ECONNREFUSED`, `HPE_INVALID_CONSTANT`), or the empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Lines of Python's `_ssl.c` (3.11) that its sentences end with. */
const SSL_LINE = { handshake: 992, read: 2576 } as const

/** OpenSSL's complaint as Python words it, or undefined where the error is not OpenSSL's. */
export function opensslMessage(error: unknown, during: keyof typeof SSL_LINE): string | undefined {
  if (!(error instanceof Error && 'library' in error && 'reason' in error && typeof error.reason === 'string')) return undefined
  // OpenSSL 3.5, in Node 24, names these alerts otherwise than the 3.0 of aws-cli.
  const reason = error.reason.replace(/^ssl\/tls alert/, 'sslv3 alert')
  return `[SSL: ${reason.toUpperCase().replaceAll(' ', '_')}] ${reason} (_ssl.c:${SSL_LINE[during]})`
}
