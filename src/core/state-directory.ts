/**
 * State kept between runs: files in the XDG state directory. Each is a sequence of JSON lines that add up to one object. Everything kept
 * there is optional; callers must work without it.
 */

import type { Files, Host } from './host.ts'
import { PROGRAM } from './program.ts'

/**
 * A subdirectory of iamkey's state directory. Undefined without a home, and if another user owns the place: files planted there must not
 * be trusted, and with sudo, where HOME may be kept, the files of root could not be removed by their owner.
 */
export function stateDirectory({ env, home, files }: Pick<Host, 'env' | 'home' | 'files'>, name: string): string | undefined {
  const base = [env.XDG_STATE_HOME, home && `${home}/.local/state`].find(base => base && isAbsolute(base))
  const folder = base && `${base}/${PROGRAM}/${name}`
  return folder && attempt(() => files.isForeign(folder)) ? undefined : folder
}

/** The XDG specification says that relative paths are ignored. */
const isAbsolute = (path: string): boolean => path.startsWith('/') || /^([A-Z]:|\\\\)/i.test(path)

/** The lines merged into one object; later ones override. A line cut off by a kill or a full disk is ignored. Throws a SystemError. */
export function readRecord(path: string, files: Pick<Files, 'read'>): Readonly<Record<string, unknown>> {
  const lines = new TextDecoder().decode(files.read(path)).split('\n')
  return Object.assign({}, ...lines.map(line => attempt(() => JSON.parse(line))))
}

/** Appends a line; a failure is ignored. */
export const appendRecord = (path: string, line: object, files: Pick<Files, 'append'>): void =>
  attempt(() => files.append(path, `${JSON.stringify(line)}\n`))

/** The result, or undefined if it throws. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
