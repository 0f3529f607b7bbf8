/** A command line that is not understood: the commands there are, the option that was meant, what an option takes. */

import type { Command } from '../core/command.ts'
import { UnknownOptions, UsageError } from '../core/errors.ts'
import type { Option } from '../core/options.ts'
import { PROGRAM } from '../core/program.ts'
import { shellQuote } from '../core/shell-quote.ts'
import { closeMatches } from '../python/difflib.ts'
import type { Hint } from './index.ts'

/** Below this there is no room for a meaning beside its command. */
const SIDE_BY_SIDE = 80
const WIDEST = 100

/** Where no command was typed, all of them. */
export const commandList: Hint = (failure, { commands }, { host: { stderr } }) => {
  if (!(failure instanceof UsageError) || !/are required: (command|operation)$/.test(failure.complaint)) return undefined
  const width = Math.min(stderr.columns ?? SIDE_BY_SIDE, WIDEST)
  const column = Math.max(...commands.map(({ name }) => name.length))
  const row = ({ name, summary }: Command): string => {
    if (width < SIDE_BY_SIDE) return `  ${name}\n      ${wrapped(summary, width - 6, ' '.repeat(6))}`
    return `  ${name.padEnd(column)}  ${wrapped(summary, width - column - 4, ' '.repeat(column + 4))}`
  }
  return ['Commands:', ...commands.map(row), '', `One command: ${PROGRAM} <command> help`].join('\n')
}

/** Words in lines of at most so many columns, of which all but the first are indented. */
function wrapped(text: string, columns: number, indent: string): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && line.length <= columns) lines.splice(-1, 1, line)
    else lines.push(word)
  }
  return lines.join(`\n${indent}`)
}

/** As alike as aws-cli wants a word to be before it suggests it, and less: an option is read before it is used. */
const ALIKE = 0.6

export const misspeltOption: Hint = failure => {
  if (!(failure instanceof UnknownOptions)) return undefined
  const { words, known } = failure
  const lines = words.flatMap((word, index) => {
    const [, name = '', attached] = /^--?([^=]*)(=[\s\S]*)?$/.exec(word) ?? []
    if (name === '') return []
    if (name === 'dry-run') return dryRun(known)
    const [meant] = closeMatches(
      name,
      known.map(row => row.name),
      ALIKE,
    )
    if (meant === undefined) return []
    const next = words[index + 1]
    const takesNext = known.some(row => row.name === meant && row.value !== undefined) && next !== undefined && !next.startsWith('-')
    return [`Did you mean --${meant}${attached ?? (takesNext ? ` ${shellQuote(next)}` : '')}?`]
  })
  return lines.length > 0 ? lines.join('\n') : misplacedValue(failure)
}

/** What comes nearest to it, for a command that has no plan calls the service or does not. */
const dryRun = (known: readonly Option[]): string =>
  known.some(({ name }) => name === 'plan')
    ? '--plan changes nothing, and shows what would be done.'
    : 'There is no dry run; --generate-cli-skeleton shows the input, and calls nothing.'

/** `create-access-key Bob`: one word where an option with a value is due. */
function misplacedValue({ words: [word = '', ...others], known: [first] }: UnknownOptions): string | undefined {
  if (others.length > 0 || word.startsWith('-') || first?.value === undefined || !first.name.endsWith('-name')) return undefined
  return `Did you mean --${first.name} ${shellQuote(word)}?`
}

/** What an option takes that has no value, or a wrong one. */
export const optionValue: Hint = failure => {
  if (!(failure instanceof UsageError) || failure.option === undefined) return undefined
  const { name, value, choices, help } = failure.option
  return `--${name} <${value}>: ${choices ? `one of ${choices.join(', ')}` : help}`
}
