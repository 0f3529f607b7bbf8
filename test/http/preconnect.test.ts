import { once } from 'node:events'
import * as fs from 'node:fs'
import type * as net from 'node:net'
import * as tls from 'node:tls'
import { HttpRequest } from '@smithy/core/protocols'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Destination, preconnect } from '../../src/http/preconnect.ts'
import { createTransport, dial } from '../../src/http/transport.ts'
import { answer, type Certificates, canMakeCertificates, certificates, overTls, REPLY, serve } from './loopback.ts'

const ANYWHERE: Destination = { region: undefined, endpoint: undefined, useFipsEndpoint: false, useDualstackEndpoint: false }
const OPTIONS = { connectTimeout: 5, readTimeout: 5, verify: true, caBundle: undefined, proxies: true }
const host = (env = {}) => ({
  env,
  debug() {},
  files: { read: (file: string) => fs.readFileSync(file) },
  clock: { now: () => 0, sleep: async () => {} },
})

test.each<[why: string, destination: Partial<Destination>, env?: Record<string, string>]>([
  ['there is no handshake', { endpoint: 'http://127.0.0.1:1' }],
  ['the endpoint is one for FIPS', { useFipsEndpoint: true }],
  ['the endpoint is one for two stacks', { useDualstackEndpoint: true }],
  ['the region has an IAM of its own', { region: 'cn-north-1' }],
  ['there is a proxy', { endpoint: 'https://127.0.0.1:1' }, { https_proxy: 'http://127.0.0.1:2' }],
])('nothing is dialled ahead where %s', async (_, destination, env) => {
  expect(await preconnect({ ...ANYWHERE, ...destination }, OPTIONS, host(env))).toBe(dial)
})

describe.skipIf(!canMakeCertificates())('a connection made ahead', () => {
  let made: Certificates
  beforeAll(() => {
    made = certificates()
  })
  afterAll(() => fs.rmSync(made.folder, { recursive: true }))

  /** A transport that has dialled ahead to a server, which keeps the sockets it accepted. */
  async function ahead(behave = answer(REPLY), caBundle = made.authority) {
    const accepted: net.Socket[] = []
    const port = await serve(socket => {
      accepted.push(socket)
      overTls(made.localhost, behave)(socket)
    })
    const options = { ...OPTIONS, caBundle }
    const waiting = await preconnect({ ...ANYWHERE, endpoint: `https://localhost:${port}` }, options, host())
    const transport = createTransport(options, host(), waiting)
    const ask = (abortSignal?: AbortSignal) =>
      transport.handle(new HttpRequest({ protocol: 'https:', hostname: 'localhost', port, method: 'POST' }), abortSignal && { abortSignal })
    return { accepted, ask }
  }
  const connected = async (accepted: readonly net.Socket[]) => expect.poll(() => accepted.length).toBe(1)

  test('serves the first request, and the second has its own', async () => {
    const { accepted, ask } = await ahead()
    await connected(accepted)
    expect((await ask()).response.statusCode).toBe(200)
    expect(accepted.length).toBe(1)
    expect((await ask()).response.statusCode).toBe(200)
    expect(accepted.length).toBe(2)
  })

  test('is made afresh where it was lost before there was a request', async () => {
    const greeted: tls.TLSSocket[] = []
    const { accepted, ask } = await ahead(socket => {
      if (socket instanceof tls.TLSSocket) greeted.push(socket)
      if (greeted.length > 1) answer(REPLY)(socket)
    })
    await expect.poll(() => greeted[0]?.getProtocol()).toBe('TLSv1.3')
    await new Promise(resolve => setTimeout(resolve, 50))
    accepted[0]?.resetAndDestroy()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect((await ask()).response.statusCode).toBe(200)
    expect(accepted.length).toBe(2)
  })

  test('that is not trusted fails the first request, before anything was sent', async () => {
    const { ask } = await ahead(answer(REPLY), `${made.folder}/localhost.pem`)
    await expect(ask()).rejects.toMatchObject({ name: 'TransportFailure', sent: false })
  })

  test('is closed where the request is aborted', async () => {
    const { accepted, ask } = await ahead(() => {})
    await connected(accepted)
    const stop = new AbortController()
    const asked = ask(stop.signal)
    stop.abort()
    await expect(asked).rejects.toMatchObject({ name: 'TransportFailure' })
    const [socket] = accepted
    if (socket && !socket.closed) await once(socket, 'close')
    expect(accepted.length).toBe(1)
  })
})
