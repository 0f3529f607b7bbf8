/**
 * Allows one writer at a time for a file, by a lock file next to it that names the process. A lock of a dead process is taken over. Only
 * iamkey respects the lock.
 */

import { type Host, isSystemError } from '../core/host.ts'

/** Milliseconds. A lock is held while one file is written; a longer wait means that something hangs. */
const WAIT_FOR_LOCK = 20_000
const POLL_INTERVAL = 20
/** Milliseconds after which a lock counts as left over, even if a process with its number runs, and on any machine. */
const LONGEST_HELD = 300_000
/** Milliseconds after which an incomplete lock counts as left over: a lock is written in one call, right after its creation. */
const LONGEST_INCOMPLETE = 5000

type LockHost = Pick<Host, 'files' | 'clock' | 'pid' | 'hostname' | 'isRunning'>

/** Another process has been writing the file for too long, or a signal arrived. */
export class LockNotAcquired extends Error {
  override readonly name = 'LockNotAcquired'
}

/**
 * Runs `act` while no other iamkey writes the file.
 *
 * @throws LockNotAcquired; a SystemError if the lock cannot be created
 */
export async function withFileLock<T>(path: string, host: LockHost, stop: AbortSignal | undefined, act: () => T | Promise<T>): Promise<T> {
  const lock = `${path}.iamkey-lock`
  const { clock, pid, hostname } = host
  const until = clock.now() + WAIT_FOR_LOCK
  while (!create(lock, JSON.stringify({ pid, hostname }), host)) {
    if (stop?.aborted) throw new LockNotAcquired('interrupted')
    if (clock.now() >= until) throw new LockNotAcquired(`another run is writing it; if there is none, remove ${lock}`)
    if (!removeLeftOver(lock, host)) await clock.sleep(POLL_INTERVAL * (1 + Math.random()), stop)
  }
  try {
    return await act()
  } finally {
    release(lock, host)
  }
}

/** A failure is ignored: the lock is then left over, and others detect that. */
function release(lock: string, { files }: LockHost): void {
  try {
    files.remove(lock)
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

/**
 * Removes a lock that is left over. Of several processes that detect it, the first to create the file named after it continues; a later one
 * finds that the lock has changed.
 */
function removeLeftOver(lock: string, host: LockHost): boolean {
  const { files } = host
  const found = holder(lock, host)
  if (found === undefined || !isLeftOver(lock, found, host)) return false
  const guard = `${lock}.${found.pid}`
  // A guard of that age belongs to a run that was killed right here.
  if (age(guard, host) > LONGEST_INCOMPLETE) files.remove(guard)
  if (!create(guard, '', host)) return false
  try {
    const current = holder(lock, host)
    if (current?.pid === found.pid && current.hostname === found.hostname) files.remove(lock)
    return true
  } finally {
    files.remove(guard)
  }
}

interface Holder {
  /** Zero if the lock does not say. */
  readonly pid: number
  /** Empty if the lock does not say. */
  readonly hostname: string
}

/** Undefined if there is no lock any more. Of an incomplete one, the part that can be read. */
function holder(lock: string, { files }: LockHost): Holder | undefined {
  let text: string
  try {
    text = new TextDecoder().decode(files.read(lock))
  } catch {
    return undefined
  }
  const [, pid = '0'] = /"pid":(\d+)[,}]/.exec(text) ?? []
  const [, hostname = ''] = /"hostname":"([^"]*)"/.exec(text) ?? []
  return { pid: Number(pid), hostname }
}

/** Whether the lock's process has ended, or the lock is too old to be held. The age limit is lower for a lock that names no process. */
function isLeftOver(lock: string, { pid, hostname }: Holder, host: LockHost): boolean {
  if (hostname === host.hostname && pid > 0 && !host.isRunning(pid)) return true
  return age(lock, host) > (pid > 0 && hostname !== '' ? LONGEST_HELD : LONGEST_INCOMPLETE)
}

/** In milliseconds; negative if there is no such file. */
const age = (path: string, { clock, files }: LockHost): number => clock.now() - (files.stat(path)?.mtime ?? Number.POSITIVE_INFINITY)

function create(path: string, content: string, { files }: LockHost): boolean {
  try {
    files.create(path, content)
    return true
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false
    throw error
  }
}
