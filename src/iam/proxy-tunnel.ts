/** A tunnel through a proxy: CONNECT, and nothing of the request before the proxy has agreed. */

import * as http from 'node:http'
import type * as net from 'node:net'
import type { ProxyServer } from './proxy.ts'
import { codeOf, Trouble } from './trouble.ts'

/**
 * The connection to `target` behind `proxy`, which `socket` is connected to. Any answer but 200 is a refusal, as for Python's http.client.
 * Throws a Trouble of kind `proxy`, or `garbled` where the answer is not HTTP.
 */
export async function open(
  socket: net.Socket,
  target: { readonly hostname: string; readonly port: number },
  proxy: ProxyServer,
): Promise<net.Socket> {
  const end = `${target.hostname.includes(':') ? `[${target.hostname}]` : target.hostname}:${target.port}`
  const outgoing = http.request({ method: 'CONNECT', path: end, headers: { host: end, ...proxy.headers }, createConnection: () => socket })
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    outgoing.once('connect', resolve)
    outgoing.on('error', error =>
      reject(codeOf(error).startsWith('HPE_') ? new Trouble('garbled') : new Trouble('proxy', { cause: error })),
    )
    outgoing.end()
  })
  if (answer.statusCode !== 200) throw new Trouble('proxy')
  return socket
}
