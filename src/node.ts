/** The Host that Node gives us: descriptors, files, clock, signals. Imported by main.ts alone; what is rare waits in `node/`. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import * as tty from 'node:tty'
import { type Clock, type Files, type HeldSignals, type Host, isSystemError, type Sink, type SystemError } from './host.ts'
import { execute, feed, page } from './node/child.ts'
import { makeFolder } from './node/folder.ts'

/** How long a full non-blocking pipe is left alone before it is tried again, in milliseconds. */
const DRAIN_WAIT = 5
/** How long a reply is waited for once a signal came, in milliseconds. */
const SIGNAL_PATIENCE = 3000
const HELD = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/** @param process Node's own; taken as an argument so that nothing else reaches for it. */
export function nodeHost(process: NodeJS.Process): Host {
  return {
    env: process.env,
    platform: process.platform,
    runtime: `Node/${process.versions.node} ${process.platform}/${process.arch}`,
    pid: process.pid,
    get hostname() {
      return os.hostname()
    },
    isRunning: pid => isRunning(process, pid),
    get home() {
      return (process.platform === 'win32' ? process.env.USERPROFILE : process.env.HOME) ?? homeOfAccount()
    },
    files,
    clock,
    stdout: descriptor(1, () => process.stdout.columns),
    stderr: descriptor(2, () => process.stderr.columns),
    readStdin: () => fs.readFileSync(0),
    askHidden: async prompt => (await import('./node/terminal.ts')).askHidden(prompt),
    execute,
    page: (words, text, env) => page(words, text, { ...process.env, ...env }),
    feed,
    holdSignals: () => holdSignals(process),
    debug() {},
  }
}

/** argv without node and script. Words that are no UTF-8 keep their bytes as lone surrogates, as Python has them (surrogateescape). */
export function wordsOf(process: NodeJS.Process): string[] {
  const words = process.argv.slice(2)
  if (!words.some(word => word.includes('\ufffd')) || process.platform !== 'linux') return words
  const raw = fs.readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1)
  return raw.slice(raw.length - words.length).map(surrogateEscape)
}

/** A byte that cannot be part of UTF-8 becomes U+DC80 to U+DCFF. */
function surrogateEscape(latin1: string): string {
  return latin1.replace(
    /((?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+)|[\x80-\xff]/g,
    (bytes, text?: string) => (text ? Buffer.from(text, 'latin1').toString() : String.fromCharCode(0xdc00 + bytes.charCodeAt(0))),
  )
}

function homeOfAccount(): string | undefined {
  try {
    return os.userInfo().homedir
  } catch {
    return undefined
  }
}

function isRunning(process: NodeJS.Process, pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isSystemError(error) && error.code === 'EPERM'
  }
}

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, wake) =>
    new Promise(resolve => {
      if (ms <= 0 || wake?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        wake?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      wake?.addEventListener('abort', done, { once: true })
    }),
}

const files: Files = {
  read: name => fs.readFileSync(name),
  stat(name) {
    const found = fs.statSync(name, { throwIfNoEntry: false })
    return (
      found && {
        mtime: found.mtimeMs,
        size: found.size,
        // Windows has no such bits, and Node makes them up: a file there is its owner's, and may be a program.
        mode: os.platform() === 'win32' ? 0o700 : found.mode & 0o7777,
        isDirectory: found.isDirectory(),
        isFile: found.isFile(),
      }
    )
  },
  list: name => (fs.existsSync(name) ? fs.readdirSync(name) : []),
  replace(name, content, mode) {
    makeFolder(path.dirname(name))
    beside(name, content, mode, temporary => fs.renameSync(temporary, name))
  },
  rehearse(name, size) {
    let folder = path.dirname(path.resolve(name))
    while (!fs.existsSync(folder)) folder = path.dirname(folder)
    const { W_OK, X_OK } = fs.constants
    fs.accessSync(folder, W_OK | X_OK)
    beside(path.join(folder, path.basename(name)), new Uint8Array(size), 0o600, temporary => fs.rmSync(temporary))
  },
  create(name, content) {
    makeFolder(path.dirname(name))
    const handle = fs.openSync(name, 'wx', 0o600)
    try {
      fs.writeFileSync(handle, content)
    } catch (error) {
      fs.rmSync(name, { force: true })
      throw error
    } finally {
      fs.closeSync(handle)
    }
  },
  resolve: leadsTo,
  append(name, text) {
    makeFolder(path.dirname(name))
    fs.appendFileSync(name, text, { mode: 0o600 })
  },
  // Not rmSync, which loads what it takes to remove a whole tree.
  remove(name) {
    if (fs.existsSync(name)) fs.unlinkSync(name)
  },
}

/** A finished temporary file for `name`, on the disk, which `use` takes away from where it is. Without that nothing is left of it. */
function beside(name: string, content: string | Uint8Array, mode: number, use: (temporary: string) => void): void {
  const temporary = `${name}.${process.pid}.tmp`
  fs.rmSync(temporary, { force: true })
  try {
    const handle = fs.openSync(temporary, 'wx', mode)
    try {
      keepOwner(handle, name)
      fs.fchmodSync(handle, mode)
      fs.writeFileSync(handle, content)
      fs.fsyncSync(handle)
    } finally {
      fs.closeSync(handle)
    }
    use(temporary)
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw error
  }
}

function keepOwner(handle: number, name: string): void {
  const before = fs.statSync(name, { throwIfNoEntry: false })
  const now = fs.fstatSync(handle)
  if (before && (before.uid !== now.uid || before.gid !== now.gid)) fs.fchownSync(handle, before.uid, before.gid)
}

/** `realpath`, also for a file that is not there yet. */
function leadsTo(name: string): string {
  try {
    return fs.realpathSync(name)
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error
    const link = fs.lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() ? fs.readlinkSync(name) : undefined
    return link === undefined ? path.resolve(name) : leadsTo(path.resolve(path.dirname(name), link))
  }
}

function failure(code: string, errno: number): SystemError {
  return Object.assign(new Error(code), { code, errno })
}

/**
 * Synchronous writes to the descriptor: a stream reports success before the bytes have gone.
 */
function descriptor(fd: number, columns: () => number | undefined): Sink {
  const stat = () => fs.fstatSync(fd)
  return {
    get isTerminal() {
      return isTerminal(fd)
    },
    get columns() {
      return isTerminal(fd) ? columns() : undefined
    },
    check() {
      if (leadsNowhere(fd, stat())) throw failure('EBADF', 9)
      // A named pipe without a reader can be told by opening it once more, a full device by writing nothing to it; of other pipes nothing tells.
      if (stat().isFIFO() && process.platform === 'linux') fs.closeSync(openAgain(fd))
      else fs.writeSync(fd, '')
    },
    async write(data, stop) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      for (let at = 0; at < bytes.length; ) {
        try {
          at += fs.writeSync(fd, bytes, at)
        } catch (error) {
          if (!isSystemError(error) || error.code !== 'EAGAIN') throw error
          if (stop?.aborted) throw failure('EINTR', 4)
          await clock.sleep(DRAIN_WAIT, stop)
        }
      }
    },
  }
}

function openAgain(fd: number): number {
  try {
    return fs.openSync(`/proc/self/fd/${fd}`, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENXIO') throw failure('EPIPE', 32)
    return fs.openSync('/dev/null', 'r')
  }
}

function isTerminal(fd: number): boolean {
  return fs.fstatSync(fd).isCharacterDevice() && tty.isatty(fd)
}

/**
 * Closed, so that Node has put /dev/null there; or /dev/null, as a parent opens it that throws everything away (Python's DEVNULL, Node's
 * `ignore`). The two cannot be told apart, and nobody reads either.
 */
function leadsNowhere(fd: number, stat: fs.Stats): boolean {
  if (!stat.isCharacterDevice() || process.platform !== 'linux') return false
  if (stat.rdev !== fs.statSync('/dev/null').rdev) return false
  const flags = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1]
  return flags !== undefined && (Number.parseInt(flags, 8) & fs.constants.O_RDWR) !== 0
}

function holdSignals(process: NodeJS.Process): HeldSignals {
  const came = new AbortController()
  const overdue = new AbortController()
  let received: NodeJS.Signals | undefined
  let timer: NodeJS.Timeout | undefined
  const note = (signal: NodeJS.Signals) => {
    if (received) return overdue.abort()
    received = signal
    came.abort()
    timer = setTimeout(() => overdue.abort(), SIGNAL_PATIENCE)
  }
  // An error that nobody waits for must not end the run while a key is on its way: it ends the waits, as a signal does.
  const stumble = () => note('SIGABRT')
  for (const signal of HELD) process.on(signal, note)
  process.on('uncaughtException', stumble)
  return {
    get received() {
      return received
    },
    came: came.signal,
    overdue: overdue.signal,
    release() {
      clearTimeout(timer)
      for (const signal of HELD) process.off(signal, note)
      process.off('uncaughtException', stumble)
    },
  }
}
