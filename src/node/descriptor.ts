/** A descriptor that takes output: what it is, whether a write would reach anybody, and writing to the last byte. */

import * as fs from 'node:fs'
import * as tty from 'node:tty'
import { isSystemError, type Sink } from '../core/host.ts'
import { clock } from './clock.ts'
import { systemError } from './system-error.ts'

/** How long a full non-blocking pipe is left alone before it is tried again, in milliseconds. */
const DRAIN_WAIT = 5

/** Synchronous writes: a stream reports success before the bytes have gone. */
export function descriptor(fd: number, columns: () => number | undefined): Sink {
  const stat = () => fs.fstatSync(fd)
  return {
    get isTerminal() {
      return isTerminal(fd)
    },
    get columns() {
      return isTerminal(fd) ? columns() : undefined
    },
    check() {
      if (leadsNowhere(fd, stat())) throw systemError('EBADF', 9)
      // A named pipe without a reader can be told by opening it once more, a full device by writing nothing to it; of other pipes nothing tells.
      if (stat().isFIFO()) openAgain(fd)?.close()
      else fs.writeSync(fd, '')
    },
    async write(data, stop) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      // A full pipe would block everything, and a signal be heard by nobody.
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

/** The same pipe once more, which blocks nobody; undefined where that cannot be had. Throws EPIPE where it has no reader. */
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

/** node:tty takes longer to load than to look whether it is needed. */
function isTerminal(fd: number): boolean {
  const stat = fs.fstatSync(fd)
  return stat.isCharacterDevice() && !isNull(stat) && tty.isatty(fd)
}

const isNull = (stat: fs.Stats): boolean => process.platform === 'linux' && stat.rdev === fs.statSync('/dev/null').rdev

/**
 * Closed, so that Node has put /dev/null there; or /dev/null, as a parent opens it that throws everything away (Python's DEVNULL, Node's
 * `ignore`). The two cannot be told apart, and nobody reads either.
 */
function leadsNowhere(fd: number, stat: fs.Stats): boolean {
  if (!stat.isCharacterDevice() || !isNull(stat)) return false
  const flags = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]
  return flags !== undefined && (Number.parseInt(flags, 8) & fs.constants.O_RDWR) !== 0
}
