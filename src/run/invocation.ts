/**
 * Resolves the command line, the environment and the configuration files into an Invocation, before any file that the command line names is
 * read. The stages are those of `cli/parse.ts` and `config/settings.ts`, in their order.
 */

import { checkEndpointUrl } from '../cli/globals.ts'
import { type Gathered, gather } from '../cli/input.ts'
import { firstPass, type InfoPage, parseCommand, parseGlobals, refuseAutoPrompt } from '../cli/parse.ts'
import { commands } from '../commands/index.ts'
import { withoutPassword } from '../config/endpoint.ts'
import { type Profiles, readProfiles } from '../config/profiles.ts'
import {
  chooseProfile,
  errorFormat,
  readTimeouts,
  type SessionSettings,
  type Setup,
  sessionSettings,
  type Timeouts,
} from '../config/settings.ts'
import { text } from '../config/sources.ts'
import type { Command } from '../core/command.ts'
import { ParameterError } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import type { Flags, Globals } from '../core/options.ts'
import { formatOption } from '../keys/recovery-commands.ts'
import type { Query } from '../output/query.ts'
import type { ErrorStyle } from './report.ts'

export interface Invocation {
  readonly kind: 'call'
  /** Writes a debug log after --debug. */
  readonly host: Host
  readonly globals: Globals
  readonly setup: Setup
  readonly timeouts: Timeouts
  readonly session: SessionSettings
  readonly query: Query | undefined
  readonly encode: ((text: string) => Uint8Array) | undefined
  readonly command: Command
  readonly flags: Flags
  /** The options that decide which account a command reaches, for recovery commands: ` --profile prod`. */
  readonly accountOptions: string
}

/** What is known before the command line is parsed: enough to report an error. */
export interface EarlyContext {
  readonly argv: readonly string[]
  /** Writes a debug log after --debug. */
  readonly host: Host
  readonly profiles: Profiles
  /** The settings before `--profile` applies: those of the profile that the environment names, or of the default profile. */
  readonly environmentSetup: Setup
  /** The configured command line. */
  readonly pager: string | undefined
}

/** Reads the configuration files. Throws a Failure. */
export function openEarlyContext(argv: readonly string[], processHost: Host): EarlyContext {
  const first = firstPass(argv)
  const host = first.debug ? withDebugLog(processHost) : processHost
  const profiles = readProfiles(host)
  const environmentSetup = chooseProfile({}, profiles, host)
  refuseAutoPrompt(argv, environmentSetup.profileMissing ? undefined : text('autoPrompt', environmentSetup))
  return { argv, host, profiles, environmentSetup, pager: text('pager', chooseProfile({ profile: first.profile }, profiles, host)) }
}

/**
 * How errors are shown before `--profile` applies: in aws-cli it does so only after --query and --endpoint-url have been checked (`main` of
 * clidriver.py, 2.36.7).
 */
export const earlyErrorStyle = (
  { environmentSetup }: EarlyContext,
  { cliErrorFormat, color = 'auto' }: Partial<Globals> = {},
): ErrorStyle => ({
  format: errorFormat(cliErrorFormat, environmentSetup),
  color,
})

/** The global options, and the words of the command. */
interface ParsedOptions {
  readonly kind: 'options'
  readonly globals: Globals
  readonly words: readonly string[]
  readonly setup: Setup
  readonly errorStyle: ErrorStyle
}

/** Throws a Failure. */
export async function parseOptions({ argv, host, profiles }: EarlyContext): Promise<ParsedOptions | InfoPage> {
  const parsed = await parseGlobals(argv, commands)
  if (parsed.kind !== 'words') return parsed
  const { globals, words } = parsed
  const setup = chooseProfile(globals, profiles, host)
  const errorStyle = { format: errorFormat(globals.cliErrorFormat, setup), color: globals.color ?? 'auto' }
  return { kind: 'options', globals, words, setup, errorStyle }
}

/** The checks that aws-cli makes before it knows the profile. Throws a ParameterError. */
export async function checkOptions({ query, endpointUrl }: Globals): Promise<Query | undefined> {
  const compiled = query === undefined ? undefined : (await import('../output/query.ts')).compileQuery(query)
  checkEndpointUrl(endpointUrl)
  return compiled
}

/** Reads no file that the command line names. Throws a Failure. */
export async function resolveInvocation(
  { globals, words, setup }: ParsedOptions,
  query: Query | undefined,
  { host }: EarlyContext,
): Promise<Invocation | InfoPage> {
  const timeouts = readTimeouts(setup)
  const encoding = host.env.AWS_CLI_OUTPUT_ENCODING
  const encode = encoding === undefined ? undefined : (await import('../output/encoding.ts')).outputEncoder(encoding)
  const session = sessionSettings(setup)
  const parsed = await parseCommand(words, commands)
  return parsed.kind === 'call'
    ? { ...parsed, host, globals, setup, timeouts, session, query, encode, accountOptions: accountOptionsOf(globals, setup) }
    : parsed
}

/** The options of recovery commands that decide which account they reach: those of the command line, and the profile. */
function accountOptionsOf({ region, endpointUrl, caBundle, verifySsl, signRequest }: Globals, setup: Setup): string {
  const options = {
    profile: profileDecidesAccount(setup) ? setup.profileName : undefined,
    region,
    'endpoint-url': endpointUrl && withoutPassword(endpointUrl),
    'ca-bundle': caBundle,
  }
  const values = Object.entries(options).map(([name, value]) => formatOption(name, value))
  return [...values, verifySsl ? '' : ' --no-verify-ssl', signRequest ? '' : ' --no-sign-request'].join('')
}

/** Whether the profile decides which account is reached. --profile does; AWS_PROFILE does only if the environment has no access key. */
const profileDecidesAccount = ({ profileTyped, profileName, host }: Setup): boolean =>
  profileTyped || (profileName !== 'default' && !host.env.AWS_ACCESS_KEY_ID)

/** The parameters of the call, or the text that is printed instead of a call. Reads the files that the command line names. Throws a Failure. */
export async function readInput({ command, flags, globals, host }: Invocation): Promise<Gathered> {
  if (flags.exportFormat !== undefined && (flags.store ?? globals.query ?? globals.output) !== undefined) {
    throw new ParameterError('--export-format cannot be combined with --output, --query or --store.')
  }
  return gather(command, flags, host, globals.paginate)
}

function withDebugLog(host: Host): Host {
  const debug = (line: string) => void host.stderr.write(`${new Date(host.clock.now()).toISOString()} ${line}\n`).catch(() => {})
  return Object.create(host, { debug: { value: debug } })
}
