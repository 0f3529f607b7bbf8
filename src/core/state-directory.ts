/**
 * What is remembered from one run to the next: files under XDG's place for state, each of lines of JSON that add up to one object. Whoever
 * keeps something there goes on without where it cannot be kept.
 */

import type { Files, Host } from './host.ts'
import { PROGRAM } from './program.ts'

/**
 * A folder of ours; none without a home, nor where somebody else could have put something there for us to believe. Nor is anything left in
 * a home that is somebody else's, who could not even remove it: with sudo HOME may stay.
 */
export function stateDirectory({ env, home, files }: Pick<Host, 'env' | 'home' | 'files'>, name: string): string | undefined {
  const base = [env.XDG_STATE_HOME, home && `${home}/.local/state`].find(base => base && isAbsolute(base))
  const folder = base && `${base}/${PROGRAM}/${name}`
  return folder && attempt(() => files.isForeign(folder)) ? undefined : folder
}

/** Of XDG's paths the others count for nothing. */
const isAbsolute = (path: string): boolean => path.startsWith('/') || /^([A-Z]:|\\\\)/i.test(path)

/** All lines as one object, the later ones on top; a line that was cut off, by a kill or a full disk, says nothing. Throws a SystemError. */
export function readRecord(path: string, files: Pick<Files, 'read'>): Readonly<Record<string, unknown>> {
  const lines = new TextDecoder().decode(files.read(path)).split('\n')
  return Object.assign({}, ...lines.map(line => attempt(() => JSON.parse(line))))
}

/** Adds a line, if that can be done. */
export const appendRecord = (path: string, line: object, files: Pick<Files, 'append'>): void =>
  attempt(() => files.append(path, `${JSON.stringify(line)}\n`))

/** Undefined where it fails, for whatever reason. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
