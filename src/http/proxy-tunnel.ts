/** Opens a tunnel through a proxy with CONNECT. Nothing of the request is sent before the proxy has agreed. */

import type * as net from 'node:net'
import { HttpError } from './errors.ts'
import type { ProxyServer } from './proxy.ts'
import { readResponse } from './read-response.ts'
import { MalformedResponse, ResponseParser } from './response-parser.ts'

/**
 * A connection to `target` through `proxy`, to which `socket` is connected. Any status but 200 is a refusal, as in Python's http.client.
 * Throws an HttpError of kind `proxy`, or `garbled` if the answer is not HTTP.
 */
export async function open(
  socket: net.Socket,
  target: { readonly hostname: string; readonly port: number },
  proxy: ProxyServer,
): Promise<net.Socket> {
  const end = `${target.hostname.includes(':') ? `[${target.hostname}]` : target.hostname}:${target.port}`
  const headers = Object.entries({ ...proxy.headers, Host: end, Connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  const reader = new ResponseParser()
  socket.write(`CONNECT ${end} HTTP/1.1\r\n${headers.join('')}\r\n`)
  try {
    await readResponse(socket, reader, () => reader.response !== undefined)
  } catch (error) {
    throw error instanceof MalformedResponse ? new HttpError('garbled') : new HttpError('proxy', { cause: error })
  }
  if (reader.response?.statusCode !== 200) throw new HttpError('proxy')
  // The bytes that follow belong to the protocol in the tunnel.
  socket.pause()
  return socket
}
