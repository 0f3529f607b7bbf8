/**
 * The line under the state directory that survives SIGKILL: user, time, endpoint, later the key's id; never a secret. Written before
 * the call, removed at its end; a later run reads what was left behind. Nothing here ever fails a run.
 */

import type { Note } from '../command.ts'
import type { Host } from '../host.ts'

/** What a run that was killed left behind. */
export interface Leftover {
  readonly path: string
  /** When its call began, as ISO 8601 text. */
  readonly began: string
  readonly UserName: string | undefined
  readonly AccessKeyId: string | undefined
  readonly endpoint: string | undefined
}

type World = Pick<Host, 'env' | 'files' | 'home' | 'pid' | 'clock' | 'isRunning'>

export function openNote(world: World, endpoint: string | undefined): Note {
  const folder = stateFolder(world)
  const path = `${folder}/${world.pid}-${world.clock.now()}.json`
  let begun = false
  const write = (about: object) => {
    begun = folder !== undefined && attempt(() => world.files.append(path, `${JSON.stringify(about)}\n`) ?? true) === true
  }
  return {
    begin: ({ UserName }) => write({ began: new Date(world.clock.now()).toISOString(), endpoint, UserName }),
    created: AccessKeyId => begun && write({ AccessKeyId }),
    end: () => begun && attempt(() => world.files.remove(path)),
  }
}

/** Notes of runs that are no longer running. Unreadable ones are passed over. */
export function leftovers(world: World): readonly Leftover[] {
  const folder = stateFolder(world)
  if (folder === undefined) return []
  return (attempt(() => world.files.list(folder)) ?? [])
    .filter(name => /^\d+-\d+\.json$/.test(name) && !world.isRunning(Number.parseInt(name, 10)))
    .flatMap(name => attempt(() => read(world, `${folder}/${name}`)) ?? [])
}

function read(world: World, path: string): Leftover {
  const lines = new TextDecoder().decode(world.files.read(path)).trim().split('\n')
  const about: Record<string, unknown> = Object.assign({}, ...lines.map(line => JSON.parse(line)))
  const text = (name: string) => (typeof about[name] === 'string' ? about[name] : undefined)
  return {
    path,
    began: text('began') ?? 'some time ago',
    UserName: text('UserName'),
    AccessKeyId: text('AccessKeyId'),
    endpoint: text('endpoint'),
  }
}

/** XDG's place for state; none without a home. */
function stateFolder({ env, home }: World): string | undefined {
  const base = env.XDG_STATE_HOME || (home === undefined ? undefined : `${home}/.local/state`)
  return base === undefined ? undefined : `${base}/iamkey/calls`
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
