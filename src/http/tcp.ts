/** Opens a TCP connection as urllib3 does: tries every address in the resolver's order, each with the whole time-out. */

import * as dns from 'node:dns'
import * as net from 'node:net'
import { codeOf, HttpError } from './errors.ts'

/** The socket was destroyed because nothing was received in time. */
class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/** Whether an error is a time-out, ours or the system's. */
export const isTimeout = (error: unknown): boolean => error instanceof TimedOut || codeOf(error) === 'ETIMEDOUT'

/** The longest delay of a Node timer. */
const LONGEST_MS = 2 ** 31 - 1

/** Destroys the socket with TimedOut after this many seconds without a byte; undefined waits forever. */
export function setIdleTimeout(socket: net.Socket, seconds: number | undefined): void {
  socket.setTimeout(Math.min((seconds ?? 0) * 1000, LONGEST_MS))
  if (socket.listenerCount('timeout', onTimeout) === 0) socket.on('timeout', onTimeout)
}

function onTimeout(this: net.Socket): void {
  this.destroy(new TimedOut())
}

/**
 * A connection to the first address of `hostname` that accepts one; `seconds` is the time-out of each. If none does, the last error
 * counts: an HttpError of kind `unreachable`, `connectTimeout`, `lost` or `stopped` (urllib3/util/connection.py as aws-cli 2.36.7 uses it).
 */
export async function connect(
  { hostname, port }: { readonly hostname: string; readonly port: number },
  seconds: number | undefined,
  signal: AbortSignal | undefined,
  keepAlive = false,
): Promise<net.Socket> {
  let last: unknown
  for (const { address, family } of await addressesOf(hostname, signal)) {
    const socket = net.connect({ host: address, family, port, noDelay: true, keepAlive })
    if (signal) obey(signal, socket)
    setIdleTimeout(socket, seconds)
    try {
      await connected(socket)
      return socket
    } catch (error) {
      if (error instanceof HttpError) throw error
      last = error
    }
  }
  if (isTimeout(last)) throw new HttpError('connectTimeout', { cause: last })
  // The connection was closed at once: Python notices when it writes.
  throw new HttpError(codeOf(last) === 'ECONNRESET' ? 'lost' : 'unreachable', { cause: last })
}

function connected(socket: net.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject)
      resolve()
    })
  })
}

/** Destroys the socket on abort. Node's own `signal` option leaves a listener behind, and Node warns of a signal with many listeners. */
function obey(signal: AbortSignal, socket: net.Socket): void {
  const stop = () => void socket.destroy(new HttpError('stopped'))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)
  socket.once('close', () => signal.removeEventListener('abort', stop))
}

/** In the resolver's order, as Python uses it. Throws an HttpError; `stopped` immediately, although the lookup may continue. */
function addressesOf(hostname: string, signal: AbortSignal | undefined): Promise<readonly dns.LookupAddress[]> {
  const family = net.isIP(hostname)
  // An IP address needs no lookup, and no node:dns.
  if (family !== 0) return Promise.resolve([{ address: hostname, family }])
  return new Promise((resolve, reject) => {
    const stop = () => reject(new HttpError('stopped'))
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop)
    dns.lookup(hostname, { all: true, verbatim: true }, (error, addresses) => {
      signal?.removeEventListener('abort', stop)
      if (error) reject(new HttpError('unreachable', { cause: error }))
      else resolve(addresses)
    })
  })
}
