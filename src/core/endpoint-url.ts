/**
 * A configured URL, read as urllib and urllib3 read one (Python 3.11, urllib3 2.6; aws-cli 2.36.7). Not by WHATWG's rules: those refuse hosts that
 * urllib takes (`[fe80::1%25lo]`, `256.1.1.1`), and rewrite others, paths and queries, so that messages and requests would name another URL.
 */

export interface EndpointUrl {
  /** As it is shown: without a user and a password, and never without a path. */
  readonly shown: string
  /** With its colon. */
  readonly protocol: string
  /** In lower case but for an IPv6 zone, and with the brackets of an IPv6 address. */
  readonly hostname: string
  /** Undefined where none is named. */
  readonly port: number | undefined
  /** Percent-encoded. */
  readonly path: string
  /** Percent-encoded, without its question mark; empty where there is none. */
  readonly query: string
}

const URL_PARTS = /^([a-zA-Z][a-zA-Z\d+.-]*:)\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(:[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?$/s

/** The parts of a URL that `usableUrl` (config/endpoint.ts) has let pass. */
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

/** `[FE80::1%25Lo]` → `[fe80::1%Lo]`: a zone keeps its case, and its per cent sign may be escaped (RFC 6874). */
function hostOf(host: string): string {
  const [address = '', zone] = host.split(/%(?:25)?(.*)/s)
  return zone === undefined ? host.toLowerCase() : `${address.toLowerCase()}%${zone}`
}

const NOT_IN_PATH = /[^\w.~!$&'()*+,;=:@/%-]/gu
const NOT_IN_QUERY = /[^\w.~!$&'()*+,;=:@/%?-]/gu

/** `_encode_invalid_chars` of urllib3/util/url.py: per cent signs are escapes where all of them are, and else characters. */
function encode(text: string, wrong: RegExp): string {
  const escaped = /%(?![\da-f]{2})/i.test(text) ? text.replaceAll('%', '%25') : text
  return escaped.replace(/%[\da-f]{2}/gi, sequence => sequence.toUpperCase()).replace(wrong, character => encodeURIComponent(character))
}
