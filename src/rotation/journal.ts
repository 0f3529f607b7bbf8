/**
 * The file in the state directory that belongs to the rotation of one user's keys: it keeps a second run on this machine away, and tells
 * the next one how far a run came that was killed. Ids and times, never a secret. Where it cannot be written a run goes on without.
 */

import type { SilentHost } from '../core/command.ts'
import { Failure } from '../core/errors.ts'
import type { HeldSignals } from '../core/host.ts'
import { appendRecord, attempt, readRecord, stateDirectory } from '../core/state-directory.ts'
import { LockNotAcquired, withFileLock } from '../stores/lock.ts'
import type { Past } from './state.ts'

export interface Journal {
  /** Of a run that ended before its end. */
  readonly past: Past | undefined
  /** Before a new key is asked for: the keys there are. */
  asks(before: readonly string[]): void
  /** As soon as the reply named its key. */
  created(AccessKeyId: string): void
  /** As soon as so many of the stores that keep what they get have it. */
  handedOver(stores: number): void
  /** @param done all is as it should be: there is nothing that a later run must know. */
  end(done: boolean): void
}

/** A process that has not added a line for so long, in milliseconds, is another one by now. */
const LONGEST_SILENCE = 3_600_000

/**
 * @param name of the user, unique in the state directory
 * @throws Failure where a run on this machine is busy with the same user
 */
export async function openJournal(name: string, machine: SilentHost, signals: HeldSignals): Promise<Journal> {
  const path = pathOf(name, machine)
  if (path === undefined) return inNoFile
  try {
    const past = await withFileLock(path, machine, signals.interrupt, () => takeOver(path, machine))
    let telling = past !== undefined
    const add = (line: object) => appendRecord(path, line, machine.files)
    return {
      past,
      asks(before) {
        telling = true
        add({ asked: machine.clock.now(), before, created: null, handedOver: 0 })
      },
      created: created => add({ created }),
      handedOver: handedOver => add({ handedOver }),
      end(done) {
        if (telling && !done) add({ ended: true })
        else attempt(() => machine.files.remove(path))
      },
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    if (error instanceof LockNotAcquired) throw new Failure(error.message)
    return inNoFile
  }
}

/** The same without touching anything. */
export function readPast(name: string, machine: SilentHost): Past | undefined {
  const path = pathOf(name, machine)
  return path === undefined ? undefined : pastOf(read(path, machine))
}

const inNoFile: Journal = { past: undefined, asks() {}, created() {}, handedOver() {}, end() {} }

function pathOf(name: string, machine: SilentHost): string | undefined {
  const folder = stateDirectory(machine, 'rotations')
  // What no user can be called must not lead elsewhere: only IAM itself refuses such a name where parameter_validation is off.
  return folder === undefined ? undefined : `${folder}/${name.replaceAll(/[^\w+=,.@-]/g, '_')}.json`
}

type Content = Readonly<Record<string, unknown>>

/** Makes the file this run's. */
function takeOver(path: string, machine: SilentHost): Past | undefined {
  const { files, pid, hostname } = machine
  const found = read(path, machine)
  const silence = machine.clock.now() - (files.stat(path)?.mtime ?? 0)
  // In a container each run may have the same number.
  const gone = found.hostname === hostname && typeof found.pid === 'number' && (found.pid === pid || !machine.isRunning(found.pid))
  if (found.pid !== undefined && found.ended !== true && !gone && silence < LONGEST_SILENCE) {
    throw new Failure(`another run, process ${found.pid} on ${found.hostname}, is rotating the keys of this user`)
  }
  files.replace(path, `${JSON.stringify({ ...found, pid, hostname, ended: false })}\n`, 0o600)
  return pastOf(found)
}

const read = (path: string, { files }: SilentHost): Content => attempt(() => readRecord(path, files)) ?? {}

function pastOf({ asked, before, created, handedOver }: Content): Past | undefined {
  if (typeof asked !== 'number' || !Array.isArray(before)) return undefined
  return {
    asked,
    before: before.map(String),
    created: typeof created === 'string' ? created : undefined,
    handedOver: typeof handedOver === 'number' ? handedOver : 0,
  }
}
