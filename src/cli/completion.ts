/**
 * `iamkey completion …`: prints a shell's script, or the names that a script asks for. A script contains the words of the option tables; it
 * asks for profiles and regions each time, because they come from the AWS files.
 */

import type { Command } from '../core/command.ts'
import { ParameterError } from '../core/errors.ts'
import { PROGRAM } from '../core/program.ts'
import { SHELL_NAMES, type Words, wordsOf } from './completion/words.ts'

/** The profiles by name, with their keys. */
type ProfilesRead = ReadonlyMap<string, ReadonlyMap<string, unknown>>

/** The shells, and the file name under which each looks for a script. */
export const SHELLS: Readonly<
  Record<(typeof SHELL_NAMES)[number], { readonly file: string; readonly script: () => Promise<(words: Words) => string> }>
> = {
  bash: { file: 'iamkey.bash', script: async () => (await import('./completion/bash.ts')).bash },
  zsh: { file: '_iamkey', script: async () => (await import('./completion/zsh.ts')).zsh },
  fish: { file: 'iamkey.fish', script: async () => (await import('./completion/fish.ts')).fish },
  powershell: { file: 'iamkey.ps1', script: async () => (await import('./completion/powershell.ts')).powershell },
}

/**
 * @param words the words after `completion`
 * @throws ParameterError for anything but a shell, `profiles` or `regions`
 */
export async function completion(
  words: readonly string[],
  commands: readonly Command[],
  readProfiles: () => ProfilesRead,
): Promise<string> {
  const [what = '', ...rest] = words
  const shell = SHELL_NAMES.find(name => name === what)
  if (shell && rest.length === 0) return (await SHELLS[shell].script())(wordsOf(commands))
  if (what === 'profiles' && rest.length === 0) return lines(readProfiles().keys())
  if (what === 'regions' && rest.length === 0) return lines(regionsOf(readProfiles()))
  throw new ParameterError(`usage: ${PROGRAM} completion ${SHELL_NAMES.join('|')}`)
}

const lines = (names: Iterable<string>): string => Array.from(new Set(names), name => `${name}\n`).join('')

const regionsOf = (profiles: ProfilesRead): readonly string[] =>
  [...profiles.values()].flatMap(profile => {
    const region = profile.get('region')
    return typeof region === 'string' && region !== '' ? [region] : []
  })
