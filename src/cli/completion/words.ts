/** What there is to complete, as every shell's script needs it: read from the option tables. */

import type { Command } from '../../core/command.ts'
import { GLOBAL_OPTIONS, type Option } from '../../core/options.ts'
import { membersOf, optionsOf } from '../members.ts'

interface Word {
  readonly name: string
  readonly help: string
}

/** Shells there is a script for. */
export const SHELL_NAMES = ['bash', 'zsh', 'fish', 'powershell'] as const

/** What can stand in a command's place. */
export const HELP: Word = { name: 'help', help: 'Shows what can be done' }
export const COMPLETION: Word = { name: 'completion', help: 'Prints the completions for a shell' }

export interface Flag extends Word {
  /** With its dash. */
  readonly short: string | undefined
  /** It may be given several times. */
  readonly repeat: boolean
  /** What stands for the value; undefined where there is none. */
  readonly value: string | undefined
  /** What to offer for the value: these words, or a kind of thing that is looked up; undefined where anything can be meant. */
  readonly offers: readonly string[] | Option['complete']
}

export interface Words {
  readonly commands: readonly (Word & { readonly flags: readonly Flag[] })[]
  readonly globals: readonly Flag[]
}

export const wordsOf = (commands: readonly Command[]): Words => ({
  commands: commands.map(command => {
    const enumerations = new Map(membersOf(command).map(({ option, values }) => [option, values]))
    const flags = optionsOf(command).map(row => flagOf(row, enumerations.get(row.name)))
    return { name: command.name, help: sentence(command.summary), flags }
  }),
  globals: GLOBAL_OPTIONS.map(row => flagOf(row)),
})

const flagOf = ({ name, help, short, repeat = false, value, choices, complete }: Option, values?: readonly string[]): Flag => ({
  name: `--${name}`,
  help: sentence(help),
  short: short && `-${short}`,
  repeat,
  value,
  offers: choices ?? values ?? complete,
})

/** Shells show it beside a word, where a full stop looks out of place. */
const sentence = (text: string): string => text.replace(/\.$/, '')

/** What a place begins with (`places/`). A name or a path follows a colon. */
export const STORE_PREFIXES: readonly string[] = ['profile:', 'env-file:', 'csv:', 'command:', 'github-env']

export const allFlags = ({ commands, globals }: Words): readonly Flag[] => [...commands.flatMap(({ flags }) => flags), ...globals]
