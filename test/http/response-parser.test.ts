import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MalformedResponse, ResponseParser } from '../../src/http/response-parser.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n'

/** What the reader makes of these pieces: the reply, or how far it came. */
function read(pieces: readonly Uint8Array[], ends: boolean) {
  const reader = new ResponseParser()
  let isWhole = false
  try {
    for (const piece of pieces) isWhole = reader.push(Buffer.from(piece))
    if (ends) isWhole = reader.end()
  } catch (error) {
    if (!(error instanceof MalformedResponse)) throw error
    return { error: 'MalformedResponse', body: reader.response?.body.toString('latin1') }
  }
  const { statusCode, reason, headers, body } = reader.response ?? {}
  return { isWhole, statusCode, reason, headers, body: body?.toString('latin1') }
}
const readText = (text: string, ends = false) => read([Buffer.from(text, 'latin1')], ends)

test.each<[what: string, text: string, body: string, headers?: Record<string, string>]>([
  ['a length', `${HEAD}Content-Length: 3\r\n\r\nabc`, 'abc', { 'content-length': '3' }],
  ['no body', `${HEAD}Content-Length: 0\r\n\r\n`, '', { 'content-length': '0' }],
  ['bytes after its end', `${HEAD}Content-Length: 3\r\n\r\nabcHTTP/1.1 500 No\r\n`, 'abc', { 'content-length': '3' }],
  ['two lengths', `${HEAD}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc`, 'abc', { 'content-length': '3' }],
  ['chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n`, 'abc', { 'transfer-encoding': 'chunked' }],
  [
    'chunks with extensions and trailers',
    `${HEAD}transfer-encoding: Chunked\r\n\r\n3;x="y"\r\nabc\r\n00\r\nX: y\r\n\r\n`,
    'abc',
    { 'transfer-encoding': 'Chunked' },
  ],
  ['an A', `${HEAD}Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n`, '0123456789', { 'transfer-encoding': 'chunked' }],
  [
    'sizes as Python reads them',
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n 0x2 \r\nab\r\n01;\r\nc\r\n0\r\n\r\n`,
    'abc',
    { 'transfer-encoding': 'chunked' },
  ],
  ['blank lines before it', `\r\n\n${HEAD}Content-Length: 1\r\n\r\na`, 'a', { 'content-length': '1' }],
  ['line feeds alone', 'HTTP/1.1 200 OK\nContent-Length: 1\n\na', 'a', { 'content-length': '1' }],
  ['a folded header', `${HEAD}X: a\r\n\tb\r\n  c\r\nContent-Length: 1\r\n\r\na`, 'a', { x: 'a b c', 'content-length': '1' }],
  ['a header twice', `${HEAD}X: a\r\nContent-Length: 1\r\nx: b\r\n\r\na`, 'a', { x: 'a, b', 'content-length': '1' }],
  ['a line that is no header', `${HEAD}what\r\n: is this\r\nContent-Length: 1\r\n\r\na`, 'a', { 'content-length': '1' }],
  ['blanks around a name', `${HEAD}Content-Length :\t1 \r\n\r\na`, 'a', { 'content-length': '1' }],
  ['names that objects have', `${HEAD}Constructor: a\r\nContent-Length: 1\r\n\r\na`, 'a', { constructor: 'a', 'content-length': '1' }],
  ['bytes beyond ASCII', `${HEAD}X: \xe9\r\nContent-Length: 1\r\n\r\n\xff`, '\xff', { x: '\xe9', 'content-length': '1' }],
])('a reply with %s is whole', (_, text, body, headers) => {
  expect(readText(text)).toEqual({ isWhole: true, statusCode: 200, reason: 'OK', headers, body })
})

test.each<[line: string, statusCode: number, reason: string]>([
  ['HTTP/1.1 200', 200, ''],
  ['HTTP/1.0 404 Not  Found', 404, 'Not  Found'],
  ['HTTP/1.1\t503   Slow Down ', 503, 'Slow Down'],
  ['HTTP/1.9 999 Odd', 999, 'Odd'],
  ['HTTP/1.1 200 O\rK', 200, 'O\rK'],
])('the status line %j is read', (line, statusCode, reason) => {
  expect(readText(`${line}\r\nContent-Length: 0\r\n\r\n`)).toMatchObject({ isWhole: true, statusCode, reason })
})

test.each([
  'garbage\r\n\r\n',
  'http/1.1 200 OK\r\n\r\n',
  'HTTP/2 200 OK\r\n\r\n',
  'HTTP/1.1 20 OK\r\n\r\n',
  'HTTP/1.1 2000 OK\r\n\r\n',
  'HTTP/1.1 two OK\r\n\r\n',
  `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
  `${HEAD}Transfer-Encoding: chunked\r\n\r\n\r\n`,
  `${HEAD}Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n`,
  `${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n`,
  `${HEAD}X: ${'a'.repeat(7 * 2 ** 20)}`,
  `${HEAD}${`X: ${'a'.repeat(2 ** 16)}\r\n`.repeat(110)}`,
])('%.60j is no HTTP', text => {
  expect(readText(text)).toMatchObject({ error: 'MalformedResponse' })
})

test.each([
  ['100 Continue', '102 Processing', '103 Early Hints'],
  ['100 Continue', '100 Continue'],
])('replies before the reply are passed over: %s, %s', (...lines) => {
  const interim = lines.map(line => `HTTP/1.1 ${line}\r\nLink: x\r\n\r\n`).join('')
  expect(readText(`${interim}${HEAD}Content-Length: 1\r\n\r\na`)).toMatchObject({ isWhole: true, statusCode: 200, body: 'a' })
})

test.each([101, 204, 304])('%i has no body, whatever its headers announce', status => {
  expect(readText(`HTTP/1.1 ${status} X\r\nContent-Length: 5\r\n\r\n`)).toMatchObject({ isWhole: true, statusCode: status, body: '' })
})

describe('a body that ends with the connection', () => {
  test.each([HEAD, `${HEAD}Content-Length: many\r\n`, `${HEAD}Content-Length: -1\r\n`, `${HEAD}Transfer-Encoding: gzip\r\n`])(
    'after %j',
    head => {
      expect(readText(`${head}\r\nabc`)).toMatchObject({ isWhole: false, body: 'abc' })
      expect(readText(`${head}\r\nabc`, true)).toMatchObject({ isWhole: true, body: 'abc' })
      expect(readText(`${head}\r\n`, true)).toMatchObject({ isWhole: true, body: '' })
    },
  )
})

test('a reader knows whether anything came', () => {
  const reader = new ResponseParser()
  expect(reader.isSilent).toBe(true)
  expect(() => reader.end()).toThrow(MalformedResponse)
  expect(reader.isSilent).toBe(true)
  const other = new ResponseParser()
  other.push(Buffer.from('\r\n'))
  expect(other.isSilent).toBe(false)
})

const body = fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes))
const inChunks = fc
  .array(
    body.filter(bytes => bytes.length > 0),
    { maxLength: 5 },
  )
  .map(bodies => ({
    body: Buffer.concat(bodies),
    wire: Buffer.concat([
      Buffer.from(`${HEAD}X: y\r\nTransfer-Encoding: chunked\r\n\r\n`),
      ...bodies.flatMap(bytes => [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]),
      Buffer.from('0\r\n\r\n'),
    ]),
  }))
const withLength = body.map(bytes => ({
  body: bytes,
  wire: Buffer.concat([Buffer.from(`${HEAD}X: y\r\nContent-Length: ${bytes.length}\r\n\r\n`), bytes]),
}))

test('a reply in any pieces is the same, and no part of it counts as complete', () => {
  fc.assert(
    fc.property(fc.oneof(inChunks, withLength), fc.array(fc.nat()), fc.nat(), ({ body, wire }, cuts, part) => {
      const at = [0, ...cuts.map(cut => cut % wire.length).sort((a, b) => a - b), wire.length]
      const pieces = at.slice(1).map((end, index) => wire.subarray(at[index], end))
      expect(read(pieces, false)).toMatchObject({ isWhole: true, statusCode: 200, body: body.toString('latin1') })
      const broken = read([wire.subarray(0, part % wire.length)], true)
      expect(broken).toMatchObject({ error: 'MalformedResponse' })
      expect(body.toString('latin1').startsWith(broken.body ?? '')).toBe(true)
    }),
    { numRuns: 500 },
  )
})
