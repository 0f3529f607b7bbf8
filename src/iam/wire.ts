/**
 * Node's side of the HTTP port: one connection, one request, one whole reply. Owns the order of things and what is certain when one of
 * them fails: as long as we are dialling nothing has been asked for; from the first byte of the request on it may have been done.
 * What a reply means, and whether to try again, is decided elsewhere.
 */

import * as http from 'node:http'
import type * as net from 'node:net'
import type { HttpRequest, HttpResponse } from '@smithy/core/protocols'
import { messageOf } from '../errors.ts'
import type { Files, Host } from '../host.ts'
import { quote } from '../python/urllib.ts'
import { type Transport, TransportFailure, type TransportOptions } from '../transport.ts'
import { type ProxyServer, proxyFor } from './proxy.ts'
import { connect, isTimeout, limit } from './tcp.ts'
import { codeOf, opensslMessage, sentence, Trouble } from './trouble.ts'

/** Python's own limit is 100 lines of 64 KiB; Node's default of 16 KiB would lose replies that aws-cli reads. */
const MAX_HEADER_BYTES = 100 * 64 * 1024

export interface WireHost extends Pick<Host, 'env' | 'debug'> {
  readonly files: Pick<Files, 'read'>
}

/** Where a request goes. `hostname` is without the brackets of an IPv6 address, `authority` with them, and with a port if one was given. */
export interface Target {
  readonly url: string
  readonly scheme: string
  readonly secure: boolean
  readonly hostname: string
  readonly port: number
  readonly authority: string
  readonly path: string
}

/**
 * A transport whose connections obey `options`. Reads the environment and the CA bundle no sooner than a request needs them.
 *
 * @param connecting how a request gets its connection
 */
export function createTransport(options: TransportOptions, host: WireHost, connecting: Dial = dial): Transport {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request, { abortSignal } = {}) {
      const target = targetOf(request)
      let proxy: ProxyServer | undefined
      let socket: net.Socket | undefined
      let sent = false
      try {
        proxy = options.proxies ? proxyFor(target, host.env) : undefined
        // The origin alone: the path of a container's endpoint is as good as a password.
        host.debug(`wire: connecting to ${target.scheme}://${target.authority}${proxy ? ` through ${proxy.masked}` : ''}`)
        const connection = connecting(target, proxy, options, host.files, abortSignal)
        // Loaded while the other side answers.
        const open = http.request
        socket = await connection
        limit(socket, options.readTimeout)
        const outgoing = open(compose(request, target, proxy, socket))
        sent = true
        const response = await exchange(outgoing, request.body, socket)
        host.debug(`wire: status ${response.statusCode}, ${response.body.length} bytes`)
        // Node closes the connection by itself.
        return { response }
      } catch (error) {
        socket?.destroy()
        const { kind, message, cause, partial } = diagnose(error)
        host.debug(`wire: ${kind} ${codeOf(cause)}, ${sent ? 'after' : 'before'} the request was sent`)
        // aws-cli retries them all: botocore/retries/standard.py names the base classes of every one.
        throw new TransportFailure(sentence(kind, message, target.url, proxy?.masked), { sent, retryable: true, cause, partial })
      }
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  }
}

/** The origin of a URL, as a target. */
export const originOf = ({ protocol, hostname, port }: URL): Target =>
  targetOf({ protocol, hostname, port: port === '' ? undefined : Number(port), path: '/', query: {} })

function targetOf(request: Pick<HttpRequest, 'protocol' | 'hostname' | 'path' | 'query'> & { readonly port?: number | undefined }): Target {
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

/** As the SDK signs it. Its own function would be loaded with the SDK, and the connection wait for that. */
function queryString(query: HttpRequest['query'] = {}): string {
  const pairs = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))
  return pairs
    .flatMap(([name, values]) => [values].flat().map(value => (value === null ? quote(name) : `${quote(name)}=${quote(value)}`)))
    .join('&')
}

export type Dial = typeof dial

/**
 * A connection that is ready for the request: through the proxy if there is one, TLS and all. No byte of the request is written, so
 * whatever this throws, nothing happened at the other end.
 */
export async function dial(
  target: Target,
  proxy: ProxyServer | undefined,
  options: TransportOptions,
  files: Pick<Files, 'read'>,
  signal?: AbortSignal,
): Promise<net.Socket> {
  if (!['http', 'https'].includes(target.scheme)) throw new Trouble('client', { detail: `Not supported URL scheme ${target.scheme}` })
  // Loaded before there is a connection: one that is closed again meanwhile would be noticed by nobody.
  const tls = target.secure || proxy?.secure ? await import('./tls.ts') : undefined
  const tunnel = proxy && target.secure ? await import('./proxy-tunnel.ts') : undefined
  const connected = connect(proxy ?? target, options.connectTimeout, signal)
  tls?.warm(options)
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
 * The request over `socket`, which serves no other; nothing is written before its `end`. Plain HTTP through a proxy names the whole URL,
 * for the proxy reads it; behind a tunnel no proxy does.
 */
function compose(request: HttpRequest, target: Target, proxy: ProxyServer | undefined, socket: net.Socket): http.RequestOptions {
  const forwarded = target.secure ? undefined : proxy
  return {
    method: request.method,
    path: forwarded ? target.url : target.path,
    headers: { host: target.authority, ...request.headers, ...forwarded?.headers },
    createConnection: () => socket,
    // Python's parser forgives as much, and a key is in the reply. Nothing can be smuggled into a connection that is used once.
    insecureHTTPParser: true,
    maxHeaderSize: MAX_HEADER_BYTES,
  }
}

/** Sends the request and reads the reply to its end. Throws a Trouble, with what had come of the reply. */
async function exchange(outgoing: http.ClientRequest, body: HttpRequest['body'], socket: net.Socket): Promise<HttpResponse> {
  const reply = await new Promise<http.IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve)
    // Stays: bytes after the end of a reply are an error that comes late and changes nothing.
    outgoing.on('error', error => reject(diagnose(socket.errored ?? error)))
    outgoing.end(body)
  })
  const chunks: Buffer[] = []
  try {
    await new Promise<void>((resolve, reject) => {
      const early = () => reject(new Error('Premature close'))
      reply
        .on('data', chunk => chunks.push(chunk))
        .once('error', reject)
        .once('close', early)
      reply.once('end', () => {
        reply.off('close', early)
        resolve()
      })
    })
  } catch (error) {
    // The reply only says that it was aborted; the socket knows why.
    const { kind, message, cause } = diagnose(socket.errored ?? error)
    const partial = await response(reply, joined(chunks))
    throw new Trouble(kind === 'lost' ? 'garbled' : kind, { detail: message, cause, partial })
  }
  return response(reply, joined(chunks))
}

const joined = ([first = Buffer.alloc(0), ...others]: readonly Buffer[]): Buffer =>
  others.length === 0 ? first : Buffer.concat([first, ...others])

async function response(reply: http.IncomingMessage, body: Buffer): Promise<HttpResponse> {
  const encoding = reply.headers['content-encoding']
  return {
    statusCode: reply.statusCode ?? 0,
    reason: reply.statusMessage ?? '',
    headers: Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name, String(value)])),
    body: encoding === undefined ? body : (await import('./encoding.ts')).decoded(body, encoding),
  }
}

/** What an error of Node's means, once there is a connection. */
function diagnose(error: unknown): Trouble {
  if (error instanceof Trouble) return error
  const code = codeOf(error)
  if (isTimeout(error)) return new Trouble('readTimeout', { cause: error })
  if (code === 'ECONNRESET' || code === 'EPIPE') return new Trouble('lost', { cause: error })
  // Without its cause: the parser's error carries the bytes it stumbled over, and a secret may be among them.
  if (code.startsWith('HPE_')) return new Trouble('garbled')
  const detail = opensslMessage(error, 'read') ?? messageOf(error)
  return new Trouble(code.startsWith('ERR_SSL_') ? 'tls' : 'client', { detail, cause: error })
}
