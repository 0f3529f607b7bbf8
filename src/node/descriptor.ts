/** An output descriptor: what it is, whether a write could reach a reader, and writing every byte. */

import * as fs from 'node:fs'
import * as tty from 'node:tty'
import { isSystemError, type Sink } from '../core/host.ts'
import { clock } from './clock.ts'
import { systemError } from './system-error.ts'

/** Milliseconds between two writes to a non-blocking pipe that is full. */
const DRAIN_WAIT = 5

/** Writes synchronously: a stream reports success before the bytes are written. */
export function descriptor(fd: number, columns: () => number | undefined): Sink {
  const stat = () => fs.fstatSync(fd)
  let terminal: boolean | undefined
  return {
    get isTerminal() {
      terminal ??= isTerminal(fd)
      return terminal
    },
    get columns() {
      return this.isTerminal ? columns() : undefined
    },
    check() {
      const found = stat()
      if (leadsNowhere(fd, found)) throw systemError('EBADF', 9)
      // Opening a named pipe again detects a missing reader, an empty write a full device. Other pipes cannot be checked.
      if (found.isFIFO()) openAgain(fd)?.close()
      else fs.writeSync(fd, '')
    },
    async write(data, stop) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      // A blocking write to a full pipe would stop the event loop, and with it the handling of signals.
      const again = stop && bytes.length > 0 && stat().isFIFO() ? openAgain(fd) : undefined
      try {
        await writeWhole(again?.fd ?? fd, bytes, stop)
      } finally {
        again?.close()
      }
    },
  }
}

async function writeWhole(fd: number, bytes: Uint8Array, stop: AbortSignal | undefined): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(fd, bytes, at)
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EAGAIN') throw error
      if (stop?.aborted) throw systemError('EINTR', 4)
      await clock.sleep(DRAIN_WAIT, stop)
    }
  }
}

/** A second, non-blocking descriptor of the same pipe; undefined if it cannot be opened. Throws EPIPE if the pipe has no reader. */
function openAgain(pipe: number): { readonly fd: number; close(): void } | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const fd = fs.openSync(`/proc/self/fd/${pipe}`, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)
    return { fd, close: () => fs.closeSync(fd) }
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENXIO') throw systemError('EPIPE', 32)
    return undefined
  }
}

/** Avoids loading node:tty, which costs more than this check. */
function isTerminal(fd: number): boolean {
  const stat = fs.fstatSync(fd)
  return stat.isCharacterDevice() && !isNull(stat) && tty.isatty(fd)
}

const isNull = (stat: fs.Stats): boolean => process.platform !== 'win32' && stat.rdev === fs.statSync('/dev/null').rdev

/**
 * Whether writes are discarded: the descriptor was closed, so that Node opened /dev/null in its place, or it is a /dev/null opened for
 * reading and writing, as by a parent that discards output (Python's DEVNULL, Node's `ignore`). The two cannot be told apart.
 */
function leadsNowhere(fd: number, stat: fs.Stats): boolean {
  if (!stat.isCharacterDevice() || !isNull(stat)) return false
  try {
    // Opened for writing alone, as by `> /dev/null` in a shell, it refuses (EBADF).
    fs.readSync(fd, Buffer.alloc(1))
    return true
  } catch {
    return false
  }
}
