/**
 * Connections that are used again, by requests that only ask: a list of many pages goes over one, as with aws-cli. Loaded for the first
 * such request. Owns when a connection may be used again, and what is done where it turns out to be closed.
 *
 * What is seen to be closed is dropped before anything is sent over it, as by urllib3 (1.26, aws-cli 2.36.7). What is closed a moment later
 * botocore counts as an attempt that failed; here the request is sent once more over a new connection, as RFC 9112, section 9.3.1, has it
 * for requests that may be repeated.
 */

import type * as net from 'node:net'
import type { HttpResponse } from '@smithy/core/protocols'
import { HttpError } from './errors.ts'
import { limitSilence } from './tcp.ts'
import type { Reply } from './transport.ts'

/** So many of one origin, as urllib3 keeps. */
const MOST_KEPT = 10
/** How long a connection is kept without a request, in seconds: a router between the two ends may have forgotten it and tell neither. */
const KEPT_FOR = 30

interface Connection {
  readonly socket: net.Socket
  /** Closes it. A connection outlives its requests, each of which has a signal of its own. */
  readonly end: AbortController
}

interface Exchange {
  readonly connect: (signal: AbortSignal) => Promise<net.Socket>
  readonly over: (socket: net.Socket) => Promise<Reply>
  readonly abortSignal: AbortSignal | undefined
}

export class KeptConnections {
  /** Origin → connections that wait for a request, the last one used at the end. */
  readonly #idle = new Map<string, Connection[]>()

  /** The reply to one request to `origin`. Throws as `connect` and `over` do. */
  async ask(origin: string, exchange: Exchange): Promise<HttpResponse> {
    const { connect, abortSignal } = exchange
    const used = await this.#take(origin)
    if (used) {
      try {
        return await this.#send(origin, used, exchange)
      } catch (error) {
        if (!(error instanceof HttpError && error.kind === 'lost') || abortSignal?.aborted) throw error
      }
    }
    const end = new AbortController()
    const socket = await obeying(abortSignal, end, () => connect(end.signal))
    return this.#send(origin, { socket, end }, exchange)
  }

  async #send(origin: string, connection: Connection, { over, abortSignal }: Exchange): Promise<HttpResponse> {
    const { socket, end } = connection
    try {
      const { response, leavesConnection } = await obeying(abortSignal, end, () => over(socket))
      if (leavesConnection && socket.writable) this.#keep(origin, connection)
      else socket.destroySoon()
      return response
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  #keep(origin: string, connection: Connection): void {
    const { socket } = connection
    const idle = this.#idle.get(origin) ?? []
    this.#idle.set(origin, idle)
    if (idle.push(connection) > MOST_KEPT) idle.shift()?.socket.destroySoon()
    limitSilence(socket, KEPT_FOR)
    socket.unref()
    // Nothing was asked, so whatever comes is no answer.
    for (const event of ['data', 'end', 'close']) socket.once(event, drop)
  }

  async #take(origin: string): Promise<Connection | undefined> {
    for (let connection = this.#idle.get(origin)?.pop(); connection; connection = this.#idle.get(origin)?.pop()) {
      const { socket } = connection
      // A turn of the event loop: what has come by now, the end of the connection for one, is heard.
      await new Promise(resolve => setImmediate(resolve))
      for (const event of ['data', 'end', 'close']) socket.off(event, drop)
      socket.ref()
      if (!socket.destroyed && socket.writable) return connection
    }
    return undefined
  }
}

function drop(this: net.Socket): void {
  this.destroy()
}

/** `signal` ends the connection as long as `act` is at work. */
async function obeying<T>(signal: AbortSignal | undefined, end: AbortController, act: () => Promise<T>): Promise<T> {
  const stop = () => end.abort()
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  try {
    return await act()
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
