/**
 * What is remembered from one run to the next: files under XDG's place for state, each of lines of JSON that add up to one object. Whoever
 * keeps something there goes on without where it cannot be kept.
 */

import * as path from 'node:path'
import type { Files, Host, Stat } from './host.ts'
import { PROGRAM } from './name.ts'

/**
 * A folder of ours; none without a home, nor where somebody else could have put something there for us to believe. Nor is anything left in
 * a home that is somebody else's, who could not even remove it: with sudo HOME may stay.
 */
export function stateFolder({ env, home, files }: Pick<Host, 'env' | 'home' | 'files'>, name: string): string | undefined {
  // Of XDG's paths those that are not absolute count for nothing.
  const base = [env.XDG_STATE_HOME, home && path.join(home, '.local/state')].find(base => base && path.isAbsolute(base))
  const folder = base && path.join(base, PROGRAM, name)
  return folder && attempt(() => nearest(folder, files)?.isForeign) ? undefined : folder
}

/** What the path leads to; where there is nothing yet, the folder that it would be made in. */
const nearest = (folder: string, files: Pick<Files, 'stat'>): Stat | undefined =>
  files.stat(folder) ?? (folder === path.dirname(folder) ? undefined : nearest(path.dirname(folder), files))

/** All lines as one object, the later ones on top; a line that was cut off, by a kill or a full disk, says nothing. Throws a SystemError. */
export function readState(path: string, files: Pick<Files, 'read'>): Readonly<Record<string, unknown>> {
  const lines = new TextDecoder().decode(files.read(path)).split('\n')
  return Object.assign({}, ...lines.map(line => attempt(() => JSON.parse(line))))
}

/** Adds a line, if that can be done. */
export const addState = (path: string, line: object, files: Pick<Files, 'append'>): void =>
  attempt(() => files.append(path, `${JSON.stringify(line)}\n`))

/** Undefined where it fails, for whatever reason. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
