/**
 * The bytes of a connection → one HTTP/1 reply. As forgiving as what reads them for aws-cli (http.client of Python 3.11, urllib3 1.26; aws-cli
 * 2.36.7), for a key may be in them; but what breaks off is never taken for whole. Knows no socket.
 *
 * Not Node's own client, whose pools, queues and streams are for programs that make many requests: for one request they cost 2 to 3 ms, a fifth
 * of what a call takes beyond a bare script (docs/start-up.md).
 */

import type { HttpResponse } from '@smithy/core/protocols'

/** What came is no HTTP, or not all of it. Says nothing of what it was: a secret may be in there. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse'
}

/** The body has more bytes than are wanted. */
export class OversizedResponse extends Error {
  override readonly name = 'OversizedResponse'
}

/** Of a head, and of a line anywhere. Python's own limit is 100 lines of 64 KiB. */
const MAX_HEAD = 100 * 64 * 1024

const LINE_FEED = 10
const NOTHING = Buffer.alloc(0)

/** The status line as Python splits it; what says HTTP/1 and has a number will do. */
const STATUS_LINE = /^HTTP\/1\.(\d)[ \t]+(\d{3})(?:[ \t]+(.*))?$/s

/** Reads what it is given, as it comes. */
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

  /** What has come of the reply; undefined as long as its head is not whole. */
  get response(): HttpResponse | undefined {
    const [first = NOTHING, ...others] = this.#body
    return this.#head && { ...this.#head, body: others.length === 0 ? first : Buffer.concat([first, ...others]) }
  }

  /** Whether nothing at all has come. */
  get isSilent(): boolean {
    return this.#isSilent
  }

  /** Whether the reply is whole and leaves its connection in order for another request. */
  get leavesConnection(): boolean {
    return this.#isWhole && this.#persists && this.#bytes.length === 0 && !this.#hasEnded
  }

  /** More bytes; true once the reply is whole, and what follows is none of it. Throws MalformedResponse, OversizedResponse. */
  push(bytes: Buffer): boolean {
    if (this.#isWhole) return true
    this.#isSilent &&= bytes.length === 0
    // All that came before has been taken.
    this.#bytes = bytes
    return this.#goOn()
  }

  /** No more bytes will come. Throws MalformedResponse unless the reply is whole. */
  end(): boolean {
    this.#hasEnded = true
    return this.#isWhole || this.#goOn()
  }

  #goOn(): boolean {
    this.#isWhole = this.#reading.next().done === true
    return this.#isWhole
  }

  /** Yields wherever more bytes are needed. */
  *#read(): Generator<void, void> {
    let head = yield* this.#readHead()
    while (isInterim(head.statusCode)) head = yield* this.#readHead()
    this.#head = head
    this.#persists &&= !/close/i.test(head.headers.connection ?? '')
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

  /** A line that is no header is passed over; one that starts with a blank belongs to the line before it. */
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
      // Trimmed at the end only: each look at the whole value would make one string of all its parts.
      if (more !== '') headers.set(name, `${headers.get(name)} ${more}`)
      if (isFolded || colon < 1) continue
      name = line.slice(0, colon).trim().toLowerCase()
      const value = line.slice(colon + 1).trim()
      const before = headers.get(name)
      // Of two lengths Python takes the first.
      if (before === undefined || name !== 'content-length') headers.set(name, before === undefined ? value : `${before}, ${value}`)
    }
    return Object.fromEntries(Array.from(headers, ([each, value]) => [each, value.trim()]))
  }

  *#readChunks(): Generator<void, void> {
    for (let size = yield* this.#readSize(); size > 0; size = yield* this.#readSize()) {
      yield* this.#readBody(size)
      if ((yield* this.#readLine()) !== '') throw new MalformedResponse()
    }
    // Trailers tell us nothing.
    while ((yield* this.#readLine()) !== '');
  }

  *#readSize(): Generator<void, number> {
    const [size = ''] = (yield* this.#readLine()).split(';', 1)
    // As `int(size, 16)` takes it.
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

  /** The end of the connection is the end of the body. */
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

  /** Without what ends it, which may be a line feed alone. */
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

/** A reply before the reply. 101 is none: after it the connection speaks something else. */
const isInterim = (status: number): boolean => status >= 100 && status < 200 && status !== 101
