/** Programs as users name them: the words of a command line, and whether what they name can be started. Starts nothing. */

import { splitCommand } from '../python/shlex.ts'
import { Failure, messageOf } from './errors.ts'
import type { Host } from './host.ts'

/** At least one word. Throws a Failure, in Python's words, for a quotation that is left open, and where there is none. */
export function commandWords(line: string, platform: NodeJS.Platform): readonly string[] {
  let words: readonly string[]
  try {
    words = splitCommand(line, platform)
  } catch (cause) {
    throw new Failure(messageOf(cause), { cause })
  }
  if (words.length === 0) throw new Failure('list index out of range')
  return words
}

/** As POSIX looks for it, along PATH or where a path leads: the first that may be run, wherever it is. */
export function findExecutable(
  program: string,
  { env, files }: Pick<Host, 'env'> & { readonly files: Pick<Host['files'], 'stat'> },
): 'there' | 'not to be run' | 'missing' {
  const folders = program.includes('/') ? [''] : (env.PATH ?? '/bin:/usr/bin').split(':').map(folder => folder && `${folder}/`)
  const found = folders.flatMap(folder => files.stat(folder + program) ?? [])
  if (found.some(file => !file.isDirectory && (file.mode & 0o111) !== 0)) return 'there'
  return found.length > 0 ? 'not to be run' : 'missing'
}
