/**
 * Memory for what is read and used up at once, as packs and their compiled code are. One piece for all of it: the first touch of a page of
 * memory costs about as much as reading ten.
 */

import * as fs from 'node:fs'

/** More than any pack has. What is never written to is never touched, and costs nothing. */
const SIZE = 1 << 20

let memory: Buffer | undefined

/** The first bytes of an open file from where it stands, fewer at its end. They last until the next call. Throws a SystemError. */
export function readOnce(file: number, size: number): Buffer {
  if (memory === undefined || memory.length < size) memory = Buffer.allocUnsafeSlow(Math.max(size, SIZE))
  return readInto(memory.subarray(0, size), file)
}

/** What of the room the file fills. Throws a SystemError. */
export const readInto = (room: Buffer, file: number): Buffer => room.subarray(0, fs.readSync(file, room))
