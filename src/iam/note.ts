/**
 * The line under the state directory that survives SIGKILL: user, time, endpoint, later the key's id; never a secret. Written before
 * the call, removed at its end; a later run reads what was left behind. Nothing here ever fails a run.
 */

import type { Note } from '../command.ts'
import type { Host } from '../host.ts'

/** What a run that was killed left behind. */
interface Leftover {
  /** When its call began, as ISO 8601 text. */
  readonly began: string
  readonly UserName: string | undefined
  readonly AccessKeyId: string | undefined
  /** Typed options for the commands to paste. */
  readonly sameAccount: string | undefined
  /** Removes the note: its user has been told. */
  readonly forget: () => void
}

interface Target {
  readonly endpoint: string | undefined
  readonly sameAccount: string
}

type World = Pick<Host, 'env' | 'files' | 'home' | 'pid' | 'clock' | 'isRunning'>

/** The note of this run, which is not written before it begins. */
export function openNote(world: World, target: Target): Note {
  const folder = stateFolder(world, 'calls')
  const path = `${folder}/${world.pid}-${world.clock.now()}.json`
  let begun = false
  const write = (about: object) => folder !== undefined && attempt(() => world.files.append(path, `${JSON.stringify(about)}\n`))
  return {
    begin({ UserName }) {
      begun = true
      write({ began: new Date(world.clock.now()).toISOString(), ...target, UserName })
    },
    created: AccessKeyId => begun && write({ AccessKeyId }),
    end: () => begun && attempt(() => world.files.remove(path)),
  }
}

/** Notes of runs that are no longer running. Unreadable ones are passed over. */
export function leftovers(world: World): readonly Leftover[] {
  const folder = stateFolder(world, 'calls')
  if (folder === undefined) return []
  return (attempt(() => world.files.list(folder)) ?? [])
    .filter(name => /^\d+-\d+\.json$/.test(name) && !world.isRunning(Number.parseInt(name, 10)))
    .flatMap(name => attempt(() => read(world, `${folder}/${name}`)) ?? [])
}

function read(world: World, path: string): Leftover {
  const lines = new TextDecoder().decode(world.files.read(path)).trim().split('\n')
  // The last line may have been cut off by a full disk.
  const about: Record<string, unknown> = Object.assign({}, ...lines.map(line => attempt(() => JSON.parse(line))))
  if (about.began === undefined) throw new Error('no note')
  const text = (name: string) => (typeof about[name] === 'string' ? about[name] : undefined)
  return {
    began: `${about.began}`,
    UserName: text('UserName'),
    AccessKeyId: text('AccessKeyId'),
    sameAccount: text('sameAccount'),
    forget: () => attempt(() => world.files.remove(path)),
  }
}

/** A folder of ours in XDG's place for state; none without a home. */
export function stateFolder({ env, home }: Pick<Host, 'env' | 'home'>, name: string): string | undefined {
  const base = env.XDG_STATE_HOME || (home === undefined ? undefined : `${home}/.local/state`)
  return base === undefined ? undefined : `${base}/iamkey/${name}`
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
