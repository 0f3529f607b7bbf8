/**
 * Parses the command line in the stages of aws-cli 2.36.7. Reads no files and no environment.
 *
 * `argparse.ts` classifies the words, with aws-cli's errors: commander knows neither abbreviations nor Python's order of errors. The result
 * is written out with whole names and `=`, and commander, built from the same rows, assigns the words to keys.
 *
 * `run/invocation.ts` and `run/prepare.ts` call the stages in aws-cli's order (clidriver.py), because other checks come in between:
 *
 *  1. `firstPass`        --profile and --debug, before any file is read
 *  2.                    the configuration files
 *  3. `refuseAutoPrompt`
 *  4. `parseGlobals`     the options that are not a command's own, and the first word
 *  5.                    --query, then `checkEndpointUrl` (globals.ts), then the time-outs and how output is shown
 *  6. `parseCommand`     the command and its options
 *  7. `gather`           values from files and documents, or a skeleton (input.ts)
 *  8.                    region, profile, credential provider, client settings
 *  9. `checkInput`       (validate.ts)
 * 10.                    the credentials themselves
 *
 * Errors in stage 4 are printed without --cli-error-format, errors before it also without the configured format.
 */

import { Command as Binder, Option as BinderOption } from 'commander'
import type { Command } from '../core/command.ts'
import { Failure, ParameterError, UnknownOptions, UsageError } from '../core/errors.ts'
import { type Flags, GLOBAL_OPTIONS, type Globals, keyOf, type Option } from '../core/options.ts'
import { PROGRAM } from '../core/program.ts'
import { ArgumentError, type Grammar, InvalidChoice, type OptionRule, type Parsed, parseKnown } from './argparse.ts'
import { optionsOf } from './members.ts'
import { firstPassUsage, usage } from './usage.ts'

/** Output that replaces the call. */
export type InfoPage = { readonly kind: 'version' } | { readonly kind: 'help'; readonly command: Command | undefined }

interface Opening {
  readonly kind: 'words'
  readonly globals: Globals
  /** For `parseCommand`. */
  readonly words: readonly string[]
}

interface ParsedCall {
  readonly kind: 'call'
  readonly command: Command
  readonly flags: Flags
}

/** In the order of aws-cli's first parser. */
const FIRST_PASS = ['profile', 'debug']
/** The beginnings of these options and their abbreviations. Most command lines have none of them and need no parsing here. */
const FIRST_PASS_STARTS = ['--p', '--d', '--=']

const IAM = 'iam'
const HELP = 'help'
/** aws-cli has neither. Here they show help wherever they are, even in place of a value. */
const HELP_OPTIONS: ReadonlySet<string> = new Set(['--help', '-h'])

/**
 * Finds --profile and --debug.
 *
 * @throws ParameterError if one of them is misused, with its own usage text
 */
export function firstPass(argv: readonly string[]): { readonly profile: string | undefined; readonly debug: boolean } {
  if (!argv.some(word => FIRST_PASS_STARTS.some(start => word.startsWith(start)))) return { profile: undefined, debug: false }
  const known = FIRST_PASS.flatMap(name => GLOBAL_OPTIONS.filter(row => row.name === name))
  try {
    const { profile, debug = false } = bind<{ profile?: string; debug?: boolean }>(known, parseKnown({ options: known.map(ruleOf) }, argv))
    return { profile, debug }
  } catch (error) {
    throw error instanceof ArgumentError ? withUsage(error.message, firstPassUsage) : error
  }
}

/**
 * Refuses prompting for parameters, which iamkey does not offer.
 *
 * @param configured AWS_CLI_AUTO_PROMPT or the profile's cli_auto_prompt. `on-partial` prompts only after an error, which is printed here.
 * @throws ParameterError for contradicting options
 * @throws Failure if aws-cli would prompt
 */
export function refuseAutoPrompt(argv: readonly string[], configured: string | undefined): void {
  const on = argv.includes('--cli-auto-prompt')
  const off = argv.includes('--no-cli-auto-prompt')
  if (on && off) throw new ParameterError('Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time.')
  if (off || argv.includes(HELP) || argv.includes('--version')) return
  if (on || configured?.toLowerCase() === 'on') {
    throw new Failure(
      `${PROGRAM} does not prompt for parameters: omit --cli-auto-prompt, or add --no-cli-auto-prompt if prompting is configured.`,
    )
  }
}

/**
 * Separates the global options, wherever they are, from the words of the command.
 *
 * @throws ParameterError
 */
export async function parseGlobals(argv: readonly string[], commands: readonly Command[]): Promise<Opening | InfoPage> {
  const words = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length)
  if (words.some(word => HELP_OPTIONS.has(word))) return helpPage(commands, words)
  const names = commands.map(({ name }) => name)
  const parsed = await parse(GLOBAL_OPTIONS, { name: 'command', required: true, choices: [IAM, ...names, HELP] }, argv)
  if (parsed.ended !== undefined) return { kind: 'version' }
  const { positional: first = HELP, extras } = parsed
  if (first === HELP) return helpPage(commands, extras)
  return { kind: 'words', globals: bind<Globals>(GLOBAL_OPTIONS, parsed), words: first === IAM ? extras : [first, ...extras] }
}

/**
 * Parses the command and its options from the words that `parseGlobals` returned.
 *
 * @throws ParameterError
 * @throws UnknownOptions
 */
export async function parseCommand(words: readonly string[], commands: readonly Command[]): Promise<ParsedCall | InfoPage> {
  const names = commands.map(({ name }) => name)
  const { positional: name, extras } = await parse([], { name: 'operation', required: true, choices: [...names, HELP] }, words)
  const command = commands.find(command => command.name === name)
  if (command === undefined) return helpPage(commands, [])
  // With `help` alone no option is required (ArgTableArgParser).
  if (extras.length === 1 && extras[0] === HELP) return helpPage(commands, [command.name])
  const rows = optionsOf(command)
  const parsed = await parse(relaxed(rows, extras), { name: HELP, required: false }, extras)
  if (parsed.positional === HELP) return helpPage(commands, [command.name])
  // aws-cli ignores an empty word here.
  const unknown = parsed.positional ? [...parsed.extras, parsed.positional] : parsed.extras
  if (unknown.length > 0) throw new UnknownOptions(unknown, [...rows, ...GLOBAL_OPTIONS])
  const flags = bind<Flags>(rows, parsed)
  const followers = rows.filter(({ name, follows }) => follows !== undefined && parsed.options.some(([option]) => option === `--${name}`))
  const following = followers.length > 0 ? (await import('./following.ts')).following(followers, parsed.options) : {}
  return { kind: 'call', command, flags: { ...flags, ...following } }
}

/** Documents and skeletons make required options optional, except for the skeleton that checks them (OverrideRequiredArgsArgument). */
function relaxed(rows: readonly Option[], words: readonly string[]): readonly Option[] {
  const skeleton = words.indexOf('--generate-cli-skeleton')
  const relaxes =
    words.includes('--cli-input-json') || words.includes('--cli-input-yaml') || (skeleton !== -1 && words[skeleton + 1] !== 'output')
  return relaxes ? rows.map(row => ({ ...row, required: false })) : rows
}

async function parse(rows: readonly Option[], positional: Grammar['positional'] & {}, words: readonly string[]): Promise<Parsed> {
  try {
    return parseKnown({ options: rows.map(ruleOf), positional }, words)
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error
    const option = rows.find(({ name }) => error.argument === `--${name}`)
    throw error instanceof InvalidChoice ? await invalidChoice(error, option) : withUsage(error.message, usage, option)
  }
}

const ruleOf = ({ name, value, choices, integer = false, defaultWhenBare, required = false, extension = false }: Option): OptionRule => ({
  name: `--${name}`,
  takes: value === undefined ? 'nothing' : defaultWhenBare === undefined ? 'a value' : 'perhaps a value',
  bare: defaultWhenBare,
  choices,
  integer,
  required,
  exact: extension,
  ends: name === 'version',
})

const withUsage = (complaint: string, text = usage, option?: Option): UsageError => new UsageError(complaint, text, PROGRAM, option)

/** The number of suggestions, as in aws-cli. */
const AT_MOST = 3

/** aws-cli's error with its suggestions; for a command that only aws-cli has, the command to use instead. */
async function invalidChoice({ message, argument, choice, choices }: InvalidChoice, option: Option | undefined): Promise<ParameterError> {
  const { awsCommands, iamOperations } = await import('./aws-names.ts')
  const others = argument === 'command' ? awsCommands() : argument === 'operation' ? iamOperations() : []
  if (others.includes(choice)) {
    const theirs = argument === 'command' ? choice : `${IAM} ${choice}`
    return new ParameterError(
      `${PROGRAM} has no '${theirs}', only '${choices.filter(own => own !== IAM && own !== HELP).join("', '")}'; use: aws ${theirs}`,
    )
  }
  // Commands that aws-cli lacks are suggested only if they are the best match: the other suggestions stay as in aws-cli.
  const isTheirs = (word: string) => others.includes(word) || word === IAM || word === HELP
  const { closeMatches } = await import('../python/difflib.ts')
  const alike = closeMatches(choice, [...new Set([...others, ...choices])])
  const meant = isTheirs(alike[0] ?? '') ? alike.filter(isTheirs) : alike
  const suggestions = meant.length === 0 ? [] : ['Maybe you meant:\n', ...meant.slice(0, AT_MOST).map(word => `  * ${word}`)]
  return withUsage([`${message}\n`, ...suggestions].join('\n'), usage, option)
}

/** Assigns the words to keys, by commander, which is given only the options that occur. */
function bind<Bound extends object>(rows: readonly Option[], { options }: Parsed): Bound {
  const typed = new Set(options.map(([name]) => name))
  const binder = new Binder()
  for (const row of rows) if (typed.has(`--${row.name}`)) binder.addOption(binderOption(row))
  binder.parseOptions(options.map(([name, value]) => (value === undefined ? name : `${name}=${value}`)))
  return { ...untyped(rows), ...binder.opts<Bound>() }
}

/** The values of absent flags: false, and true for `--no-x` unless there is a `--x` too. */
function untyped(rows: readonly Option[]): object {
  const flags = rows.flatMap(({ name, value }) => (value === undefined ? name : []))
  const [negative, positive] = [flags.filter(isNegative), flags.filter(name => !isNegative(name))]
  return Object.fromEntries([...negative.map(name => [keyOf(name), true]), ...positive.map(name => [keyOf(name), false])])
}

const isNegative = (name: string): boolean => name.startsWith('no-')

/** @param describe the help of the row; not needed for parsing */
export function binderOption(row: Option, describe: (row: Option) => string = () => ''): BinderOption {
  const { name, short, value, defaultWhenBare, repeat } = row
  const placeholder = value === undefined ? '' : defaultWhenBare === undefined ? ` <${value}>` : ` [${value}]`
  const option = new BinderOption(`${short === undefined ? '' : `-${short}, `}--${name}${placeholder}`, describe(row))
  if (repeat) option.argParser((typed: string, before: readonly string[] = []) => [...before, typed])
  return option
}

/** The help of the command among the words, or of the program. */
const helpPage = (commands: readonly Command[], words: readonly string[]): InfoPage => ({
  kind: 'help',
  command: commands.find(({ name }) => words.includes(name)),
})
