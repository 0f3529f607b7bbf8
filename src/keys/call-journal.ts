/**
 * The line under the state directory that survives SIGKILL: user, time, endpoint, later the key's id; never a secret. Written before
 * the call, removed at its end; a later run reads what was left behind. Nothing here ever fails a run.
 */

import type { CallJournal } from '../core/command.ts'
import type { Host } from '../core/host.ts'
import { appendRecord, attempt, readRecord, stateDirectory } from '../core/state-directory.ts'

/** What a run that was killed left behind. */
interface UnfinishedCall {
  /** When its call began, as ISO 8601 text. */
  readonly began: string
  readonly UserName: string | undefined
  readonly AccessKeyId: string | undefined
  /** Options for the commands to paste. */
  readonly accountOptions: string | undefined
  /** Removes the note: its user has been told. */
  readonly forget: () => void
}

interface Target {
  readonly endpoint: string | undefined
  readonly accountOptions: string
}

type CallJournalHost = Pick<Host, 'env' | 'files' | 'home' | 'pid' | 'clock' | 'isRunning'>

/** The note of this run, which is not written before it begins. */
export function openCallJournal(world: CallJournalHost, target: Target): CallJournal {
  const folder = stateDirectory(world, 'calls')
  const path = `${folder}/${world.pid}-${world.clock.now()}.json`
  let begun = false
  const write = (about: object) => folder !== undefined && appendRecord(path, about, world.files)
  return {
    begin({ UserName }) {
      begun = true
      write({ began: new Date(world.clock.now()).toISOString(), ...target, UserName })
    },
    created: AccessKeyId => begun && write({ AccessKeyId }),
    end: () => begun && attempt(() => world.files.remove(path)),
  }
}

/** Notes of runs that are no longer running, before this one has any: in a container each may have the same number. Unreadable ones are passed over. */
export function unfinishedCalls(world: CallJournalHost): readonly UnfinishedCall[] {
  const folder = stateDirectory(world, 'calls')
  if (folder === undefined) return []
  return (attempt(() => world.files.list(folder)) ?? [])
    .filter(name => /^\d+-\d+\.json$/.test(name) && !isAtWork(Number.parseInt(name, 10), world))
    .flatMap(name => attempt(() => read(world, `${folder}/${name}`)) ?? [])
}

const isAtWork = (pid: number, world: CallJournalHost): boolean => pid !== world.pid && world.isRunning(pid)

function read(world: CallJournalHost, path: string): UnfinishedCall {
  const about = readRecord(path, world.files)
  if (about.began === undefined) throw new Error('no note')
  const text = (name: string) => (typeof about[name] === 'string' ? about[name] : undefined)
  return {
    began: `${about.began}`,
    UserName: text('UserName'),
    AccessKeyId: text('AccessKeyId'),
    accountOptions: text('accountOptions'),
    forget: () => attempt(() => world.files.remove(path)),
  }
}
