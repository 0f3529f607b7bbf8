import { getEventListeners } from 'node:events'
import type * as net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import * as zlib from 'node:zlib'
import { HttpRequest } from '@smithy/core/protocols'
import { describe, expect, test } from 'vitest'
import { TransportFailure } from '../../src/core/transport.ts'
import { afterRequest, answer, ask, BODY, blackHole, closed, closedPort, REPLY, serve, silence, transport } from './loopback.ts'

// Sentences recorded from aws-cli 2.36.7 against the same behaviour.

/** The server's half of the connection is torn down without a farewell. */
const reset = (socket: net.Socket) => socket.resetAndDestroy()
const headed = (headers: string, body: string | Buffer = BODY) =>
  Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${headers}\r\n`), Buffer.from(body)])

async function timed<T>(work: Promise<T>): Promise<{ seconds: number; result: T }> {
  const began = performance.now()
  const result = await work
  return { seconds: (performance.now() - began) / 1000, result }
}

describe('the request', () => {
  test('is what the caller composed, with a host and a length', async () => {
    const seen: string[] = []
    const port = await serve(answer(REPLY, text => seen.push(text)))
    await ask(`http://127.0.0.1:${port}/a/b?x=1`, { headers: { 'user-agent': 'iamkey' } })
    expect(seen).toEqual([
      `POST /a/b?x=1 HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nuser-agent: iamkey\r\nContent-Length: 22\r\n\r\nAction=CreateAccessKey`,
    ])
  })

  test('that cannot be written is not sent', async () => {
    let heard = 0
    const port = await serve(socket => socket.on('data', () => heard++))
    expect(await ask(`http://127.0.0.1:${port}`, { headers: { 'x-amz-security-token': 'two\nlines' } })).toEqual({
      message: 'An HTTP Client raised an unhandled exception: Invalid character in header content ["x-amz-security-token"]',
      sent: false,
    })
    expect(heard).toBe(0)
  })

  test('leaves nothing behind on the signal that could have stopped it', async () => {
    const { signal } = new AbortController()
    const port = await serve(answer(REPLY))
    for (let times = 0; times < 3; times++) await ask(`http://127.0.0.1:${port}`, { abortSignal: signal })
    await expect.poll(() => getEventListeners(signal, 'abort')).toEqual([])
  })

  test('goes to an IPv6 address', async context => {
    const port = await serve(answer(REPLY), '::1').catch(() => context.skip('no IPv6 here'))
    expect(await ask(`http://[::1]:${port}/`)).toEqual({ status: 200, body: BODY })
  })
})

describe('a whole reply', () => {
  test.each<[string, string | Buffer]>([
    ['with a length', REPLY],
    [
      'in chunks',
      headed(
        'Transfer-Encoding: chunked\r\n',
        `5\r\n${BODY.slice(0, 5)}\r\n${(BODY.length - 5).toString(16)}\r\n${BODY.slice(5)}\r\n0\r\n\r\n`,
      ),
    ],
    ['that ends with the connection', `HTTP/1.0 200 OK\r\n\r\n${BODY}`],
    ['after interim ones', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${REPLY}`],
    ['with lines that end in LF alone', REPLY.replaceAll('\r\n', '\n')],
    ['with a folded header', headed(`X: a\r\n b\r\nContent-Length: ${BODY.length}\r\n`)],
    [
      'with a length beside chunks',
      headed('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`),
    ],
    ['with a header of 60 KB', headed(`X: ${'a'.repeat(60_000)}\r\nContent-Length: ${BODY.length}\r\n`)],
    ['with bytes after its end', `${REPLY}more`],
    ['compressed unasked', headed('Content-Encoding: gzip\r\n', zlib.gzipSync(BODY))],
    ['deflated unasked', headed('Content-Encoding: deflate\r\n', zlib.deflateSync(BODY))],
    ['that is not as compressed as it says', headed(`Content-Encoding: gzip\r\nContent-Length: ${BODY.length}\r\n`)],
  ])('%s is read', async (_, reply) => {
    const port = await serve(answer(reply))
    expect(await ask(`http://127.0.0.1:${port}`)).toEqual({ status: 200, body: BODY })
  })

  test('of 32 MiB is read', async () => {
    const body = 'x'.repeat(32 * 2 ** 20)
    const port = await serve(answer(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`))
    const { status, body: read } = await ask(`http://127.0.0.1:${port}`)
    expect([status, read?.length, read === body]).toEqual([200, body.length, true])
  })

  test('keeps status, reason and headers', async () => {
    const port = await serve(answer('HTTP/1.1 503 Slow Down\r\nDate: now\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 0\r\n\r\n'))
    const { response } = await transport().handle(new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port, method: 'GET' }))
    expect(response).toEqual({
      statusCode: 503,
      reason: 'Slow Down',
      headers: { date: 'now', 'x-two': 'a, b', 'content-length': '0' },
      body: Buffer.alloc(0),
    })
  })

  test('ends the connection, though the server would keep it', async () => {
    const left = new Promise<unknown>(resolve => {
      void serve(afterRequest(socket => socket.on('close', resolve).write(REPLY))).then(port => ask(`http://127.0.0.1:${port}`))
    })
    await left
  })
})

describe('a reply that breaks off', () => {
  const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`

  test.each([
    ['with a length', REPLY],
    ['in chunks', chunked],
  ])('%s is never taken for a whole one, wherever it breaks', async (_, reply) => {
    const cuts = Array.from({ length: reply.length }, (_, cut) => cut)
    const outcomes = await Promise.all(
      cuts.map(async cut => {
        const url = `http://127.0.0.1:${await serve(answer(reply.slice(0, cut)))}/`
        return [url, await ask(url)] as const
      }),
    )
    for (const [url, { partial = '', ...failure }] of outcomes) {
      expect(failure).toEqual({ message: closed(url), sent: true })
      expect(BODY.startsWith(partial)).toBe(true)
    }
    expect(outcomes.at(-9)?.[1].partial).toMatch(BODY.slice(0, -9))
  })

  test('says what had come', async () => {
    const port = await serve(afterRequest(socket => socket.write(REPLY.slice(0, -5), () => setTimeout(reset, 20, socket))))
    const url = `http://127.0.0.1:${port}/`
    expect(await ask(url)).toEqual({ message: closed(url), sent: true, partial: BODY.slice(0, -5) })
  })

  test.each([
    ['cut short', REPLY.slice(0, -5)],
    ['garbled', `garbage ${BODY}\r\n\r\n`],
    ['garbled in its chunks', headed('Transfer-Encoding: chunked\r\n', `zz\r\n${BODY}`)],
  ])('shows nothing of itself to whoever prints the failure, though %s', async (_, reply) => {
    const port = await serve(answer(reply))
    const request = new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port })
    const failure: unknown = await transport()
      .handle(request)
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TransportFailure)
    expect(inspect(failure, { depth: 9, showHidden: true, maxStringLength: null })).not.toContain('whole')
    expect(inspect(failure, { depth: 9, showHidden: true, maxArrayLength: null })).not.toContain(
      Buffer.from('whole').toString('hex').match(/../g)?.join(' '),
    )
  })
})

describe('a failure', () => {
  test('to find the host: nothing was sent', async () => {
    expect(await ask('http://no-such-host.invalid/')).toEqual({
      message: 'Could not connect to the endpoint URL: "http://no-such-host.invalid/"',
      sent: false,
    })
  })

  test('to connect: nothing was sent', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/a?x=1`
    expect(await ask(url)).toEqual({ message: `Could not connect to the endpoint URL: "${url}"`, sent: false })
  })

  test('for a scheme that is not HTTP: nothing was sent', async () => {
    expect(await ask('ftp://127.0.0.1/')).toEqual({
      message: 'An HTTP Client raised an unhandled exception: Not supported URL scheme ftp',
      sent: false,
    })
  })

  test.each<[string, (socket: net.Socket) => void]>([
    ['hangs up at once', socket => socket.end()],
    ['hangs up after the request', answer('')],
    ['resets after the request', afterRequest(reset)],
    ['does not speak HTTP', answer('garbage\r\n\r\n')],
    ['speaks TLS', answer(Buffer.from('15030300020228', 'hex'))],
    ['breaks the chunks', answer(headed('Transfer-Encoding: chunked\r\n', 'zz\r\nabc'))],
  ])('where the server %s: it may have been done', async (_, behave) => {
    const url = `http://127.0.0.1:${await serve(behave)}/`
    expect(await ask(url)).toMatchObject({ message: closed(url), sent: true })
  })
})

test('a server that resets at once is not waited for', async () => {
  const url = `http://127.0.0.1:${await serve(reset)}/`
  expect(await ask(url)).toMatchObject({ message: closed(url) })
})

describe('a time-out', () => {
  const SLACK = 0.3

  test('to connect is exact, and nothing was sent', async () => {
    const url = `http://127.0.0.1:${await blackHole()}/`
    const { seconds, result } = await timed(ask(url, { connectTimeout: 0.4, readTimeout: 0.1 }))
    expect(result).toEqual({ message: `Connect timeout on endpoint URL: "${url}"`, sent: false })
    expect(seconds).toBeGreaterThan(0.39)
    expect(seconds).toBeLessThan(0.4 + SLACK)
  })

  test.each<[string, string]>([
    ['before the reply', ''],
    ['within its headers', REPLY.slice(0, 30)],
    ['within its body', REPLY.slice(0, -5)],
  ])('to read %s is exact, and it may have been done', async (_, part) => {
    const url = `http://127.0.0.1:${await serve(afterRequest(socket => socket.write(part)))}/`
    const { seconds, result } = await timed(ask(url, { connectTimeout: 0.1, readTimeout: 0.4 }))
    expect(result).toMatchObject({ message: `Read timeout on endpoint URL: "${url}"`, sent: true })
    expect(seconds).toBeGreaterThan(0.39)
    expect(seconds).toBeLessThan(0.4 + SLACK)
  })

  test('to read starts again with every byte', async () => {
    const port = await serve(
      afterRequest(async socket => {
        for (const part of REPLY.match(/.{1,40}/gs) ?? []) {
          await sleep(100)
          socket.write(part)
        }
      }),
    )
    const { seconds, result } = await timed(ask(`http://127.0.0.1:${port}`, { readTimeout: 0.25 }))
    expect(result).toEqual({ status: 200, body: BODY })
    expect(seconds).toBeGreaterThan(0.3)
  })

  test.each([undefined, 10 ** 9])('of %j seconds waits', async seconds => {
    const port = await serve(afterRequest(socket => setTimeout(() => socket.end(REPLY), 50)))
    expect(await ask(`http://127.0.0.1:${port}`, { connectTimeout: seconds, readTimeout: seconds })).toEqual({ status: 200, body: BODY })
  })
})

test('the debug log tells where and what, and neither path, header nor body', async () => {
  const lines: string[] = []
  const debug = (line: string) => lines.push(line)
  const [port, dead] = [await serve(answer(REPLY)), await closedPort()]
  const headers = { authorization: 'secret' }
  await ask(`http://127.0.0.1:${port}/secret?secret=secret`, { debug, headers })
  await ask('http://h.test/secret', { debug, headers, env: { HTTP_PROXY: `http://secret:secret@127.0.0.1:${dead}` } })
  expect(lines).toEqual([
    `wire: connecting to http://127.0.0.1:${port}`,
    `wire: status 200, ${BODY.length} bytes`,
    `wire: connecting to http://h.test through http://***:***@127.0.0.1:${dead}`,
    'wire: unreachable ECONNREFUSED, before the request was sent',
  ])
})

test('a request that is called off closes its connection', async () => {
  const controller = new AbortController()
  const gone = new Promise<void>(resolve => {
    void serve(
      afterRequest(socket => {
        socket.on('close', () => resolve())
        controller.abort()
      }),
    ).then(async port => {
      expect(await ask(`http://127.0.0.1:${port}`, { abortSignal: controller.signal })).toMatchObject({
        message: `Gave up waiting for an answer from endpoint URL: "http://127.0.0.1:${port}/".`,
        sent: true,
      })
    })
  })
  await gone
})

test.each<[string, () => Promise<[string, Record<string, string>]>]>([
  ['connects', async () => [`http://127.0.0.1:${await blackHole()}`, {}]],
  ['greets', async () => [`https://127.0.0.1:${await serve(silence)}`, {}]],
  ['asks a proxy', async () => ['https://h.test', { HTTPS_PROXY: `127.0.0.1:${await serve(silence)}` }]],
])('a request that is called off while it %s is over at once and not sent', async (_, silent) => {
  const [url, env] = await silent()
  const { seconds, result } = await timed(ask(url, { env, abortSignal: AbortSignal.timeout(100) }))
  expect(result).toMatchObject({ sent: false })
  expect(seconds).toBeLessThan(1)
})

test('a request that is called off while its host is looked up is over at once and not sent', async () => {
  const controller = new AbortController()
  const asked = ask('http://no-such-host.invalid', { abortSignal: controller.signal })
  controller.abort()
  expect(await asked).toEqual({
    message: 'Gave up waiting for an answer from endpoint URL: "http://no-such-host.invalid/".',
    sent: false,
  })
  await expect.poll(() => getEventListeners(controller.signal, 'abort')).toEqual([])
})

test('a request that was called off before is not sent', async () => {
  const port = await serve(silence)
  expect(await ask(`http://127.0.0.1:${port}`, { abortSignal: AbortSignal.abort() })).toMatchObject({ sent: false })
})
