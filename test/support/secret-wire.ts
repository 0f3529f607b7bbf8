/**
 * What carries requests to `secret-services.ts`: the port of the stores, in memory, and a server on loopback. Both keep what was sent, and both
 * can be broken at each request.
 */
import * as http from 'node:http'
import type { Clock } from '../../src/core/host.ts'
import type { AwsRequest, Remote, RemoteReply, RemoteRequest } from '../../src/core/remote.ts'
import { TransportFailure } from '../../src/core/transport.ts'
import { dumps } from '../../src/python/json.ts'
import type { SecretServices, ServiceReply, ServiceRequest } from './secret-services.ts'
import { checkSignature, readClaim } from './signature.ts'

/** What a request can meet. `lasting` ones meet all that follow, too. */
export type WireFault =
  | ('request lost' | 'reply lost' | 'unreachable' | 'deaf' | 'offline')
  | {
      readonly status: number
      readonly code?: string
      readonly headers?: Readonly<Record<string, string>>
      readonly done?: boolean
      readonly once?: boolean
    }

export const isLasting = (fault: WireFault): boolean =>
  fault === 'deaf' || fault === 'offline' || (typeof fault === 'object' && !fault.once)

export interface Sent {
  readonly method: string
  readonly url: string
  readonly body: string
  /** `PUT /repos/octo/hello/actions/secrets/KEY`, `secretsmanager.PutSecretValue` */
  readonly name: string
  /** Of a request to AWS, as the store asked for it. */
  readonly region?: string | undefined
}

export interface WireOptions {
  /** What request number `index` meets, counted from zero; undefined for nothing. */
  readonly meets?: (index: number, sent: Sent) => WireFault | undefined
  /** Called before and after each request is carried out; a promise that never resolves is a killed process. */
  readonly on?: (moment: 'before' | 'after', index: number, sent: Sent) => void | Promise<void>
  readonly clock?: Clock
  /** Milliseconds each way. */
  readonly latency?: () => number
  /** Carries requests in place of all that. */
  readonly through?: (name: string, act: () => ServiceReply) => Promise<RemoteReply>
}

const nameOf = ({ method, url, headers }: ServiceRequest) => headers['x-amz-target'] ?? `${method} ${url.replace(/\?.*/, '')}`

/** The port of the stores. */
export function remoteTo(services: SecretServices, sent: Sent[], { meets, on, clock, latency, through }: WireOptions = {}): Remote {
  async function carry(request: ServiceRequest, region?: string): Promise<RemoteReply> {
    const about: Sent = { method: request.method, url: request.url, body: request.body, name: nameOf(request), region }
    const index = sent.push(about) - 1
    if (through) return through(about.name, () => services.answer(request))
    const met = meets?.(index, about)
    await on?.('before', index, about)
    if (clock && latency) await clock.sleep(latency())
    const reply = carriedOut(services, request, met)
    await on?.('after', index, about)
    if (clock && latency) await clock.sleep(latency())
    if (reply === undefined) {
      const isSent = met !== 'unreachable' && met !== 'offline'
      throw new TransportFailure('Could not connect to the endpoint URL', { sent: isSent, retryable: true })
    }
    return { ...reply }
  }

  return {
    send({ method, url, headers, body = '' }: RemoteRequest) {
      const { pathname, search } = new URL(url)
      return carry({ method, url: `${pathname}${search}`, headers, body })
    },
    call({ service, operation, region, input }: AwsRequest) {
      const target = `${service === 'ssm' ? 'AmazonSSM' : service}.${operation}`
      return carry({ method: 'POST', url: '/', headers: { 'x-amz-target': target }, body: dumps(input) }, region)
    },
  }
}

/** Undefined where no reply comes. */
function carriedOut(services: SecretServices, request: ServiceRequest, met: WireFault | undefined): ServiceReply | undefined {
  if (met === 'unreachable' || met === 'offline' || met === 'request lost') return undefined
  if (typeof met === 'object') {
    if (met.done) services.answer(request)
    const { status, code = 'Odd', headers } = met
    // Some quote what they were given.
    const body = JSON.stringify({ __type: code, message: `${code}: ${request.body}` })
    return { status, headers: { date: new Date().toUTCString(), ...headers }, body }
  }
  const reply = services.answer(request)
  return met === undefined ? reply : undefined
}

export interface SecretServer {
  readonly endpoint: string
  readonly sent: readonly Sent[]
  close(): Promise<void>
}

/** Serves them on 127.0.0.1 until closed. Requests to AWS must be signed by that key. */
export async function serveSecrets(
  services: SecretServices,
  signer: { readonly id: string; readonly secret: string } | undefined,
  { meets, on }: WireOptions = {},
): Promise<SecretServer> {
  const sent: Sent[] = []

  async function answer(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(', ')]))
    const request = {
      method: incoming.method ?? '',
      url: (incoming.url ?? '').replace(/^http:\/\/[^/]+/, ''),
      headers,
      body: body.toString(),
    }
    const about = { method: request.method, url: request.url, body: request.body, name: nameOf(request) }
    const index = sent.push(about) - 1
    const met = meets?.(index, about)
    await on?.('before', index, about)
    const [service] = /^(secretsmanager|AmazonSSM)\./.exec(about.name) ?? []
    if (service !== undefined) {
      const signed = { ...request, body }
      const claim = readClaim(signed)
      if (signer?.id !== claim.keyId) throw new Error('signed by another key')
      checkSignature(signed, claim, signer.secret, service === 'AmazonSSM.' ? 'ssm' : 'secretsmanager', Date.now())
    }
    const reply = carriedOut(services, request, met)
    await on?.('after', index, about)
    if (reply === undefined) return void response.destroy()
    response.writeHead(reply.status, reply.headers).end(reply.body)
  }

  const server = http.createServer((request, response) => {
    // A mistake in here must fail the test that met it, not hang it.
    answer(request, response).catch(error => response.writeHead(400).end(JSON.stringify({ __type: 'Mistake', message: String(error) })))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    sent,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
