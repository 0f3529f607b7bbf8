/** Hints for an invalid command line: the commands, the intended option, the values of an option. */

import type { Command } from '../core/command.ts'
import { ParameterError, UnknownOptions, UsageError } from '../core/errors.ts'
import type { Option } from '../core/options.ts'
import { PROGRAM } from '../core/program.ts'
import { shellQuote } from '../core/shell-quote.ts'
import { closeMatches } from '../python/difflib.ts'
import type { Hint, HintContext } from './index.ts'

/** On narrower terminals the description goes below its command. */
const SIDE_BY_SIDE = 80
const WIDEST = 100

const widthOf = ({ host: { stderr } }: HintContext): number => Math.min(stderr.columns ?? SIDE_BY_SIDE, WIDEST)

/** No command, or a word that resembles none: aws-cli suggests the similar ones. */
const NO_COMMAND = /are required: (command|operation)$|^argument (command|operation): Found invalid choice(?![\s\S]*Maybe you meant)/

export const commandList: Hint = (failure, { commands }, context) => {
  if (!(failure instanceof UsageError) || !NO_COMMAND.test(failure.complaint)) return undefined
  const width = widthOf(context)
  const column = Math.max(...commands.map(({ name }) => name.length))
  const row = ({ name, summary }: Command): string => {
    if (width < SIDE_BY_SIDE) return `  ${name}\n      ${wrapped(summary, width - 6, ' '.repeat(6))}`
    return `  ${name.padEnd(column)}  ${wrapped(summary, width - column - 4, ' '.repeat(column + 4))}`
  }
  return ['Commands:', ...commands.map(row), '', `Command help: ${PROGRAM} <command> help`].join('\n')
}

/** Wraps a text at `columns`, indenting all lines but the first. */
function wrapped(text: string, columns: number, indent: string): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && line.length <= columns) lines.splice(-1, 1, line)
    else lines.push(word)
  }
  return lines.join(`\n${indent}`)
}

/** Less than aws-cli requires for a suggestion: the user reads an option before using it. */
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

/** The closest alternative: a command without a plan has no dry run. */
const dryRun = (known: readonly Option[]): string =>
  known.some(({ name }) => name === 'plan')
    ? '--plan changes nothing, and shows what would be done.'
    : 'There is no dry run; --generate-cli-skeleton prints an input template without calling AWS.'

/** `create-access-key Bob`: a word in place of an option with a value. */
function misplacedValue({ words: [word = '', ...others], known: [first] }: UnknownOptions): string | undefined {
  if (others.length > 0 || word.startsWith('-') || first?.value === undefined || !first.name.endsWith('-name')) return undefined
  return `Did you mean --${first.name} ${shellQuote(word)}?`
}

/** The values of an option that is missing, or has none or a wrong one. */
export const optionValue: Hint = (failure, { invocation }, context) => {
  if (!(failure instanceof ParameterError)) return undefined
  const [, missing] = /^the following arguments are required: --([\w-]+)/.exec(failure.message) ?? []
  const row = failure instanceof UsageError ? failure.option : invocation?.command.options?.find(({ name }) => name === missing)
  if (row?.value === undefined) return undefined
  const text = `--${row.name} <${row.value}>: ${row.choices ? `one of ${row.choices.join(', ')}` : row.help}`
  return wrapped(text, widthOf(context) - 2, '  ')
}
