/**
 * Keeps connections for further read-only requests: the pages of a list use one connection, as with aws-cli. Loaded for the first such
 * request. Decides when a connection may be used again, and what happens if it turns out to be closed.
 *
 * A connection known to be closed is dropped before anything is sent, as in urllib3 (1.26, aws-cli 2.36.7). If it is closed just
 * afterwards, botocore counts a failed attempt; here the request is sent once more over a new connection, as RFC 9112, section 9.3.1,
 * allows for requests that may be repeated.
 */

import type * as net from 'node:net'
import type { HttpResponse } from '@smithy/core/protocols'
import { HttpError } from './errors.ts'
import { setIdleTimeout } from './tcp.ts'
import type { ExchangeResult } from './transport.ts'

/** As many per origin as urllib3 keeps. */
const MAX_KEPT = 10
/** Seconds for which an idle connection is kept: a router in between may have dropped it without telling either end. */
const KEEP_FOR = 30

interface KeptConnection {
  readonly socket: net.Socket
  /** Closes it. A connection outlives its requests, each of which has its own signal. */
  readonly end: AbortController
}

interface RequestSteps {
  readonly connect: (signal: AbortSignal) => Promise<net.Socket>
  readonly over: (socket: net.Socket) => Promise<ExchangeResult>
  readonly abortSignal: AbortSignal | undefined
}

export class KeptConnections {
  /** Origin → idle connections, the last used one at the end. */
  readonly #idle = new Map<string, KeptConnection[]>()

  /** The reply to a request to `origin`. Throws as `connect` and `over` do. */
  async ask(origin: string, exchange: RequestSteps): Promise<HttpResponse> {
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
    const socket = await withAbort(abortSignal, end, () => connect(end.signal))
    return this.#send(origin, { socket, end }, exchange)
  }

  async #send(origin: string, connection: KeptConnection, { over, abortSignal }: RequestSteps): Promise<HttpResponse> {
    const { socket, end } = connection
    try {
      const { response, leavesConnection } = await withAbort(abortSignal, end, () => over(socket))
      if (leavesConnection && socket.writable) this.#keep(origin, connection)
      else socket.destroySoon()
      return response
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  #keep(origin: string, connection: KeptConnection): void {
    const { socket } = connection
    const idle = this.#idle.get(origin) ?? []
    this.#idle.set(origin, idle)
    if (idle.push(connection) > MAX_KEPT) idle.shift()?.socket.destroySoon()
    setIdleTimeout(socket, KEEP_FOR)
    socket.unref()
    // No request is pending, so whatever arrives is not a reply.
    for (const event of ['data', 'end', 'close']) socket.once(event, drop)
  }

  async #take(origin: string): Promise<KeptConnection | undefined> {
    for (let connection = this.#idle.get(origin)?.pop(); connection; connection = this.#idle.get(origin)?.pop()) {
      const { socket } = connection
      // After a turn of the event loop, pending events such as the end of the connection have been delivered.
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

/** While `act` runs, `signal` closes the connection. */
async function withAbort<T>(signal: AbortSignal | undefined, end: AbortController, act: () => Promise<T>): Promise<T> {
  const stop = () => end.abort()
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)
  try {
    return await act()
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
