/** A connection's bytes, given to a reader of replies until it has heard enough. */

import type * as net from 'node:net'
import { HttpError } from './errors.ts'
import type { ResponseParser } from './response-parser.ts'

/**
 * Resolves when the reply is whole or, where `enough` is given, when that says so. Throws MalformedResponse, OversizedResponse, what
 * destroyed the connection, or a HttpError of kind `lost` where it ended without a byte.
 */
export function readResponse(socket: net.Socket, reader: ResponseParser, enough = (isWhole: boolean): boolean => isWhole): Promise<void> {
  return new Promise((resolve, reject) => {
    // It tells nobody any more that it was.
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

/** What happens after the end of a reply changes nothing. */
const ignore = () => {}
