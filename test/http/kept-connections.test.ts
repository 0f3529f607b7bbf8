/** Requests that only ask share connections; what a server may do to one, when it may be used again, and that nothing else ever goes over one. */
import { getEventListeners } from 'node:events'
import * as fs from 'node:fs'
import type * as net from 'node:net'
import * as zlib from 'node:zlib'
import { HttpRequest } from '@smithy/core/protocols'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TransportFailure } from '../../src/core/transport.ts'
import {
  answer,
  type Behaviour,
  BODY,
  type Certificates,
  canMakeCertificates,
  certificates,
  closed,
  overTls,
  REPLY,
  serve,
  transport,
} from './loopback.ts'

/** What a server does with each request in turn, whichever connection it comes over. */
type Answers = readonly ((socket: net.Socket) => unknown)[]

const keep = (socket: net.Socket) => socket.write(REPLY)
const say = (reply: string) => (socket: net.Socket) => socket.write(reply)
const hangUp = (socket: net.Socket) => socket.end()
const reset = (socket: net.Socket) => socket.resetAndDestroy()

/** Answers with what it saw: for each request the number of its connection. */
async function server(answers: Answers, wrap: (behave: Behaviour) => Behaviour = behave => behave) {
  const seen: number[] = []
  let connections = 0
  const port = await serve(
    wrap(socket => {
      const connection = ++connections
      let text = ''
      socket.on('data', chunk => {
        text += chunk.toString('latin1')
        // All requests here are of one form.
        for (let end = text.indexOf('Action=Ask'); end !== -1; end = text.indexOf('Action=Ask')) {
          text = text.slice(end + 'Action=Ask'.length)
          seen.push(connection)
          answers[seen.length - 1]?.(socket)
        }
      })
    }),
  )
  return { port, seen }
}

const request = (port: number, protocol = 'http:') =>
  new HttpRequest({ protocol, hostname: protocol === 'http:' ? '127.0.0.1' : 'localhost', port, method: 'POST', body: 'Action=Ask' })

/** So many questions, one after the other: the body of each answer, or the sentence that says why there is none. */
async function askAll(port: number, kinds: readonly boolean[], over = transport()) {
  const outcomes: string[] = []
  for (const readOnly of kinds) {
    const end = await over.handle(request(port), { readOnly }).then(
      ({ response }) => Buffer.from(response.body).toString(),
      (error: TransportFailure) => error.message,
    )
    outcomes.push(end)
  }
  return outcomes
}

const READ = true
const CHANGE = false

test('twenty questions go over one connection', async () => {
  const { port, seen } = await server(Array.from({ length: 20 }, () => keep))
  expect(await askAll(port, new Array(20).fill(READ))).toEqual(new Array(20).fill(BODY))
  expect(seen).toEqual(new Array(20).fill(1))
})

test('a change has a connection of its own, before and after which others are shared', async () => {
  const { port, seen } = await server([keep, keep, keep, keep, keep])
  expect(await askAll(port, [READ, CHANGE, READ, CHANGE, READ])).toEqual(new Array(5).fill(BODY))
  expect(seen).toEqual([1, 2, 1, 3, 1])
})

test.each<[string, (socket: net.Socket) => unknown]>([
  ['says that it closes it', say(`HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`)],
  ['speaks HTTP/1.0', say(`HTTP/1.0 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`)],
  ['ends the reply with it', socket => socket.end(`HTTP/1.1 200 OK\r\n\r\n${BODY}`)],
  ['says more than the reply', say(`${REPLY}more`)],
])('a connection is not used again where the server %s', async (_, first) => {
  const { port, seen } = await server([first, keep])
  expect(await askAll(port, [READ, READ])).toEqual([BODY, BODY])
  expect(seen).toEqual([1, 2])
})

test.each<[string, (socket: net.Socket) => unknown]>([
  ['chunks', say(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`)],
  ['a refusal', say(`HTTP/1.1 403 No\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`)],
])('a connection is used again after %s', async (_, first) => {
  const { port, seen } = await server([first, keep])
  expect(await askAll(port, [READ, READ])).toEqual([BODY, BODY])
  expect(seen).toEqual([1, 1])
})

describe('a connection that the server closes', () => {
  const pause = () => new Promise(resolve => setTimeout(resolve, 50))

  test.each([
    ['hung up', hangUp],
    ['reset', reset],
    ['spoken over', say('HTTP/1.1 408 Request Timeout\r\n\r\n')],
  ])('between two questions, %s, is not used', async (_, end) => {
    const over = transport()
    const { port, seen } = await server([
      socket => {
        socket.write(REPLY)
        setTimeout(() => end(socket), 10)
      },
      keep,
    ])
    expect(await askAll(port, [READ], over)).toEqual([BODY])
    await pause()
    expect(await askAll(port, [READ], over)).toEqual([BODY])
    expect(seen).toEqual([1, 2])
  })

  test.each([
    ['hung up', hangUp],
    ['reset', reset],
  ])('at the very question, %s, costs nothing: it is asked once more over a new one', async (_, end) => {
    const { port, seen } = await server([keep, end, keep])
    expect(await askAll(port, [READ, READ])).toEqual([BODY, BODY])
    expect(seen).toEqual([1, 1, 2])
  })

  test('with its reply is not used, though that is not known yet', async () => {
    const { port } = await server(new Array(6).fill((socket: net.Socket) => socket.end(REPLY)))
    expect(await askAll(port, [READ, READ, READ])).toEqual([BODY, BODY, BODY])
  })

  test('is replaced once: a new one that is closed, too, is a failure', async () => {
    const { port, seen } = await server([keep, reset, reset, keep])
    const url = `http://127.0.0.1:${port}/`
    expect(await askAll(port, [READ, READ])).toEqual([BODY, closed(url)])
    expect(seen).toEqual([1, 1, 2])
  })

  test('a new one is not replaced', async () => {
    const { port, seen } = await server([reset, keep])
    expect(await askAll(port, [READ])).toEqual([closed(`http://127.0.0.1:${port}/`)])
    expect(seen).toEqual([1])
  })

  test('within its reply is a failure: something came', async () => {
    const { port, seen } = await server([keep, socket => socket.end(REPLY.slice(0, -5)), keep])
    expect(await askAll(port, [READ, READ])).toEqual([BODY, closed(`http://127.0.0.1:${port}/`)])
    expect(seen).toEqual([1, 1])
  })
})

test('a connection that is silent is waited for as long as any', async () => {
  const { port, seen } = await server([keep, () => {}])
  const url = `http://127.0.0.1:${port}/`
  expect(await askAll(port, [READ, READ], transport({ readTimeout: 0.3 }))).toEqual([BODY, `Read timeout on endpoint URL: "${url}"`])
  expect(seen).toEqual([1, 1])
})

test('a question that is called off ends its connection, and leaves nothing on its signal', async () => {
  const { port, seen } = await server([keep, () => {}, keep])
  const over = transport()
  const first = new AbortController()
  await over.handle(request(port), { readOnly: true, abortSignal: first.signal })
  expect(getEventListeners(first.signal, 'abort')).toEqual([])
  first.abort()
  const second = new AbortController()
  setTimeout(() => second.abort(), 50)
  await expect(over.handle(request(port), { readOnly: true, abortSignal: second.signal })).rejects.toMatchObject({
    message: `Gave up waiting for an answer from endpoint URL: "http://127.0.0.1:${port}/".`,
  })
  expect(getEventListeners(second.signal, 'abort')).toEqual([])
  expect(await askAll(port, [READ], over)).toEqual([BODY])
  expect(seen).toEqual([1, 1, 2])
})

describe('a body that is longer than any', () => {
  const long = 'x'.repeat(5000)
  test.each([
    ['with a length', `HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${long}`],
    ['in chunks', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n${long}\r\n0\r\n\r\n`],
    ['to the end of the connection', `HTTP/1.1 200 OK\r\n\r\n${long}`],
  ])('%s is not read to its end, and what came of it is told', async (_, reply) => {
    const port = await serve(answer(reply))
    const failure = await transport()
      .handle(request(port), { maxBody: 4000 })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TransportFailure)
    expect(failure).toMatchObject({
      message: `The response from endpoint URL: "http://127.0.0.1:${port}/" has more than 4000 bytes and was not read to its end.`,
      sent: true,
      retryable: false,
    })
    if (failure instanceof TransportFailure) expect(Buffer.from(failure.partial?.body).toString()).toMatch(/^x{4001,}$/)
  })

  test('once it is decompressed is not decompressed', async () => {
    const body = zlib.gzipSync('x'.repeat(1 << 20))
    const port = await serve(
      answer(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`), body])),
    )
    await expect(transport().handle(request(port), { maxBody: 1 << 19 })).rejects.toMatchObject({ sent: true, retryable: false })
  })
})

describe.skipIf(!canMakeCertificates())('over TLS', () => {
  let made: Certificates
  beforeAll(() => {
    made = certificates()
  })
  afterAll(() => fs.rmSync(made.folder, { recursive: true }))

  test('a connection is shared, one that was closed is replaced, and a host that is met again goes on with its session', async () => {
    const reused: boolean[] = []
    const { port, seen } = await server([keep, keep, socket => socket.destroy(), keep, keep], behave =>
      overTls(made.localhost, socket => {
        socket.once('data', () => 'isSessionReused' in socket && reused.push((socket.isSessionReused as () => boolean)()))
        behave(socket)
      }),
    )
    const over = transport({ caBundle: made.authority, sessions: new Map() })
    for (const readOnly of [READ, READ, READ, CHANGE]) {
      const { response } = await over.handle(request(port, 'https:'), { readOnly })
      expect(Buffer.from(response.body).toString()).toBe(BODY)
    }
    expect(seen).toEqual([1, 1, 1, 2, 3])
    expect(reused).toEqual([false, true, true])
  })
})
