/** The words that the scripts of all shells complete, from the option tables. */

import type { Command } from '../../core/command.ts'
import { GLOBAL_OPTIONS, type Option, type ValuePrefix } from '../../core/options.ts'
import { membersOf, optionsOf } from '../members.ts'

/** Fixed words, names that are looked up, or prefixes with names behind them. */
type Offers = { readonly words: readonly string[] } | { readonly kind: CompletionKind } | { readonly prefixes: readonly ValuePrefix[] }

/** A kind of name that a script looks up. */
export type CompletionKind = Extract<Option['complete'], string>

interface Word {
  readonly name: string
  readonly help: string
}

/** The shells with a script. */
export const SHELL_NAMES = ['bash', 'zsh', 'fish', 'powershell'] as const

/** Words besides the commands. */
export const HELP: Word = { name: 'help', help: 'Shows help' }
export const COMPLETION: Word = { name: 'completion', help: 'Prints the completion script for a shell' }

export interface Flag extends Word {
  /** With its dash. */
  readonly short: string | undefined
  /** It may be given several times. */
  readonly repeat: boolean
  /** The placeholder of the value; undefined for a flag. */
  readonly value: string | undefined
  /** What to offer for the value; undefined for free text. */
  readonly offers: Offers | undefined
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
  offers: offersOf(choices ?? values, complete),
})

function offersOf(words: readonly string[] | undefined, complete: Option['complete']): Offers | undefined {
  if (words !== undefined) return { words }
  if (complete === undefined) return undefined
  return typeof complete === 'string' ? { kind: complete } : { prefixes: complete }
}

/** The prefixes of all options, each once. */
export const prefixesIn = (words: Words): readonly ValuePrefix[] => [
  ...new Map(
    allFlags(words)
      .flatMap(prefixesOf)
      .map(each => [each.prefix, each]),
  ).values(),
]

const prefixesOf = ({ offers }: Flag) => (offers && 'prefixes' in offers ? offers.prefixes : [])

/** Shells show it beside a word, without a full stop. */
const sentence = (text: string): string => text.replace(/\.$/, '')

export const allFlags = ({ commands, globals }: Words): readonly Flag[] => [...commands.flatMap(({ flags }) => flags), ...globals]
