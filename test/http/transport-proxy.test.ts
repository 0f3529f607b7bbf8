import * as fs from 'node:fs'
import type * as net from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  afterRequest,
  answer,
  ask,
  type Behaviour,
  BODY,
  blackHole,
  type Certificates,
  canMakeCertificates,
  certificates,
  closed,
  closedPort,
  overTls,
  REPLY,
  serve,
  silence,
} from './loopback.ts'

// Sentences and requests recorded from aws-cli 2.36.7. The host behind the proxy does not exist: whoever asks for it directly fails.

const HTTP = 'http://iam.example.test/'
const HTTPS = 'https://iam.example.test/'
const through = (port: number, userinfo = '') => ({
  HTTP_PROXY: `http://${userinfo}127.0.0.1:${port}`,
  HTTPS_PROXY: `http://${userinfo}127.0.0.1:${port}`,
})
const failed = (port: number) => `Failed to connect to proxy URL: "http://127.0.0.1:${port}"`
const reset = (socket: net.Socket) => socket.resetAndDestroy()

describe('plain http', () => {
  test('names the whole URL', async () => {
    const seen: string[] = []
    const port = await serve(answer(REPLY, text => seen.push(text)))
    expect(await ask('http://iam.example.test:8080/a?x=1', { env: through(port) })).toEqual({ status: 200, body: BODY })
    expect(seen.map(text => text.split('\r\n').slice(0, 2))).toEqual([
      ['POST http://iam.example.test:8080/a?x=1 HTTP/1.1', 'host: iam.example.test:8080'],
    ])
  })

  test('says who asks', async () => {
    const seen: string[] = []
    const port = await serve(answer(REPLY, text => seen.push(text)))
    expect(await ask(HTTP, { env: through(port, 'us%40er:p%3Ass@') })).toEqual({ status: 200, body: BODY })
    expect(seen[0]).toContain('\r\nProxy-Authorization: Basic dXNAZXI6cDpzcw==\r\n')
  })

  test('gets an answer of the proxy as if it were the reply', async () => {
    const port = await serve(answer('HTTP/1.1 407 Who?\r\nContent-Length: 1\r\n\r\nx'))
    expect(await ask(HTTP, { env: through(port) })).toEqual({ status: 407, body: 'x' })
  })

  test.each<[string, Behaviour]>([
    ['hangs up', answer('')],
    ['resets', afterRequest(reset)],
  ])('fails where the proxy %s, and it may have been done', async (_, behave) => {
    const port = await serve(behave)
    expect(await ask(HTTP, { env: through(port) })).toEqual({ message: failed(port), sent: true })
  })

  test.each<[string, string]>([
    ['does not speak HTTP', 'garbage\r\n\r\n'],
    ['breaks off', REPLY.slice(0, -5)],
  ])('blames the endpoint where the proxy %s', async (_, reply) => {
    const port = await serve(answer(reply))
    expect(await ask(HTTP, { env: through(port) })).toMatchObject({ message: closed(HTTP), sent: true })
  })

  test('goes straight where proxies do not apply', async () => {
    const [port, dead] = [await serve(answer(REPLY)), await closedPort()]
    expect(await ask(`http://127.0.0.1:${port}`, { env: through(dead), proxies: false })).toEqual({ status: 200, body: BODY })
    expect(await ask(`http://127.0.0.1:${port}`, { env: { ...through(dead), NO_PROXY: '127.0.0.1' } })).toEqual({ status: 200, body: BODY })
  })
})

describe.each([HTTP, HTTPS])('%s', url => {
  test('fails where the proxy is not there: nothing was sent, no password is shown', async () => {
    const port = await closedPort()
    expect(await ask(url, { env: through(port, 'user:word@') })).toEqual({
      message: `Failed to connect to proxy URL: "http://***:***@127.0.0.1:${port}"`,
      sent: false,
    })
  })

  test('waits no longer for the proxy than for a host', async () => {
    const env = through(await blackHole())
    expect(await ask(url, { env, connectTimeout: 0.2 })).toEqual({ message: `Connect timeout on endpoint URL: "${url}"`, sent: false })
  })

  test('refuses a proxy that is no URL', async () => {
    const env = { http_proxy: 'http://', https_proxy: 'http://' }
    expect(await ask(url, { env })).toEqual({ message: 'An HTTP Client raised an unhandled exception: No host specified.', sent: false })
  })
})

describe('CONNECT', () => {
  test('names host and port and who asks, and nothing of the request', async () => {
    const seen: string[] = []
    const port = await serve(answer('HTTP/1.1 502 No\r\n\r\n', text => seen.push(text)))
    await ask(HTTPS, { env: through(port, 'u:p@'), headers: { authorization: 'secret' } })
    expect(seen).toEqual([
      'CONNECT iam.example.test:443 HTTP/1.1\r\nProxy-Authorization: Basic dTpw\r\nHost: iam.example.test:443\r\nConnection: close\r\n\r\n',
    ])
  })

  test.each<[string, Behaviour]>([
    ['refuses', answer('HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n')],
    ['has no way', answer('HTTP/1.1 502 No\r\n\r\n')],
    ['says anything but 200', answer('HTTP/1.1 201 Made\r\n\r\n')],
    ['hangs up', answer('')],
    ['resets', afterRequest(reset)],
    ['is silent', silence],
    ['leads to silence', afterRequest(socket => socket.write('HTTP/1.1 200 OK\r\n\r\n'))],
  ])('fails where the proxy %s: nothing was sent', async (_, behave) => {
    const port = await serve(behave)
    expect(await ask(HTTPS, { env: through(port), connectTimeout: 0.3 })).toEqual({ message: failed(port), sent: false })
  })

  test.each<[string, string, string]>([
    ['does not speak HTTP', 'garbage\r\n\r\n', closed(HTTPS)],
    [
      'hangs up after 200',
      'HTTP/1.1 200 OK\r\n\r\n',
      `SSL validation failed for ${HTTPS} TLS/SSL connection has been closed (EOF) (_ssl.c:992)`,
    ],
  ])('blames the endpoint where the proxy %s: nothing was sent', async (_, reply, message) => {
    const port = await serve(answer(reply))
    expect(await ask(HTTPS, { env: through(port) })).toEqual({ message, sent: false })
  })
})

describe.skipIf(!canMakeCertificates())('behind TLS', () => {
  let authority: Certificates
  beforeAll(() => {
    authority = certificates()
  })
  afterAll(() => fs.rmSync(authority.folder, { recursive: true }))

  const url = 'https://localhost:8443/'
  const tunnelTo = (behave: Behaviour) =>
    afterRequest(socket => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      behave(socket)
    })

  test('a tunnel carries the request', async () => {
    const seen: string[] = []
    const port = await serve(
      tunnelTo(
        overTls(
          authority.localhost,
          answer(REPLY, text => seen.push(text)),
        ),
      ),
    )
    const env = through(port, 'u:p@')
    expect(await ask(url, { env, caBundle: authority.authority })).toEqual({ status: 200, body: BODY })
    expect(seen[0]).toMatch(/^POST \/ HTTP/)
    expect(seen[0]).not.toContain('Proxy')
  })

  test('a tunnel does not make an unknown certificate good', async () => {
    const port = await serve(tunnelTo(overTls(authority.localhost, answer(REPLY))))
    expect(await ask(url, { env: through(port) })).toEqual({
      message: `SSL validation failed for ${url} [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:992)`,
      sent: false,
    })
  })

  test('the proxy is blamed where the endpoint hangs up, and it may have been done', async () => {
    const port = await serve(tunnelTo(overTls(authority.localhost, answer(''))))
    expect(await ask(url, { env: through(port), caBundle: authority.authority })).toEqual({ message: failed(port), sent: true })
  })

  test('a proxy can itself speak TLS, and a tunnel runs inside it', async () => {
    const { localhost, authority: caBundle } = authority
    const port = await serve(overTls(localhost, tunnelTo(overTls(localhost, answer(REPLY)))))
    expect(await ask(url, { env: { HTTPS_PROXY: `https://localhost:${port}` }, caBundle })).toEqual({ status: 200, body: BODY })
  })

  test('a proxy that speaks TLS is checked', async () => {
    const port = await serve(overTls(authority.elsewhere, answer('HTTP/1.1 200 OK\r\n\r\n')))
    expect(await ask(url, { env: { HTTPS_PROXY: `https://localhost:${port}` }, caBundle: authority.authority })).toEqual({
      message: `SSL validation failed for ${url} hostname 'localhost' doesn't match either of 'a.test', '*.b.test'`,
      sent: false,
    })
  })
})
