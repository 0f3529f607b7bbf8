/**
 * Parses one HTTP/1 reply. As tolerant as the parser of aws-cli (http.client of Python 3.11, urllib3 1.26; aws-cli 2.36.7), because a key
 * may be in the reply; but an incomplete reply never counts as whole. Knows no socket.
 *
 * Not Node's client, whose pools, queues and streams are made for many requests: for one request they cost 2 to 3 ms, a fifth of the time
 * of a call beyond a bare script (docs/start-up.md).
 */

import type { HttpResponse } from '@smithy/core/protocols'

/** The bytes are not HTTP, or incomplete. The error does not quote them: they may contain a secret. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse'
}

/** The body exceeds the limit. */
export class OversizedResponse extends Error {
  override readonly name = 'OversizedResponse'
}

/** The longest head, and the longest line. Python's limit is 100 lines of 64 KiB. */
const MAX_HEAD = 100 * 64 * 1024

const LINE_FEED = 10
const NOTHING = Buffer.alloc(0)

/** The status line as Python splits it: any HTTP/1 version with a number. */
const STATUS_LINE = /^HTTP\/1\.(\d)[ \t]+(\d{3})(?:[ \t]+(.*))?$/s

/** An incremental parser. */
export class ResponseParser {
  readonly #maxBody: number
  #size = 0
  #persists = false
  readonly #reading = this.#read()
  #bytes: Buffer = NOTHING
  #isSilent = true
  #hasEnded = false
  #isWhole = false
  #head: Omit<HttpResponse, 'body'> | undefined
  readonly #body: Buffer[] = []

  /** @param maxBody the longest body that is read, in bytes */
  constructor(maxBody = Number.POSITIVE_INFINITY) {
    this.#maxBody = maxBody
  }

  /** The reply so far; undefined until its head is complete. */
  get response(): HttpResponse | undefined {
    const [first = NOTHING, ...others] = this.#body
    return this.#head && { ...this.#head, body: others.length === 0 ? first : Buffer.concat([first, ...others]) }
  }

  /** Nothing has been received. */
  get isSilent(): boolean {
    return this.#isSilent
  }

  /** The reply is whole, and its connection can carry another request. */
  get leavesConnection(): boolean {
    return this.#isWhole && this.#persists && this.#bytes.length === 0 && !this.#hasEnded
  }

  /** Adds bytes. True once the reply is whole; further bytes are ignored. Throws MalformedResponse, OversizedResponse. */
  push(bytes: Buffer): boolean {
    if (this.#isWhole) return true
    this.#isSilent &&= bytes.length === 0
    // All earlier bytes have been consumed.
    this.#bytes = bytes
    return this.#goOn()
  }

  /** The connection was closed. Throws MalformedResponse unless the reply is whole. */
  end(): boolean {
    this.#hasEnded = true
    return this.#isWhole || this.#goOn()
  }

  #goOn(): boolean {
    this.#isWhole = this.#reading.next().done === true
    return this.#isWhole
  }

  /** Yields whenever it needs more bytes. */
  *#read(): Generator<void, void> {
    let head = yield* this.#readHead()
    while (isInterim(head.statusCode)) head = yield* this.#readHead()
    this.#head = head
    this.#persists &&= !(head.headers.connection ?? '').toLowerCase().includes('close')
    const { 'transfer-encoding': coding = '', 'content-length': length = '' } = head.headers
    if ([101, 204, 304].includes(head.statusCode)) return
    if (coding.toLowerCase().endsWith('chunked')) yield* this.#readChunks()
    else if (/^\d+$/.test(length)) yield* this.#readBody(Number(length))
    else yield* this.#readRest()
  }

  *#readHead(): Generator<void, Omit<HttpResponse, 'body'>> {
    let line = ''
    while (line === '') line = yield* this.#readLine()
    const [, minor, status, reason = ''] = STATUS_LINE.exec(line) ?? []
    if (status === undefined) throw new MalformedResponse()
    this.#persists = minor !== '0'
    return { statusCode: Number(status), reason: reason.trim(), headers: yield* this.#readHeaders() }
  }

  /** Skips lines that are not headers; a line that begins with a blank continues the one before. */
  *#readHeaders(): Generator<void, Record<string, string>> {
    const headers = new Map<string, string>()
    let name = ''
    let size = 0
    for (let line = yield* this.#readLine(); line !== ''; line = yield* this.#readLine()) {
      size += line.length
      if (size > MAX_HEAD) throw new MalformedResponse()
      const isFolded = line.startsWith(' ') || line.startsWith('\t')
      const colon = line.indexOf(':')
      const more = isFolded && name !== '' ? line.trim() : ''
      // Trimmed only at the end: reading the value here would join its parts for each line.
      if (more !== '') headers.set(name, `${headers.get(name)} ${more}`)
      if (isFolded || colon < 1) continue
      name = line.slice(0, colon).trim().toLowerCase()
      const value = line.slice(colon + 1).trim()
      const before = headers.get(name)
      // Of two lengths Python uses the first.
      if (before === undefined || name !== 'content-length') headers.set(name, before === undefined ? value : `${before}, ${value}`)
    }
    return Object.fromEntries(Array.from(headers, ([each, value]) => [each, value.trim()]))
  }

  *#readChunks(): Generator<void, void> {
    for (let size = yield* this.#readSize(); size > 0; size = yield* this.#readSize()) {
      yield* this.#readBody(size)
      if ((yield* this.#readLine()) !== '') throw new MalformedResponse()
    }
    // Trailers are ignored.
    while ((yield* this.#readLine()) !== '');
  }

  *#readSize(): Generator<void, number> {
    const [size = ''] = (yield* this.#readLine()).split(';', 1)
    // As Python's `int(size, 16)`.
    if (!/^\s*(0x)?[\da-f]+\s*$/i.test(size)) throw new MalformedResponse()
    return Number.parseInt(size, 16)
  }

  *#readBody(size: number): Generator<void, void> {
    for (let left = size; left > 0; ) {
      if (this.#bytes.length === 0) yield* this.#more()
      const piece = this.#bytes.subarray(0, left)
      this.#bytes = this.#bytes.subarray(piece.length)
      this.#keep(piece)
      left -= piece.length
    }
  }

  /** The body ends with the connection. */
  *#readRest(): Generator<void, void> {
    this.#persists = false
    for (;;) {
      this.#keep(this.#bytes)
      this.#bytes = NOTHING
      if (this.#hasEnded) return
      yield
    }
  }

  #keep(piece: Buffer): void {
    this.#body.push(piece)
    this.#size += piece.length
    if (this.#size > this.#maxBody) throw new OversizedResponse()
  }

  /** A line without its end, which may be a line feed alone. */
  *#readLine(): Generator<void, string> {
    const pieces: Buffer[] = []
    let size = 0
    let end = this.#bytes.indexOf(LINE_FEED)
    while (end === -1) {
      size += this.#bytes.length
      if (size > MAX_HEAD) throw new MalformedResponse()
      pieces.push(this.#bytes)
      this.#bytes = NOTHING
      yield* this.#more()
      end = this.#bytes.indexOf(LINE_FEED)
    }
    const last = this.#bytes.subarray(0, end)
    this.#bytes = this.#bytes.subarray(end + 1)
    const line = (pieces.length === 0 ? last : Buffer.concat([...pieces, last])).toString('latin1')
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }

  *#more(): Generator<void, void> {
    while (this.#bytes.length === 0) {
      if (this.#hasEnded) throw new MalformedResponse()
      yield
    }
  }
}

/** An interim reply, before the real one. After 101 the connection speaks another protocol. */
const isInterim = (status: number): boolean => status >= 100 && status < 200 && status !== 101
