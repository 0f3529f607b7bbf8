/**
 * Implements the HTTP port on Node: one connection, one request, one complete response. Knows what is certain if a step fails: while
 * dialling nothing has been requested; from the first byte of the request on, it may have had an effect. Interprets no response and retries
 * nothing.
 */

import type * as net from 'node:net'
import type { HttpResponse } from '@smithy/core/protocols'
import type { EndpointUrl } from '../core/endpoint-url.ts'
import { messageOf } from '../core/errors.ts'
import type { Files, Host } from '../core/host.ts'
import { type Transport, TransportFailure, type TransportOptions, type TransportRequest } from '../core/transport.ts'
import { quote } from '../python/urllib.ts'
import { codeOf, errorSentence, HttpError, opensslMessage } from './errors.ts'
import type { KeptConnections } from './kept-connections.ts'
import { type ProxyServer, proxyFor } from './proxy.ts'
import { readResponse } from './read-response.ts'
import { MalformedResponse, OversizedResponse, ResponseParser } from './response-parser.ts'
import { connect, isTimeout, setIdleTimeout } from './tcp.ts'

export interface TransportHost extends Pick<Host, 'env' | 'debug'> {
  readonly files: Pick<Files, 'read'>
}

/** The destination of a request. `hostname` has no brackets around an IPv6 address; `authority` does, and the port if there is one. */
export interface Target {
  readonly url: string
  readonly scheme: string
  readonly secure: boolean
  readonly hostname: string
  readonly port: number
  readonly authority: string
  readonly path: string
}

/** Longer than any list of one user's keys, in bytes. Parsing a body takes many times its size in memory. */
const MAX_BODY = 64 << 20

/**
 * Creates a transport. It reads the environment and the CA bundle only when a request needs them.
 *
 * @param dialer opens the connection of a request
 */
export function createTransport(options: TransportOptions, host: TransportHost, dialer: Dial = dial): Transport {
  let kept: KeptConnections | undefined

  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request, { abortSignal, endpoint, readOnly = false, maxBody = MAX_BODY } = {}) {
      const target = endpoint ? targetAt(endpoint) : targetOf(request)
      let proxy: ProxyServer | undefined
      let socket: net.Socket | undefined
      let sent = false
      const exchangeOver = async (socket: net.Socket, message: Buffer): Promise<ExchangeResult> => {
        setIdleTimeout(socket, options.readTimeout)
        sent = true
        const reply = await exchange(message, socket, maxBody)
        host.debug(`wire: status ${reply.response.statusCode}, ${reply.response.body.length} bytes`)
        return reply
      }
      try {
        proxy = options.proxies ? proxyFor(target, host.env) : undefined
        const message = compose(request, target, proxy)
        const connect = (signal: AbortSignal | undefined): Promise<net.Socket> => {
          sent = false
          // Only the origin: the path of a container's endpoint is as sensitive as a password.
          host.debug(`wire: connecting to ${target.scheme}://${target.authority}${proxy ? ` through ${proxy.masked}` : ''}`)
          return dialer(target, proxy, options, host.files, signal)
        }
        if (readOnly) {
          const { KeptConnections } = await import('./kept-connections.ts')
          kept ??= new KeptConnections()
          const origin = `${target.scheme}://${target.hostname}:${target.port}`
          return { response: await kept.ask(origin, { connect, over: socket => exchangeOver(socket, message), abortSignal }) }
        }
        socket = await connect(abortSignal)
        const { response } = await exchangeOver(socket, message)
        socket.destroySoon()
        return { response }
      } catch (error) {
        socket?.destroy()
        const { kind, message, cause, partial } = diagnose(error)
        host.debug(`wire: ${kind} ${codeOf(cause)}, ${sent ? 'after' : 'before'} the request was sent`)
        // aws-cli retries all the others: botocore/retries/standard.py lists the base classes of every one.
        const retryable = kind !== 'oversized'
        throw new TransportFailure(errorSentence(kind, message, target.url, proxy?.masked), { sent, retryable, cause, partial })
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  }
}

/** The target of a configured URL. */
export const targetAt = ({ shown, protocol, hostname, port, path, query }: EndpointUrl): Target => ({
  ...targetOf({ protocol, hostname, port, path: query === '' ? path : `${path}?${query}` }),
  url: shown,
})

function targetOf(request: RequestTarget): Target {
  const query = queryString(request.query)
  const scheme = request.protocol.slice(0, -1)
  const secure = scheme === 'https'
  const authority = request.port === undefined ? request.hostname : `${request.hostname}:${request.port}`
  const path = `${request.path || '/'}${query && `?${query}`}`
  return {
    url: `${scheme}://${authority}${path}`,
    scheme,
    secure,
    hostname: request.hostname.startsWith('[') ? request.hostname.slice(1, -1) : request.hostname,
    port: request.port ?? (secure ? 443 : 80),
    authority,
    path,
  }
}

type RequestTarget = Pick<TransportRequest, 'protocol' | 'hostname' | 'path'> & {
  readonly port?: number | undefined
  readonly query?: TransportRequest['query']
}

/** As the SDK signs it. Its own function would be loaded with the SDK, and the connection wait for that. */
function queryString(query: TransportRequest['query'] = {}): string {
  const pairs = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))
  return pairs
    .flatMap(([name, values]) => [values].flat().map(value => (value === null ? quote(name) : `${quote(name)}=${quote(value)}`)))
    .join('&')
}

export type Dial = typeof dial

/**
 * Opens a connection for a request, through the proxy if there is one, including TLS. No byte of the request is written, so any error here
 * means that it had no effect.
 */
export async function dial(
  target: Target,
  proxy: ProxyServer | undefined,
  options: TransportOptions,
  files: Pick<Files, 'read'>,
  signal?: AbortSignal,
): Promise<net.Socket> {
  if (!['http', 'https'].includes(target.scheme)) throw new HttpError('client', { detail: `Not supported URL scheme ${target.scheme}` })
  // Loaded before the connection is opened: a connection that is closed during loading would go unnoticed.
  const tls = target.secure || proxy?.secure ? await import('./tls.ts') : undefined
  const tunnel = proxy && target.secure ? await import('./proxy-tunnel.ts') : undefined
  const connected = connect(proxy ?? target, options.connectTimeout, signal, options.keepAlive)
  tls?.preload(options)
  let socket = await connected
  try {
    if (tls && proxy?.secure) socket = await tls.handshake(socket, proxy.hostname, options, files)
    if (tunnel && proxy) socket = await tunnel.open(socket, target, proxy)
    if (tls && target.secure) socket = await tls.handshake(socket, target.hostname, options, files)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/**
 * The bytes of a request. Plain HTTP through a proxy has the whole URL, which the proxy reads; in a tunnel it does not. Throws an HttpError
 * for a header or a path with characters that would end it early.
 */
function compose(request: TransportRequest, target: Target, proxy: ProxyServer | undefined): Buffer {
  const forwarded = target.secure ? undefined : proxy
  const body = Buffer.from(request.body ?? '')
  const path = forwarded ? `${target.scheme}://${target.authority}${target.path}` : target.path
  if (/[^\x21-\x7e]/.test(path)) throw new HttpError('client', { detail: 'Request path contains unescaped characters' })
  const headers = Object.entries<string>({ host: target.authority, ...request.headers, ...forwarded?.headers })
  const hasLength = headers.some(([name]) => name.toLowerCase() === 'content-length')
  if (!hasLength && (body.length > 0 || request.method !== 'GET')) headers.push(['Content-Length', String(body.length)])
  for (const [name, value] of headers) {
    // Python's http.client rejects these too (`putheader`), but its message quotes the value, which may be a secret.
    if ((value.includes('\n') || value.includes('\r')) && /\n(?![ \t])|\r(?![ \t\n])/.test(value))
      throw new HttpError('client', { detail: `Invalid character in header content ["${name}"]` })
  }
  const lines = [`${request.method} ${path} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', '']
  // botocore writes headers in UTF-8 (botocore/awsrequest.py, 2.36.7).
  return Buffer.concat([Buffer.from(lines.join('\r\n')), body])
}

/** A complete response, and whether its connection can carry another request. */
export interface ExchangeResult {
  readonly response: HttpResponse
  readonly leavesConnection: boolean
}

/** Sends the request and reads the complete response. Throws an HttpError, with the part of the response that was received. */
async function exchange(message: Buffer, socket: net.Socket, maxBody: number): Promise<ExchangeResult> {
  const reader = new ResponseParser(maxBody)
  try {
    socket.write(message)
    await readResponse(socket, reader)
    const { response, leavesConnection } = reader
    if (!response) throw new HttpError('garbled')
    return { response: await uncompressed(response, maxBody), leavesConnection }
  } catch (error) {
    const {
      kind,
      message: detail,
      cause,
    } = error instanceof OversizedResponse ? new HttpError('oversized', { detail: String(maxBody) }) : diagnose(error)
    const partial = reader.response && (await uncompressed(reader.response, maxBody).catch(() => reader.response))
    throw new HttpError(kind === 'lost' && partial ? 'garbled' : kind, { detail, cause, ...(partial && { partial }) })
  }
}

async function uncompressed(reply: HttpResponse, maxBody: number): Promise<HttpResponse> {
  const encoding = reply.headers['content-encoding']
  if (encoding === undefined) return reply
  return { ...reply, body: (await import('./content-encoding.ts')).decodeContent(reply.body, encoding, maxBody) }
}

/** The meaning of a Node error once there is a connection. */
function diagnose(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  const code = codeOf(error)
  if (isTimeout(error)) return new HttpError('readTimeout', { cause: error })
  if (code === 'ECONNRESET' || code === 'EPIPE') return new HttpError('lost', { cause: error })
  if (error instanceof MalformedResponse) return new HttpError('garbled')
  const detail = opensslMessage(error, 'read') ?? messageOf(error)
  return new HttpError(code.startsWith('ERR_SSL_') ? 'tls' : 'client', { detail, cause: error })
}
