/** Whether a program can be started, as the system looks for it: along PATH, or where a path leads. Starts nothing. */

import type { Host } from './host.ts'

/** As POSIX has it: the first that may be run, wherever it is on the PATH. */
export function lookFor(
  program: string,
  { env, files }: Pick<Host, 'env'> & { readonly files: Pick<Host['files'], 'stat'> },
): 'there' | 'not to be run' | 'missing' {
  const folders = program.includes('/') ? [''] : (env.PATH ?? '/bin:/usr/bin').split(':').map(folder => folder && `${folder}/`)
  const found = folders.flatMap(folder => files.stat(folder + program) ?? [])
  if (found.some(file => !file.isDirectory && (file.mode & 0o111) !== 0)) return 'there'
  return found.length > 0 ? 'not to be run' : 'missing'
}
