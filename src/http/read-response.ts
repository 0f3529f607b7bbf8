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
    const heed = (listen: () => boolean) => {
      try {
        if (!enough(listen())) return
        settle()
        resolve()
      } catch (error) {
        settle()
        reject(reader.isSilent ? new HttpError('lost') : error)
      }
    }
    const take = (bytes: Buffer) => heed(() => reader.push(bytes))
    const end = () => heed(() => reader.end())
    const settle = () => {
      socket.off('data', take).off('end', end).off('close', end).off('error', reject)
      if (socket.listenerCount('error', ignore) === 0) socket.on('error', ignore)
    }
    socket.on('data', take).on('end', end).on('close', end).on('error', reject)
  })
}

/** Events after the end of the reply change nothing. */
const ignore = () => {}
