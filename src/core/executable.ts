/** Splits command lines into words, and checks that a program can be started. Starts nothing. */

import { splitCommand } from '../python/shlex.ts'
import { Failure, messageOf } from './errors.ts'
import type { Host } from './host.ts'

/** The words of a command line, at least one. Throws a Failure with Python's message for an unclosed quotation and for an empty line. */
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

/** Searches PATH as POSIX does, or follows a path: the first executable file counts. */
export function findExecutable(
  program: string,
  { env, files }: Pick<Host, 'env'> & { readonly files: Pick<Host['files'], 'stat'> },
): 'there' | 'not to be run' | 'missing' {
  const folders = program.includes('/') ? [''] : (env.PATH ?? '/bin:/usr/bin').split(':').map(folder => folder && `${folder}/`)
  const found = folders.flatMap(folder => files.stat(folder + program) ?? [])
  if (found.some(file => !file.isDirectory && (file.mode & 0o111) !== 0)) return 'there'
  return found.length > 0 ? 'not to be run' : 'missing'
}
