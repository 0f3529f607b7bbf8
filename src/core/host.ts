/** The port to the machine: environment, files, clock, descriptors, signals. `node/host.ts` implements it; tests have their own. */

export type Env = Readonly<Record<string, string | undefined>>

/** An error of the operating system. `code` is the errno name (`ENOENT`), `errno` its number; Python's messages show both. */
export interface SystemError extends Error {
  readonly code: string
  readonly errno: number
}

export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'errno' in error && typeof error.errno === 'number'

interface Stat {
  /** The last change, in milliseconds since 1970. */
  readonly mtime: number
  /** In bytes. */
  readonly size: number
  /** Permission bits. */
  readonly mode: number
  /** The number of hard links. */
  readonly links: number
  readonly isDirectory: boolean
  /** A regular file: not a device, pipe or socket. */
  readonly isFile: boolean
}

export interface Files {
  /** Throws a SystemError. */
  read(path: string): Uint8Array
  /** Follows links. Undefined if there is no such file. Throws a SystemError. */
  stat(path: string): Stat | undefined
  /** Whether the file, or the directory it would be created in, belongs to another user who is not root. Throws a SystemError. */
  isForeign(path: string): boolean
  /** The names in a directory; empty if it does not exist. */
  list(path: string): readonly string[]
  /**
   * Replaces a file atomically: writes a temporary file in the same directory with mode `mode`, syncs and renames it. Keeps the owner of an
   * existing file; creates missing directories with mode 0700. Throws a SystemError, and then nothing has changed.
   *
   * @param lastCheck called directly before the rename; if it throws, the file is unchanged
   */
  replace(path: string, content: string | Uint8Array, mode: number, lastCheck?: () => void): void
  /** Does everything that `replace` does up to the rename, and removes the temporary file. Throws the SystemError that `replace` would. */
  rehearse(path: string, size: number): void
  /** Creates a file with mode 0600, and its missing directories with 0700. Throws a SystemError: `EEXIST` if the file exists. */
  create(path: string, content: string): void
  /** The path with its links followed, whether or not the file exists. Throws a SystemError. */
  resolve(path: string): string
  /**
   * Appends to a file; creates it with mode 0600 and its directories with 0700. Without `durable` it is not synced: the text survives a
   * kill of this process, but not a power failure. Throws a SystemError.
   */
  append(path: string, text: string, durable?: boolean): void
  /** Removes a file; a missing one is no error. `durable` as above. Throws a SystemError. */
  remove(path: string, durable?: boolean): void
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms` milliseconds, or as soon as `wake` is aborted. */
  sleep(ms: number, wake?: AbortSignal): Promise<void>
}

/** An output descriptor. */
export interface Sink {
  readonly isTerminal: boolean
  /** The terminal's width; undefined without a terminal. */
  readonly columns: number | undefined
  /** Throws a SystemError if a write would certainly fail now (full, without a reader), EBADF if it would be discarded. Writes nothing. */
  check(): void
  /** Writes every byte, or throws a SystemError. `stop` ends the wait for a slow reader, with EINTR. */
  write(data: string | Uint8Array, stop?: AbortSignal): Promise<void>
}

export interface Finished {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

/** The end of a program that was given a text. */
export interface Fed extends Pick<Finished, 'status' | 'signal'> {
  /** It has certainly not read the whole text. False if unknown. */
  readonly unread: boolean
}

/** Signals are recorded instead of obeyed, from `holdSignals` to `release`. */
export interface HeldSignals {
  /** The first signal that arrived. */
  readonly received: NodeJS.Signals | undefined
  /** Aborted by the first signal: ends waits early. */
  readonly interrupt: AbortSignal
  /** Aborted when no reply is waited for any longer: three seconds after the first signal, or by the second. */
  readonly deadline: AbortSignal
  release(): void
}

/** In force until it is released. */
export interface SmallHeap {
  /** Frees memory that is no longer used. */
  collect(): void
  release(): void
}

export interface Host {
  readonly env: Env
  readonly platform: NodeJS.Platform
  /** The runtime, for `--version`: `Node/20.11.1 linux/x64`, or `Bun/…` in a standalone executable. */
  readonly runtime: string
  readonly pid: number
  readonly hostname: string
  /** Whether a process with this id is running on this machine. */
  isRunning(pid: number): boolean
  /** The home directory as in Python's `expanduser` (HOME, or USERPROFILE on Windows); undefined if there is none. */
  readonly home: string | undefined
  readonly files: Files
  readonly clock: Clock
  readonly stdout: Sink
  readonly stderr: Sink
  /** All of standard input. Throws a SystemError. */
  readStdin(): Uint8Array
  /** Asks on the controlling terminal without echo, like Python's getpass: without a terminal it warns and reads a line of stdin. */
  askHidden(prompt: string): Promise<string>
  /** Runs a program without a shell, with the terminal and stdin inherited; collects its output. Throws a SystemError if it cannot start. */
  execute(words: readonly string[]): Finished
  /** Pipes `text` into a program that uses the terminal (a pager), with `env` added. Throws a SystemError if it cannot start. */
  page(words: readonly string[], text: string, env: Env): Promise<Finished>
  /**
   * Runs a program without a shell, with `text` as its standard input. Its output is discarded, its standard error is inherited. `env`
   * replaces the environment, `stop` ends it. Throws a SystemError if it cannot start.
   */
  feed(words: readonly string[], text: string, stop: AbortSignal, env?: Env): Promise<Fed>
  /**
   * Runs a program without a shell and without input, and collects its output; its standard error is inherited. `stop` ends it. Throws a
   * SystemError if it cannot start.
   */
  capture(words: readonly string[], stop: AbortSignal): Promise<Omit<Finished, 'stderr'>>
  /** From now on signals are recorded, and unhandled errors as SIGABRT; see HeldSignals. */
  holdSignals(): HeldSignals
  /** Takes less memory from now on, and more time: V8 by itself lets its heap grow before it frees what is no longer used. */
  keepHeapSmall(): Promise<SmallHeap>
  /** Writes to the debug log: names, counts, decisions; never a secret or a reply. Does nothing without --debug. */
  debug(line: string): void
}
