/**
 * The record of a call that survives SIGKILL: user, time, endpoint, later the key's id; never a secret. A file in the state directory,
 * written before the call and removed at the end; a later run reads what is left. A failure here is ignored.
 */

import type { CallJournal } from '../core/command.ts'
import type { Host } from '../core/host.ts'
import { appendRecord, attempt, readRecord, stateDirectory } from '../core/state-directory.ts'

/** The record left by a run that was killed. */
interface UnfinishedCall {
  /** When the call began, in ISO 8601. */
  readonly began: string
  readonly UserName: string | undefined
  readonly AccessKeyId: string | undefined
  /** Options for recovery commands. */
  readonly accountOptions: string | undefined
  /** Removes the record, once the user has been told. */
  readonly forget: () => void
}

interface Target {
  readonly endpoint: string | undefined
  readonly accountOptions: string
}

type CallJournalHost = Pick<Host, 'env' | 'files' | 'home' | 'pid' | 'clock' | 'isRunning'>

/** The journal of this run. Nothing is written before `begin`. */
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

/** Records of runs that no longer exist. Read before this run writes its own: in a container each run may have the same process id. */
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
