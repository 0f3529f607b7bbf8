/** Feeds the bytes of a connection to a response parser. */

import type * as net from 'node:net'
import { HttpError } from './errors.ts'
import type { ResponseParser } from './response-parser.ts'

/**
 * Resolves when the reply is whole, or when `enough` returns true. Throws MalformedResponse, OversizedResponse, the error that destroyed
 * the connection, or an HttpError of kind `lost` if it was closed without a byte.
 */
export function readResponse(socket: net.Socket, reader: ResponseParser, enough = (isWhole: boolean): boolean => isWhole): Promise<void> {
  return new Promise((resolve, reject) => {
    // A destroyed socket emits no further event.
    if (socket.destroyed) return reject(socket.errored ?? new HttpError('lost'))
    const handle = (consume: () => boolean) => {
      try {
        if (!enough(consume())) return
        detach()
        resolve()
      } catch (error) {
        detach()
        reject(reader.isSilent ? new HttpError('lost') : error)
      }
    }
    const onData = (bytes: Buffer) => handle(() => reader.push(bytes))
    const onEnd = () => handle(() => reader.end())
    const detach = () => {
      socket.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', reject)
      if (socket.listenerCount('error', ignore) === 0) socket.on('error', ignore)
    }
    socket.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', reject)
  })
}

/** Events after the end of the reply change nothing. */
const ignore = () => {}
