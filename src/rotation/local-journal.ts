/**
 * Keeps the journal in a file of the state directory: JSON lines, each synced before the run continues. The file also locks out a second
 * run on this machine. If there is no state directory, and none can be created, a run continues without. A run that cannot append to an
 * existing journal stops, because a later run would draw conclusions from what is missing.
 */

import type { SilentHost } from '../core/command.ts'
import { Failure } from '../core/errors.ts'
import { type HeldSignals, isSystemError, type SystemError } from '../core/host.ts'
import { attempt, stateDirectory } from '../core/state-directory.ts'
import { LockNotAcquired, withFileLock } from '../stores/lock.ts'
import { asEntry, EMPTY, entriesOf, type History, type Journal, pruned, withEntry } from './journal.ts'
import { Stopped } from './verdict.ts'

/** A process that has not appended for this many milliseconds no longer exists; its number belongs to another one. */
const LONGEST_SILENCE = 3_600_000

/** The name of a user's journal, unique in the state directory. */
export const journalName = (Account: string, UserName: string): string => `${Account}-${UserName}`

/**
 * @param name of the journal
 * @throws Failure if another run on this machine works on the same user, or the existing journal cannot be used
 */
export async function openLocalJournal(name: string, host: SilentHost, signals: HeldSignals): Promise<Journal> {
  const path = pathOf(name, host)
  if (path === undefined) return NO_JOURNAL
  try {
    return journalIn(path, await withFileLock(path, host, signals.interrupt, () => claimFile(path, host)), host)
  } catch (error) {
    if (error instanceof LockNotAcquired) throw new Stopped('NotFinished', error.message)
    if (!isSystemError(error)) throw error
    if (isAbsent(path, host)) return NO_JOURNAL
    throw unusable(path, error)
  }
}

const unusable = (path: string, { code }: SystemError) => new Stopped('NotFinished', `the journal ${path} cannot be used (${code})`)

/**
 * Changes nothing.
 *
 * @returns why a run would continue without a journal; undefined if it would have one
 * @throws Stopped if a run would stop
 */
export function whyNoLocalJournal(name: string, host: SilentHost): string | undefined {
  const path = pathOf(name, host)
  if (path === undefined) return 'there is none'
  try {
    host.files.rehearse(path, 4096)
    return undefined
  } catch (error) {
    if (!isSystemError(error)) throw error
    if (isAbsent(path, host)) return `${path.slice(0, path.lastIndexOf('/'))} cannot be written (${error.code})`
    throw unusable(path, error)
  }
}

/** Reads the journal without changing anything. */
export function readLocalHistory(name: string, host: SilentHost): History {
  const path = pathOf(name, host)
  return path === undefined ? EMPTY : read(path, host)
}

const NO_JOURNAL: Journal = { history: EMPTY, lasting: false, async record() {}, async end() {} }

function journalIn(path: string, history: History, { files }: SilentHost): Journal {
  let hasEntries = entriesOf(history).length > 0
  return {
    history,
    lasting: true,
    async record(entry) {
      hasEntries = true
      try {
        add(path, entry, files)
      } catch (error) {
        throw new Failure(`the journal ${path} cannot be written (${isSystemError(error) ? error.code : 'no reason given'})`, {
          cause: error,
        })
      }
    },
    async end() {
      attempt(() => (hasEntries ? add(path, { ended: true }, files) : files.remove(path)))
    },
  }
}

/** Begins a new line, because a full disk may have cut off the last one. */
const add = (path: string, line: object, files: SilentHost['files']): void => files.append(path, `\n${JSON.stringify(line)}\n`, true)

function pathOf(name: string, host: SilentHost): string | undefined {
  const folder = stateDirectory(host, 'rotations')
  // A name must not lead out of the directory: with parameter_validation off, only IAM refuses it.
  return folder === undefined ? undefined : `${folder}/${name.replaceAll(/[^\w+=,.@-]/g, '_')}.json`
}

/** Takes the file for this run. */
function claimFile(path: string, host: SilentHost): History {
  const { files, pid, hostname, clock } = host
  const { owner, history } = parse(contentOf(path, host))
  const silence = clock.now() - (files.stat(path)?.mtime ?? 0)
  // In a container each run may have the same process id.
  const gone = owner.hostname === hostname && typeof owner.pid === 'number' && (owner.pid === pid || !host.isRunning(owner.pid))
  if (owner.pid !== undefined && owner.ended !== true && !gone && silence < LONGEST_SILENCE) {
    throw new Stopped('NotFinished', `another run, process ${owner.pid} on ${owner.hostname}, is rotating the keys of this user`)
  }
  const kept = pruned(history, clock.now())
  const lines = [{ pid, hostname, ended: false }, ...entriesOf(kept)].map(line => `${JSON.stringify(line)}\n`)
  files.replace(path, lines.join(''), 0o600)
  return kept
}

const read = (path: string, host: SilentHost): History => parse(contentOf(path, host)).history

function isAbsent(path: string, { files }: SilentHost): boolean {
  try {
    return files.stat(path) === undefined
  } catch (error) {
    // As with HOME=/dev/null.
    return isSystemError(error) && error.code === 'ENOTDIR'
  }
}

function contentOf(path: string, { files }: SilentHost): string {
  return files.stat(path) === undefined ? '' : new TextDecoder().decode(files.read(path))
}

interface JournalContent {
  /** The last run that wrote: its process, its host, and whether it has ended. */
  readonly owner: Readonly<Record<string, unknown>>
  readonly history: History
}

/** A line that was cut off by a kill or a full disk is ignored. */
function parse(text: string): JournalContent {
  const lines = text.split('\n').flatMap((line): readonly unknown[] => attempt(() => [JSON.parse(line)]) ?? [])
  const entries = lines.flatMap(line => asEntry(line) ?? [])
  const owner = Object.assign({}, ...lines.filter(line => asEntry(line) === undefined && !Array.isArray(line)))
  return { owner, history: entries.reduce(withEntry, EMPTY) }
}
