/** Servers on loopback that behave as badly as a test says, and one request through the transport. */

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import * as net from 'node:net'
import * as os from 'node:os'
import * as path from 'node:path'
import * as tls from 'node:tls'
import { HttpRequest } from '@smithy/core/protocols'
import { onTestFinished } from 'vitest'
import type { Env } from '../../src/core/host.ts'
import { TransportFailure, type TransportOptions } from '../../src/core/transport.ts'
import { createTransport } from '../../src/http/transport.ts'

export const BODY = '<CreateAccessKeyResponse>whole</CreateAccessKeyResponse>'
export const REPLY = `HTTP/1.1 200 OK\r\nDate: Tue, 24 Nov 2026 21:00:00 GMT\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`

export type Behaviour = (socket: net.Socket) => unknown

/** A server that does as told with each connection. Answers with its port. */
export async function serve(behave: Behaviour, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer(socket => {
    sockets.add(socket.on('error', () => {}))
    behave(socket)
  })
  server.listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Reads a request to its end, tells `seen`, and then does as told. */
export function afterRequest(behave: Behaviour, seen: (request: string) => void = () => {}): Behaviour {
  return socket => {
    let text = ''
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const end = text.indexOf('\r\n\r\n') + 4
      if (end < 4 || text.length < end + Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)) return
      socket.off('data', onData)
      seen(text)
      behave(socket)
    }
    socket.on('data', onData)
  }
}

export const answer = (reply: string | Buffer, seen?: (request: string) => void): Behaviour =>
  afterRequest(socket => socket.end(reply), seen)

export const silence: Behaviour = () => {}

/** Speaks TLS with a certificate of `certificates`, and then does as told. */
export function overTls({ cert, key }: { cert: string; key: string }, behave: Behaviour): Behaviour {
  const secureContext = tls.createSecureContext({ cert, key })
  return socket => {
    const secure = new tls.TLSSocket(socket, { isServer: true, secureContext })
    behave(secure.on('error', () => {}))
  }
}

/** A port that never completes a connection: the kernel's queue for it is full. */
export async function blackHole(): Promise<number> {
  const program = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    require('fs').writeSync(1, String(this.address().port)); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) })`
  const listener = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port]: unknown[] = await once(listener.stdout, 'data')
  const fillers = Array.from({ length: 4 }, () => net.connect(Number(port), '127.0.0.1').on('error', () => {}))
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy()
    listener.kill()
  })
  await Promise.all(fillers.slice(0, 2).map(filler => once(filler, 'connect')))
  return Number(port)
}

/** A port nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The transport, with time-outs no test waits for unless it says so. */
export const transport = (options: Partial<TransportOptions> = {}, env: Env = {}, debug: (line: string) => void = () => {}) =>
  createTransport(
    { connectTimeout: 5, readTimeout: 5, verify: true, caBundle: undefined, proxies: true, ...options },
    { env, debug, files: { read: file => fs.readFileSync(file) } },
  )

interface Ask extends Partial<TransportOptions> {
  readonly env?: Env
  readonly headers?: Record<string, string>
  readonly abortSignal?: AbortSignal
  readonly debug?: (line: string) => void
}

/** What came of a request: status and body of the reply, or the failure. */
interface Outcome {
  readonly status?: number
  readonly body?: string
  readonly message?: string
  readonly sent?: boolean
  readonly partial?: string
}

export async function ask(url: string, { env, headers = {}, abortSignal, debug, ...options }: Ask = {}): Promise<Outcome> {
  const { protocol, hostname, port, pathname, searchParams } = new URL(url)
  const request = new HttpRequest({
    protocol,
    hostname,
    ...(port && { port: Number(port) }),
    path: pathname,
    query: Object.fromEntries(searchParams),
    method: 'POST',
    headers,
    body: 'Action=CreateAccessKey',
  })
  try {
    const { response } = await transport(options, env, debug).handle(request, abortSignal && { abortSignal })
    return { status: response.statusCode, body: Buffer.from(response.body).toString() }
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error
    const { message, sent, partial } = error
    return { message, sent, ...(partial && { partial: Buffer.from(partial.body).toString() }) }
  }
}

export const closed = (url: string) => `Connection was closed before we received a valid response from endpoint URL: "${url}".`

interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A CA of our own and certificates by it: for localhost, for other names, and one that only vouches for itself. */
export interface Certificates {
  readonly folder: string
  /** The file that makes the rest trusted. */
  readonly authority: string
  readonly localhost: Certificate
  readonly elsewhere: Certificate
  readonly nameless: Certificate
  /** The hosts of AWS, in some partitions. */
  readonly aws: Certificate
  readonly selfSigned: Certificate
}

/** False, after a warning, where there is no openssl program to make certificates with. */
export function canMakeCertificates(): boolean {
  const can = spawnSync('openssl', ['version']).status === 0
  if (!can) console.warn('SKIPPED: the tests of TLS need the openssl program')
  return can
}

const AWS_HOSTS = [
  '*.amazonaws.com',
  '*.us-gov.amazonaws.com',
  '*.us-west-2.amazonaws.com',
  '*.sso.us-west-2.amazonaws.com',
  '*.cn-north-1.amazonaws.com.cn',
]

/** In a folder of their own, which the caller removes. */
export function certificates(): Certificates {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-tls-'))
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  const request = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const certificate = (name: string): Certificate => ({
    cert: fs.readFileSync(path.join(folder, `${name}.pem`), 'utf8'),
    key: fs.readFileSync(path.join(folder, `${name}.key`), 'utf8'),
  })
  const selfSigned = (name: string, ...more: string[]) => {
    openssl(...request, '-x509', '-keyout', `${name}.key`, '-out', `${name}.pem`, ...more)
    return certificate(name)
  }
  const issued = (name: string, subject: string, extension: string) => {
    fs.writeFileSync(path.join(folder, 'extension'), extension)
    openssl(...request, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'extension']
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...by)
    return certificate(name)
  }
  selfSigned('ca', '-subj', '/CN=iamkey test CA')
  return {
    folder,
    authority: path.join(folder, 'ca.pem'),
    localhost: issued('localhost', '/CN=localhost', 'subjectAltName=DNS:localhost'),
    elsewhere: issued('elsewhere', '/CN=a.test', 'subjectAltName=DNS:a.test,DNS:*.b.test'),
    aws: issued('aws', '/CN=aws', `subjectAltName=${AWS_HOSTS.map(name => `DNS:${name}`).join()}`),
    nameless: issued('nameless', '/CN=other.test', 'basicConstraints=CA:FALSE'),
    selfSigned: selfSigned('self', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'),
  }
}
