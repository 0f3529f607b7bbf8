/** The port to the machine: environment, files, clock, descriptors, signals. Interfaces, and the question whether an error is the system's; `node/host.ts` has Node's, tests have their own. */

export type Env = Readonly<Record<string, string | undefined>>

/** A file or descriptor said no. `code` is the errno name (`ENOENT`), `errno` its number: Python's sentences show both. */
export interface SystemError extends Error {
  readonly code: string
  readonly errno: number
}

export const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'errno' in error && typeof error.errno === 'number'

interface Stat {
  /** Last change in milliseconds since 1970. */
  readonly mtime: number
  /** In bytes. */
  readonly size: number
  /** Permission bits. */
  readonly mode: number
  readonly isDirectory: boolean
  /** A regular one: no device, pipe or socket. */
  readonly isFile: boolean
}

export interface Files {
  /** Throws a SystemError. */
  read(path: string): Uint8Array
  /** What a path leads to, links followed, or undefined where there is no such file. Throws a SystemError. */
  stat(path: string): Stat | undefined
  /** Whether somebody has it, or the directory that it would be made in, who is neither root nor who runs this. Throws a SystemError. */
  isForeign(path: string): boolean
  /** The names in a directory; empty where there is none. */
  list(path: string): readonly string[]
  /**
   * Puts the whole content in place at once: a temporary file in the same directory, mode `mode`, fsynced, then renamed. The owner of a
   * file that is there already stays. Makes missing directories with mode 0700. Throws a SystemError; then nothing has changed.
   */
  replace(path: string, content: string | Uint8Array, mode: number): void
  /** Everything `replace` does with so many bytes up to the renaming, and leaves nothing behind. Throws the SystemError that it would meet now. */
  rehearse(path: string, size: number): void
  /** Makes a file that must not be there yet, mode 0600, and its missing directories, mode 0700. Throws a SystemError: `EEXIST` where it is there. */
  create(path: string, content: string): void
  /** Where a path leads, links followed, whether there is a file or not. Throws a SystemError. */
  resolve(path: string): string
  /**
   * Adds text to a file, made with mode 0600 (and its directories with 0700) where it is missing; not fsynced, so it survives a kill of
   * this process but not a power cut. Throws a SystemError.
   */
  append(path: string, text: string): void
  /** Removes a file; nothing happens where there is none. Throws a SystemError. */
  remove(path: string): void
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms` milliseconds, or as soon as `wake` is aborted. */
  sleep(ms: number, wake?: AbortSignal): Promise<void>
}

/** A descriptor that takes output. */
export interface Sink {
  readonly isTerminal: boolean
  /** Columns of the terminal; undefined where it is none. */
  readonly columns: number | undefined
  /** Throws a SystemError where a write would certainly fail now (full, without a reader), EBADF where nobody would get it. Writes nothing. */
  check(): void
  /** Every byte, in order, or a SystemError. `stop` ends a wait for a reader that does not read; then an `EINTR` SystemError. */
  write(data: string | Uint8Array, stop?: AbortSignal): Promise<void>
}

export interface Finished {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

/** Signals noted instead of obeyed, from `holdSignals` to `release`. */
export interface HeldSignals {
  /** The first one that came, or undefined. */
  readonly received: NodeJS.Signals | undefined
  /** Aborted when one comes: ends a wait early. */
  readonly interrupt: AbortSignal
  /** Aborted once there is no more waiting for a reply: three seconds after the first signal, or at the second. */
  readonly deadline: AbortSignal
  release(): void
}

export interface Host {
  readonly env: Env
  readonly platform: NodeJS.Platform
  /** What runs us, as `--version` shows it: `Node/20.11.1 linux/x64`, or `Bun/…` in a standalone executable. */
  readonly runtime: string
  readonly pid: number
  readonly hostname: string
  /** Whether a process of this machine with that number is running. */
  isRunning(pid: number): boolean
  /** The home directory as Python's `expanduser` finds it (HOME, or USERPROFILE on Windows); undefined where there is none. */
  readonly home: string | undefined
  readonly files: Files
  readonly clock: Clock
  readonly stdout: Sink
  readonly stderr: Sink
  /** All of standard input. Throws a SystemError. */
  readStdin(): Uint8Array
  /** Asks on the controlling terminal without echo, as Python's getpass: where there is no terminal it warns and reads a line of stdin. */
  askHidden(prompt: string): Promise<string>
  /** Runs a program without a shell: stdin and the terminal are inherited, output is collected. Throws a SystemError if it cannot start. */
  execute(words: readonly string[]): Finished
  /** Feeds `text` to a program that owns the terminal (a pager), with `env` added. Throws a SystemError if it cannot start. */
  page(words: readonly string[], text: string, env: Env): Promise<Finished>
  /**
   * Runs a program without a shell and gives it `text` as its standard input; what it prints is dropped, its standard error is ours. `env`
   * replaces our environment for it. `stop` ends it. Throws a SystemError if it cannot start, and EPIPE where it ended before it had taken the whole text.
   */
  feed(words: readonly string[], text: string, stop: AbortSignal, env?: Env): Promise<Pick<Finished, 'status' | 'signal'>>
  /** From now on signals that would end the run are noted, and an error that nobody waits for as ABRT; see HeldSignals. */
  holdSignals(): HeldSignals
  /** A line of the debug log (names, counts, decisions; never a secret or a reply). Free unless --debug was given. */
  debug(line: string): void
}
