/** Renders the option tables as iamkey(1), in the macros of man(7). Pure. */

import { notesOf, SUMMARY } from '../src/cli/help-template.ts'
import { optionsOf } from '../src/cli/members.ts'
import type { Command } from '../src/core/command.ts'
import { ExitCode } from '../src/core/errors.ts'
import { GLOBAL_OPTIONS, INPUT_OPTIONS, type Option, variablesOf } from '../src/core/options.ts'
import { PROGRAM } from '../src/core/program.ts'

const DESCRIPTION = [
  'The command line, the output, the messages and the exit status are those of aws-cli 2.36.7; what differs is listed in docs/aws-differences.md of the package.',
  'Every key that is created is shown whole, or deleted again, or named in an error together with the command that deletes it.',
  `The word iam may stand before a command. ${PROGRAM} completion bash (or zsh, fish, powershell) prints a script for that shell.`,
]

const EXITS: readonly (readonly [string, string])[] = [
  [`${ExitCode.ok}`, 'Done, and the whole output was written.'],
  [`${ExitCode.interrupted}, 129, 131, 143`, 'Ended by a signal; the message says what became of the key.'],
  [`${ExitCode.parameters}`, 'The command line, or a document it names, cannot be used; nothing was sent.'],
  [`${ExitCode.configuration}`, 'The set-up lacks something: credentials, a region, a pager; nothing was sent.'],
  [`${ExitCode.service}`, 'The service said no.'],
  [`${ExitCode.general}`, 'Anything else; the message says what became of the key.'],
  [`${ExitCode.closed}, ${ExitCode.unwritable}`, 'Help, the version or a message could not be written.'],
]

const FILES: readonly (readonly [string, string])[] = [
  ['~/.aws/config, ~/.aws/credentials', 'Profiles; AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name others.'],
  ['~/.aws/cli/cache, ~/.aws/sso/cache', 'Sessions of roles and of SSO, shared with aws.'],
  ['~/.local/state/iamkey', 'A note about a call under way, without any secret; XDG_STATE_HOME moves it.'],
]

export function manual(commands: readonly Command[], version: string): string {
  const variables = [...new Set([...GLOBAL_OPTIONS, ...commands.flatMap(optionsOf)].flatMap(variablesOf))]
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ['NAME', [`${PROGRAM} \\- ${roff(SUMMARY.replace(/`/g, '').replace(/\.$/, ''))}`]],
    ['SYNOPSIS', [`.B ${PROGRAM}`, '.RI [ options ]', '.I command', '.RI [ options ]']],
    ['DESCRIPTION', paragraphs(DESCRIPTION)],
    ['COMMANDS', commands.flatMap(command => [`.SS ${roff(command.name)}`, roff(command.summary), ...ownRows(command).flatMap(entry)])],
    ['INPUT OPTIONS', ['Every command has these.', ...INPUT_OPTIONS.flatMap(entry)]],
    ['GLOBAL OPTIONS', GLOBAL_OPTIONS.flatMap(entry)],
    [
      'EXAMPLES',
      commands
        .flatMap(({ examples }) => examples?.() ?? [])
        .flatMap(({ text, line }) => ['.TP', roff(`${text}:`), '.EX', roff(line), '.EE']),
    ],
    ['EXIT STATUS', EXITS.flatMap(tagged)],
    ['ENVIRONMENT', ['These stand for options, which say more:', roff(`${variables.join(', ')}.`)]],
    ['FILES', FILES.flatMap(tagged)],
    ['SEE ALSO', ['.BR aws (1)']],
  ]
  const title = `.TH ${PROGRAM.toUpperCase()} 1 "" "${PROGRAM} ${version}" "User Commands"`
  return `${[title, ...sections.flatMap(([name, lines]) => [`.SH ${name}`, ...lines])].join('\n')}\n`
}

const ownRows = (command: Command): readonly Option[] =>
  optionsOf(command).filter(({ name }) => !INPUT_OPTIONS.some(row => row.name === name))

function entry(row: Option): readonly string[] {
  const { name, short, value, defaultWhenBare, help, extension } = row
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].map(each => `\\fB${roff(each)}\\fR`).join(', ')
  const placeholder = value === undefined ? '' : defaultWhenBare === undefined ? ` \\fI${roff(value)}\\fR` : ` [\\fI${roff(value)}\\fR]`
  const notes = notesOf(row).map(([what, said]) => `${what}: ${said}`)
  const more = [...(extension ? ['not in aws-cli'] : []), ...notes]
  return ['.TP', `${names}${placeholder}`, roff(more.length === 0 ? help : `${help} (${more.join('; ')})`)]
}

const tagged = ([tag, text]: readonly [string, string]): readonly string[] => ['.TP', roff(tag), roff(text)]
const paragraphs = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text, index) => (index === 0 ? [roff(text)] : ['.PP', roff(text)]))

/** Escapes a line of text for troff. */
const roff = (text: string): string => text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&')
