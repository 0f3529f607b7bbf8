/**
 * Renders the option tables as help, arranged by commander, but not yet wrapped: help.ts does that for the width of the terminal. build.ts
 * replaces this file by its result, so that a run does not have to compute it.
 */

import { Command as Binder, Help } from 'commander'
import type { Command, Example } from '../core/command.ts'
import { GLOBAL_OPTIONS, INPUT_OPTIONS, type Option, variablesOf } from '../core/options.ts'
import { PROGRAM } from '../core/program.ts'
import { MARK } from './help.ts'
import { optionsOf } from './members.ts'
import { binderOption } from './parse.ts'

const bold = (text: string) => `\x1b[1m${text}\x1b[22m`
const dim = (text: string) => `\x1b[2m${text}\x1b[22m`

export const SUMMARY = 'Creates and manages IAM access keys as `aws iam` does, and never loses one.'
const FOOTER = `Command help: ${PROGRAM} <command> help\nManual: man ${PROGRAM}`

/** @param command undefined for the help of the program. The template contains bold and dim marks for terminals. */
export function helpTemplate(commands: readonly Command[], command: Command | undefined): string {
  let text = ''
  const program = new Binder(PROGRAM)
    .configureHelp(ARRANGEMENT)
    .configureOutput({
      writeOut: more => {
        text += more
      },
      getOutHasColors: () => true,
    })
    .helpOption(false)
    .helpCommand('help [command]', 'Shows this help, or the help of a command.')
    .optionsGroup('Global Options:')
  for (const row of GLOBAL_OPTIONS) program.addOption(binderOption(row, describe))
  const pages = commands.map(each => program.command(each.name).summary(each.summary).helpOption(false))
  program.command('completion <shell>').summary('Prints the completion script for a shell.')
  const page = pages.find(page => page.name() === command?.name) ?? program
  for (const row of command ? optionsOf(command) : []) page.addOption(binderOption(row, describe).helpGroup(groupOf(row)))
  const examples = command?.examples?.() ?? commands.flatMap(({ examples }) => examples?.().slice(0, 1) ?? [])
  page
    .description(command?.summary ?? SUMMARY)
    .addHelpText('before', examplesText(examples))
    .addHelpText('after', command ? '' : `\n${FOOTER}`)
    .outputHelp()
  return text
}

const examplesText = (examples: readonly Example[]): string =>
  [bold('Examples:'), ...examples.flatMap(({ text, line }) => [dim(`  # ${text}`), `  ${line}`]), ''].join('\n')

function groupOf(row: Option): string {
  if (INPUT_OPTIONS.some(({ name }) => name === row.name)) return 'Input Documents:'
  return row.extension ? 'Options not in aws-cli:' : 'Options:'
}

/** The description, then choices, default and other sources. */
function describe(row: Option): string {
  const notes = notesOf(row).map(([name, value]) => `[${name}: ${value}]`)
  return notes.length === 0 ? row.help : `${row.help} ${dim(notes.join(' '))}`
}

/** What help and manual say about an option besides its description. */
export const notesOf = (row: Option): readonly (readonly [name: string, value: string])[] =>
  [
    ['one of', row.choices?.join(', ')] as const,
    ['default', row.defaultValue] as const,
    ['environment', variablesOf(row).join(', ')] as const,
    ['profile', row.sources?.find(place => !place.startsWith('$'))] as const,
  ].flatMap(([name, value]) => (!value ? [] : [[name, value] as const]))

/** Puts the commands before the options; commander puts them last. */
const commandsFirst = (one: string, other: string): number => rank(one) - rank(other)
const rank = (section: string): number => (section.includes('Global Options:') ? 2 : section.includes('Commands:') ? 1 : 0)

const ARRANGEMENT: Partial<Help> = {
  showGlobalOptions: true,
  optionDescription: option => option.description,
  subcommandTerm: page => page.name(),
  styleTitle: bold,
  formatHelp: (page, helper) => {
    const sections = Help.prototype.formatHelp.call(helper, page, helper).trimEnd().split('\n\n')
    return `${sections.toSorted(commandsFirst).join('\n\n')}\n`
  },
  boxWrap: paragraph => `${MARK}${paragraph}`,
  formatItem: (term, _width, description) => `${MARK}${term}${MARK}${description}`,
}
