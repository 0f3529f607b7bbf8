/**
 * One writer at a time for a file: a lock file beside it that names its process. A lock whose process is gone is taken over. Only programs
 * that look for it are held off, so it guards iamkey against itself.
 */

import { type Host, isSystemError } from '../core/host.ts'

/** Milliseconds. A lock is held for as long as one file takes to write, so a longer wait is for something that hangs. */
const PATIENCE = 20_000
const LOOK_EVERY = 20
/** From this age on a lock is left over, whatever holds its process number now, and on whatever machine. */
const LONGEST_HELD = 300_000
/** From this age on a lock that does not say whose it is was torn: it is written in one call, right after it is made. */
const LONGEST_WRITTEN = 5000

type LockHost = Pick<Host, 'files' | 'clock' | 'pid' | 'hostname' | 'isRunning'>

/** Another process has been writing the file for too long, or a signal came first. */
export class LockNotAcquired extends Error {
  override readonly name = 'LockNotAcquired'
}

/**
 * Runs `act` while no other iamkey writes the file.
 *
 * @throws LockNotAcquired; a SystemError where the lock cannot be made
 */
export async function withFileLock<T>(path: string, world: LockHost, stop: AbortSignal | undefined, act: () => T | Promise<T>): Promise<T> {
  const lock = `${path}.iamkey-lock`
  const { clock, pid, hostname } = world
  const until = clock.now() + PATIENCE
  while (!create(lock, JSON.stringify({ pid, hostname }), world)) {
    if (stop?.aborted) throw new LockNotAcquired('interrupted')
    if (clock.now() >= until) throw new LockNotAcquired(`another run is writing it; if there is none, remove ${lock}`)
    if (!takenOver(lock, world)) await clock.sleep(LOOK_EVERY * (1 + Math.random()), stop)
  }
  try {
    return await act()
  } finally {
    release(lock, world)
  }
}

/** What was done under the lock is done: one that cannot be removed is left over, and those who find it see that. */
function release(lock: string, { files }: LockHost): void {
  try {
    files.remove(lock)
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

/**
 * Removes a lock that is left over. Of those who see one, the first to make the file named after it goes on; a later one finds that the
 * lock is no longer what it saw.
 */
function takenOver(lock: string, world: LockHost): boolean {
  const { files } = world
  const seen = holder(lock, world)
  if (seen === undefined || !isLeftOver(lock, seen, world)) return false
  const guard = `${lock}.${seen.pid}`
  // One that is as old belongs to a run that was killed on these lines.
  if (age(guard, world) > LONGEST_WRITTEN) files.remove(guard)
  if (!create(guard, '', world)) return false
  try {
    const still = holder(lock, world)
    if (still?.pid === seen.pid && still.hostname === seen.hostname) files.remove(lock)
    return true
  } finally {
    files.remove(guard)
  }
}

interface Holder {
  /** Zero where the lock does not say. */
  readonly pid: number
  /** Empty where the lock does not say. */
  readonly hostname: string
}

/** Undefined where there is no lock any more. Of one that was torn in the middle, as much as it still says. */
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

/** Its process is gone; or it is so old that no process can be busy with it, which is sooner for one that does not say whose it is. */
function isLeftOver(lock: string, { pid, hostname }: Holder, world: LockHost): boolean {
  if (hostname === world.hostname && pid > 0 && !world.isRunning(pid)) return true
  return age(lock, world) > (pid > 0 && hostname !== '' ? LONGEST_HELD : LONGEST_WRITTEN)
}

/** In milliseconds; negative where there is no such file. */
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
