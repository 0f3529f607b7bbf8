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

interface RecordedTarget {
  readonly endpoint: string | undefined
  readonly accountOptions: string
}

type CallJournalHost = Pick<Host, 'env' | 'files' | 'home' | 'pid' | 'clock' | 'isRunning'>

/** The journal of this run. Nothing is written before `begin`. */
export function openCallJournal(host: CallJournalHost, target: RecordedTarget): CallJournal {
  const folder = stateDirectory(host, 'calls')
  const path = `${folder}/${host.pid}-${host.clock.now()}.json`
  let begun = false
  const write = (about: object) => folder !== undefined && appendRecord(path, about, host.files)
  return {
    begin({ UserName }) {
      begun = true
      write({ began: new Date(host.clock.now()).toISOString(), ...target, UserName })
    },
    created: AccessKeyId => begun && write({ AccessKeyId }),
    end: () => begun && attempt(() => host.files.remove(path)),
  }
}

/** Records of runs that no longer exist. Read before this run writes its own: in a container each run may have the same process id. */
export function unfinishedCalls(host: CallJournalHost): readonly UnfinishedCall[] {
  const folder = stateDirectory(host, 'calls')
  if (folder === undefined) return []
  return (attempt(() => host.files.list(folder)) ?? [])
    .filter(name => /^\d+-\d+\.json$/.test(name) && !isRunByOther(Number.parseInt(name, 10), host))
    .flatMap(name => attempt(() => read(host, `${folder}/${name}`)) ?? [])
}

const isRunByOther = (pid: number, host: CallJournalHost): boolean => pid !== host.pid && host.isRunning(pid)

function read(host: CallJournalHost, path: string): UnfinishedCall {
  const about = readRecord(path, host.files)
  if (about.began === undefined) throw new Error('no note')
  const text = (name: string) => (typeof about[name] === 'string' ? about[name] : undefined)
  return {
    began: `${about.began}`,
    UserName: text('UserName'),
    AccessKeyId: text('AccessKeyId'),
    accountOptions: text('accountOptions'),
    forget: () => attempt(() => host.files.remove(path)),
  }
}
