import * as fs from 'node:fs'
import type * as net from 'node:net'
import * as path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  afterRequest,
  answer,
  ask,
  type Behaviour,
  BODY,
  type Certificates,
  canMakeCertificates,
  certificates,
  closed,
  overTls,
  REPLY,
  serve,
  silence,
} from './loopback.ts'

// Sentences recorded from aws-cli 2.36.7 (Python 3.11, OpenSSL 3.0) against the same behaviour.

const refused = (url: string, detail: string) => ({ message: `SSL validation failed for ${url} ${detail}`, sent: false })
const reset = (socket: net.Socket) => socket.resetAndDestroy()

describe('a server that does not get as far as TLS', () => {
  test.each<[string, Behaviour, string]>([
    ['hangs up at once', socket => socket.end(), 'TLS/SSL connection has been closed (EOF) (_ssl.c:992)'],
    [
      'hangs up at the greeting',
      socket => socket.once('data', () => socket.end()),
      'TLS/SSL connection has been closed (EOF) (_ssl.c:992)',
    ],
    ['speaks HTTP', socket => socket.end('HTTP/1.1 400 Bad\r\n\r\n'), '[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:992)'],
    [
      'alerts',
      socket => socket.once('data', () => socket.end(Buffer.from('15030300020228', 'hex'))),
      '[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:992)',
    ],
  ])('and %s is refused', async (_, behave, detail) => {
    const url = `https://127.0.0.1:${await serve(behave)}/`
    expect(await ask(url)).toEqual(refused(url, detail))
  })

  test('and resets has closed the connection', async () => {
    const url = `https://127.0.0.1:${await serve(socket => socket.once('data', () => reset(socket)))}/`
    expect(await ask(url)).toEqual({ message: closed(url), sent: false })
  })

  test('and is silent is waited for as long as for a connection', async () => {
    const url = `https://127.0.0.1:${await serve(silence)}/`
    const began = performance.now()
    expect(await ask(url, { connectTimeout: 0.4, readTimeout: 0.1 })).toEqual({
      message: `Read timeout on endpoint URL: "${url}"`,
      sent: false,
    })
    expect(performance.now() - began).toBeGreaterThan(390)
    expect(performance.now() - began).toBeLessThan(700)
  })
})

describe.skipIf(!canMakeCertificates())('with certificates of our own', () => {
  let authority: Certificates
  beforeAll(() => {
    authority = certificates()
  })
  afterAll(() => fs.rmSync(authority.folder, { recursive: true }))

  describe('a certificate', () => {
    const cases: [string, keyof Certificates & ('localhost' | 'elsewhere' | 'nameless' | 'selfSigned'), string, boolean, string][] = [
      [
        'nobody vouches for',
        'localhost',
        'localhost',
        false,
        '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:992)',
      ],
      [
        'that vouches for itself',
        'selfSigned',
        'localhost',
        true,
        '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:992)',
      ],
      ['for another name', 'localhost', '127.0.0.1', true, "hostname '127.0.0.1' doesn't match 'localhost'"],
      ['for other names', 'elsewhere', 'localhost', true, "hostname 'localhost' doesn't match either of 'a.test', '*.b.test'"],
      ['for the name in its subject', 'nameless', 'localhost', true, "hostname 'localhost' doesn't match 'other.test'"],
    ]
    test.each(cases)('%s is refused', async (_, which, host, known, detail) => {
      const url = `https://${host}:${await serve(overTls(authority[which], answer(REPLY)))}/`
      expect(await ask(url, known ? { caBundle: authority.authority } : {})).toEqual(refused(url, detail))
      expect(await ask(url, { verify: false, caBundle: '/no/such.pem' })).toEqual({ status: 200, body: BODY })
    })

    test('a CA in the bundle vouches for is accepted', async () => {
      const url = `https://localhost:${await serve(overTls(authority.localhost, answer(REPLY)))}/`
      expect(await ask(url, { caBundle: authority.authority })).toEqual({ status: 200, body: BODY })
    })
  })

  describe('a CA bundle', () => {
    const write = (name: string, text: (pem: string) => string) => {
      const file = path.join(authority.folder, name)
      fs.writeFileSync(file, text(fs.readFileSync(authority.authority, 'utf8')))
      return file
    }
    const nothing = '[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:4123)'
    const broken = '[X509] PEM lib (_ssl.c:4123)'

    test.each<[string, () => string, string]>([
      ['that is not there', () => '/no/such.pem', '[Errno 2] No such file or directory'],
      ['that is a directory', () => '/tmp', '[Errno 21] Is a directory'],
      ['below a file', () => '/dev/null/x', '[Errno 20] Not a directory'],
      ['without a byte', () => write('empty', () => ''), nothing],
      ['of other text', () => write('text', () => 'root:x:0:0\n'), nothing],
      ['that is a key', () => write('key', () => authority.localhost.key), nothing],
      ['whose certificate is none', () => write('none', () => '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'), broken],
      ['whose certificate has no end', () => write('endless', () => '-----BEGIN CERTIFICATE-----\nMIIB\n'), broken],
      [
        'with one bad certificate',
        () => write('mixed', pem => `${pem}-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n`),
        broken,
      ],
    ])('%s is refused', async (_, bundle, detail) => {
      const url = `https://localhost:${await serve(overTls(authority.localhost, answer(REPLY)))}/`
      expect(await ask(url, { caBundle: bundle() })).toEqual(refused(url, detail))
    })

    test('may hold remarks', async () => {
      const url = `https://localhost:${await serve(overTls(authority.localhost, answer(REPLY)))}/`
      expect(await ask(url, { caBundle: write('remarks', pem => `ours\n${pem}\nend\n`) })).toEqual({ status: 200, body: BODY })
    })

    test('is read only for https, and only once there is a connection', async () => {
      const port = await serve(answer(REPLY))
      expect(await ask(`http://127.0.0.1:${port}`, { caBundle: '/no/such.pem' })).toEqual({ status: 200, body: BODY })
      expect(await ask('https://no-such-host.invalid/', { caBundle: '/no/such.pem' })).toEqual({
        message: 'Could not connect to the endpoint URL: "https://no-such-host.invalid/"',
        sent: false,
      })
    })
  })

  test('a request that is called off is over at once, and may have been done', async () => {
    const url = `https://localhost:${await serve(overTls(authority.localhost, afterRequest(silence)))}/`
    const began = performance.now()
    expect(await ask(url, { caBundle: authority.authority, abortSignal: AbortSignal.timeout(200) })).toEqual({
      message: `Gave up waiting for an answer from endpoint URL: "${url}".`,
      sent: true,
    })
    expect(performance.now() - began).toBeLessThan(2000)
  })

  describe('a reply over TLS', () => {
    test.each<[string, Behaviour]>([
      ['is missing', answer('')],
      ['breaks off in its headers', answer(REPLY.slice(0, 20))],
      ['breaks off in its body', answer(REPLY.slice(0, -5))],
      ['breaks off without a farewell', afterRequest(socket => socket.write(REPLY.slice(0, -5), () => socket.destroy()))],
    ])('that %s may stand for something done', async (_, behave) => {
      const url = `https://localhost:${await serve(overTls(authority.localhost, behave))}/`
      expect(await ask(url, { caBundle: authority.authority })).toMatchObject({ message: closed(url), sent: true })
    })

    test('that does not come is waited for as long as for any other', async () => {
      const url = `https://localhost:${await serve(
        overTls(
          authority.localhost,
          afterRequest(() => {}),
        ),
      )}/`
      const began = performance.now()
      expect(await ask(url, { caBundle: authority.authority, readTimeout: 0.3 })).toEqual({
        message: `Read timeout on endpoint URL: "${url}"`,
        sent: true,
      })
      expect(performance.now() - began).toBeLessThan(700)
    })
  })
})
