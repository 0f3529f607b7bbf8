/**
 * A buffer for files that are read and used immediately: packs and their compiled code. It is shared, because the first access to a page
 * of memory costs about as much as reading ten pages.
 */

import * as fs from 'node:fs'

/** Larger than any pack. Pages that are never written cost nothing. */
const SIZE = 1 << 20

let memory: Buffer | undefined

/** Up to `size` bytes of an open file from its current position. Valid until the next call. Throws a SystemError. */
export function readOnce(file: number, size: number): Buffer {
  if (memory === undefined || memory.length < size) memory = Buffer.allocUnsafeSlow(Math.max(size, SIZE))
  return readInto(memory.subarray(0, size), file)
}

/** The part of `room` that the file fills. Throws a SystemError. */
export const readInto = (room: Buffer, file: number): Buffer => room.subarray(0, fs.readSync(file, room))
