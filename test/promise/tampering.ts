/** A man in the middle: passes requests on as they are, and does as it is told to the bytes of a reply. */
import { once } from 'node:events'
import * as net from 'node:net'

export interface Answer {
  /** Status line and headers, with the empty line. */
  readonly head: Buffer
  readonly body: Buffer
}

/** What is sent in the place of an answer to `action`; then the connection is closed. */
export type Tamper = (answer: Answer, action: string) => Buffer

export interface Middle {
  readonly endpoint: string
  close(): void
}

/** @param upstream the endpoint behind; its answers have a Content-Length. */
export async function tampering(upstream: string, tamper: Tamper): Promise<Middle> {
  const { hostname, port } = new URL(upstream)
  const server = net.createServer(async client => {
    client.on('error', () => {})
    try {
      const request = await message(client)
      const service = net.connect(Number(port), hostname)
      service.write(Buffer.concat([request.head, request.body]))
      const answer = await message(service)
      service.destroy()
      client.end(tamper(answer, /Action=(\w+)/.exec(request.body.toString())?.[1] ?? ''))
    } catch {
      client.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { endpoint: `http://127.0.0.1:${address.port}`, close: () => void server.close() }
}

/** The whole of what comes first over a connection. */
async function message(socket: net.Socket): Promise<Answer> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk])
    const end = bytes.indexOf('\r\n\r\n') + 4
    const length = Number(/^content-length: *(\d+)/im.exec(bytes.subarray(0, end).toString('latin1'))?.[1] ?? 0)
    if (end >= 4 && bytes.length >= end + length) return { head: bytes.subarray(0, end), body: bytes.subarray(end, end + length) }
  }
  throw new Error('the connection ended too early')
}

/** The answer in pieces with their lengths, as a server sends it that does not know the length before. */
export function chunked({ head, body }: Answer, size = 100): Answer {
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size)
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  const framed = head.toString('latin1').replace(/^content-length: *\d+/im, 'Transfer-Encoding: chunked')
  return { head: Buffer.from(framed, 'latin1'), body: Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]) }
}
