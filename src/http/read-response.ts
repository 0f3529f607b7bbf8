/** A connection's bytes, given to a reader of replies until it has heard enough. */

import type * as net from 'node:net'
import { HttpError } from './errors.ts'
import type { ResponseParser } from './response-parser.ts'

/**
 * Resolves when the reply is whole or, where `enough` is given, when that says so. Throws MalformedResponse, what destroyed the connection, or a
 * HttpError of kind `lost` where it ended without a byte.
 */
export function readResponse(socket: net.Socket, reader: ResponseParser, enough = (isWhole: boolean): boolean => isWhole): Promise<void> {
  return new Promise((resolve, reject) => {
    // It tells nobody any more that it was.
    if (socket.destroyed) return reject(socket.errored ?? new HttpError('lost'))
    const heed = (listen: () => boolean) => {
      try {
        if (!enough(listen())) return
        socket.off('data', take)
        resolve()
      } catch (error) {
        reject(reader.isSilent ? new HttpError('lost') : error)
      }
    }
    const take = (bytes: Buffer) => heed(() => reader.push(bytes))
    socket.on('data', take)
    for (const event of ['end', 'close']) socket.once(event, () => heed(() => reader.end()))
    // Stays: what happens after the end of a reply changes nothing.
    socket.on('error', reject)
  })
}
