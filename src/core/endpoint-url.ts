/**
 * Parses a configured URL as urllib and urllib3 do (Python 3.11, urllib3 2.6; aws-cli 2.36.7). WHATWG's rules reject hosts that urllib
 * accepts (`[fe80::1%25lo]`, `256.1.1.1`) and rewrite others, as well as paths and queries, so that messages and requests would have
 * another URL.
 */

export interface EndpointUrl {
  /** For messages: without user and password, and with a path. */
  readonly shown: string
  /** With the colon. */
  readonly protocol: string
  /** In lower case, except for an IPv6 zone; with the brackets of an IPv6 address. */
  readonly hostname: string
  /** Undefined if the URL has none. */
  readonly port: number | undefined
  /** Percent-encoded. */
  readonly path: string
  /** Percent-encoded, without the question mark; empty if there is none. */
  readonly query: string
}

const URL_PARTS = /^([a-zA-Z][a-zA-Z\d+.-]*:)\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(:[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?$/s

/** The parts of a URL that `usableUrl` (config/endpoint.ts) has checked. */
export function readEndpointUrl(url: string): EndpointUrl {
  const [, scheme = '', host = '', port = '', path = '', query = '', fragment = ''] = URL_PARTS.exec(url) ?? []
  const protocol = scheme.toLowerCase()
  return {
    shown: `${protocol}//${host}${port}${path || '/'}${query === '?' ? '' : query}${fragment === '#' ? '' : fragment}`,
    protocol,
    hostname: hostOf(host),
    port: port.length > 1 ? Number(port.slice(1)) : undefined,
    path: encode(path || '/', NOT_IN_PATH),
    query: encode(query.slice(1), NOT_IN_QUERY),
  }
}

/** `[FE80::1%25Lo]` → `[fe80::1%Lo]`: a zone keeps its case, and its percent sign may be escaped (RFC 6874). */
function hostOf(host: string): string {
  if (!host.includes('%')) return host.toLowerCase()
  const [address = '', zone] = host.split(/%(?:25)?(.*)/s)
  return `${address.toLowerCase()}%${zone}`
}

const NOT_IN_PATH = /[^\w.~!$&'()*+,;=:@/%-]/gu
const NOT_IN_QUERY = /[^\w.~!$&'()*+,;=:@/%?-]/gu

/** `_encode_invalid_chars` of urllib3/util/url.py: percent signs are escapes if all of them are, otherwise characters. */
function encode(text: string, wrong: RegExp): string {
  const marked = text.includes('%') ? escaped(text) : text
  return marked === '' || marked === '/' ? marked : marked.replace(wrong, character => encodeURIComponent(character))
}

const escaped = (text: string): string =>
  (/%(?![\da-f]{2})/i.test(text) ? text.replaceAll('%', '%25') : text).replace(/%[\da-f]{2}/gi, code => code.toUpperCase())
