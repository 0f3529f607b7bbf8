/** A Host in memory: files as a map, a clock that only sleep moves, sinks that keep what they are given and can fail, signals on demand. */
import * as os from 'node:os'
import * as path from 'node:path'
import type { Clock, Env, Files, Finished, HeldSignals, Host, Sink, SystemError } from '../../src/core/host.ts'

type Content = string | Uint8Array

export interface SinkOptions {
  /** A terminal of that many columns. */
  readonly columns?: number
  /** So many bytes fit, and then every write fails with this errno name. */
  readonly fails?: { readonly after: number; readonly code: ErrnoName }
  /** Nobody reads: a write ends only when it is stopped. */
  readonly stalls?: boolean
}

export interface TestHostOptions {
  readonly env?: Env
  /** By path; a relative one is under `cwd`, one that starts with `~/` under HOME. */
  readonly files?: Readonly<Record<string, Content>>
  readonly cwd?: string
  readonly stdin?: Content
  readonly stdout?: SinkOptions
  readonly stderr?: SinkOptions
  /** Milliseconds since 1970 at the start. */
  readonly now?: number
  /** Instead of one that only sleep moves. */
  readonly clock?: Clock
  /** What the user types at hidden prompts, in turn. */
  readonly answers?: readonly string[]
  readonly platform?: NodeJS.Platform
  /** Process ids of others that are alive. */
  readonly running?: readonly number[]
  /** Stands for every program that is run, the pager too; without it there is none (ENOENT). */
  readonly execute?: (words: readonly string[], input?: string) => Finished
}

export interface TestHost extends Host {
  /** What reached standard output and standard error so far. */
  readonly written: { stdout(): Uint8Array; stderr(): Uint8Array }
  readonly prompts: readonly string[]
  readonly debugged: readonly string[]
  /** By absolute path. */
  readonly contents: ReadonlyMap<string, StoredFile>
  /** A signal comes. One that nobody holds is lost. */
  signal(name: NodeJS.Signals): void
}

export interface StoredFile {
  readonly bytes: Uint8Array
  readonly mode: number
  readonly mtime: number
}

const PID = 4242

type ErrnoName = keyof typeof os.constants.errno

export function systemError(code: ErrnoName): SystemError {
  return Object.assign(new Error(code), { code, errno: os.constants.errno[code] })
}

const bytesOf = (content: Content): Uint8Array => (typeof content === 'string' ? Buffer.from(content) : content)

export function testHost(options: TestHostOptions = {}): TestHost {
  const { env = {}, cwd = '/here', now = Date.UTC(2026, 0, 1), answers = [], running = [] } = options
  const execute = options.execute ?? (() => fail('ENOENT'))
  const home = env.HOME ?? '/home/user'
  const clock = options.clock ?? fakeClock(now)
  const files = memoryFiles(cwd, clock)
  for (const [name, content] of Object.entries(options.files ?? {})) files.replace(name.replace(/^~(?=\/)/, home), content, 0o600)
  const stdout = memorySink(options.stdout)
  const stderr = memorySink(options.stderr)
  const prompts: string[] = []
  const debugged: string[] = []
  const holders = new Set<(name: NodeJS.Signals) => void>()
  return {
    env,
    platform: options.platform ?? 'linux',
    runtime: 'Node/20.0.0 linux/x64',
    pid: PID,
    hostname: 'test',
    isRunning: pid => pid === PID || running.includes(pid),
    home,
    files,
    contents: files.contents,
    clock,
    stdout,
    stderr,
    written: { stdout: stdout.bytes, stderr: stderr.bytes },
    prompts,
    debugged,
    readStdin: () => bytesOf(options.stdin ?? ''),
    askHidden: async prompt => answers[prompts.push(prompt) - 1] ?? fail('EIO'),
    execute,
    page: async (words, text) => execute(words, text),
    feed: async (words, text) => ({ ...execute(words, text), unread: false }),
    capture: async words => execute(words),
    holdSignals: () => hold(holders),
    signal: name => {
      for (const note of holders) note(name)
    },
    keepHeapSmall: async () => ({ collect() {}, release() {} }),
    debug: line => debugged.push(line),
  }
}

function fail(code: ErrnoName): never {
  throw systemError(code)
}

function fakeClock(start: number): Clock {
  let time = start
  return {
    now: () => time,
    sleep: async (ms, wake) => {
      if (!wake?.aborted) time += ms
    },
  }
}

function memoryFiles(cwd: string, clock: Clock): Files & { readonly contents: ReadonlyMap<string, StoredFile> } {
  const contents = new Map<string, StoredFile>()
  const absolute = (name: string) => path.posix.resolve(cwd, name)
  const below = (folder: string) => {
    const prefix = `${absolute(folder)}/`
    return [...contents.keys()].filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length))
  }
  return {
    contents,
    read: name => contents.get(absolute(name))?.bytes ?? fail(below(name).length > 0 ? 'EISDIR' : 'ENOENT'),
    stat: name => {
      const file = contents.get(absolute(name))
      if (file) return { mtime: file.mtime, size: file.bytes.length, links: 1, mode: file.mode, isDirectory: false, isFile: true }
      return below(name).length > 0 ? { mtime: 0, size: 0, links: 1, mode: 0o700, isDirectory: true, isFile: false } : undefined
    },
    isForeign: () => false,
    list: name => [...new Set(below(name).map(entry => entry.replace(/\/.*/, '')))],
    replace: (name, content, mode, lastCheck) => {
      lastCheck?.()
      contents.set(absolute(name), { bytes: bytesOf(content), mode, mtime: clock.now() })
    },
    rehearse: () => {},
    create: (name, content) => {
      if (contents.has(absolute(name))) fail('EEXIST')
      contents.set(absolute(name), { bytes: bytesOf(content), mode: 0o600, mtime: clock.now() })
    },
    resolve: absolute,
    append: (name, text) => {
      const before = contents.get(absolute(name))
      const bytes = Buffer.concat([before?.bytes ?? Buffer.of(), bytesOf(text)])
      contents.set(absolute(name), { bytes, mode: before?.mode ?? 0o600, mtime: clock.now() })
    },
    remove: name => {
      contents.delete(absolute(name))
    },
  }
}

function memorySink({ columns, fails, stalls = false }: SinkOptions = {}): Sink & { bytes(): Uint8Array } {
  const chunks: Uint8Array[] = []
  const room = () => (fails?.after ?? Number.POSITIVE_INFINITY) - Buffer.concat(chunks).length
  return {
    bytes: () => Buffer.concat(chunks),
    isTerminal: columns !== undefined,
    columns,
    check: () => {
      if (fails && room() <= 0) throw systemError(fails.code)
    },
    write: async (data, stop) => {
      const bytes = bytesOf(data)
      if (stalls) await new Promise(resolve => (stop?.aborted ? resolve(undefined) : stop?.addEventListener('abort', resolve)))
      if (stalls) throw systemError('EINTR')
      const fits = room()
      chunks.push(bytes.subarray(0, fits))
      if (fails && bytes.length > fits) throw systemError(fails.code)
    },
  }
}

function hold(holders: Set<(name: NodeJS.Signals) => void>): HeldSignals {
  const arrival = new AbortController()
  const patience = new AbortController()
  let received: NodeJS.Signals | undefined
  const note = (name: NodeJS.Signals) => {
    if (received) patience.abort() // nobody waits three seconds in here: the second signal ends it
    received ??= name
    arrival.abort()
  }
  holders.add(note)
  return {
    get received() {
      return received
    },
    interrupt: arrival.signal,
    deadline: patience.signal,
    release: () => void holders.delete(note),
  }
}
