/**
 * One invocation, as a straight line; the only file that knows every stage. Down to the point of no return everything may refuse, and
 * nothing has happened; from there on the call has been made, and only delivery can fail. The order of refusals is aws-cli's (2.36.7),
 * as parse.ts and settings.ts document it; what aws-cli finds out only after the call is found out here before it.
 */

import { checkEndpointUrl } from './cli/globals.ts'
import { gather } from './cli/input.ts'
import { firstPass, type Page, parseCommand, parseGlobals, refuseAutoPrompt } from './cli/parse.ts'
import { PROGRAM } from './cli/usage.ts'
import { checkInput } from './cli/validate.ts'
import type { Command, Input, Note } from './command.ts'
import { commands } from './commands/index.ts'
import { chooseSource } from './config/credentials.ts'
import { type TypedGlobals, text } from './config/facts.ts'
import { readProfiles } from './config/profiles.ts'
import {
  type ClientSettings,
  chooseProfile,
  clientSettings,
  errorFormat,
  findRegion,
  nestedSettings,
  type SessionSettings,
  type Setup,
  sessionSettings,
  type Timeouts,
  timeouts,
} from './config/settings.ts'
import { deliver } from './delivery.ts'
import type { HeldSignals, Host } from './host.ts'
import { word } from './iam/advice.ts'
import { leftovers, openNote } from './iam/note.ts'
import type { Flags, Globals } from './options.ts'
import { type Presentation, present } from './output/presentation.ts'
import type { Query } from './output/query.ts'
import { print, showPage } from './page.ts'
import type { Pages } from './paging.ts'
import { type Dict, isDict } from './python/value.ts'
import { type ErrorStyle, report } from './report.ts'
import type { Iam } from './service.ts'
import type { TransportOptions } from './transport.ts'

/** What is true of an invocation however it ends. */
interface Circumstances {
  readonly errors: ErrorStyle
  pager?: string | undefined
  note?: Note
  signals?: HeldSignals
}

/**
 * @param argv the words after the program's name
 * @returns the exit code; every failure has been told on standard error
 */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  const circumstances: Circumstances = { errors: { format: 'enhanced', color: 'auto' } }
  const exitCode = await invoke(argv, host, circumstances).then(
    () => 0,
    (thrown: unknown) => report(thrown, circumstances.errors, host),
  )
  circumstances.note?.end()
  circumstances.signals?.release()
  return exitCode
}

async function invoke(argv: readonly string[], host: Host, circumstances: Circumstances): Promise<void> {
  if (argv[0] === 'completion') return complete(argv.slice(1), host)
  const asked = await understand(argv, host, circumstances)
  if (asked.kind !== 'call')
    return showPage(asked, { commands, pager: circumstances.pager, noPager: argv.includes('--no-cli-pager') }, host)
  const ready = await prepare(asked)
  if (ready.kind === 'text') return ready.show(ready.text)
  await commit(asked, ready, circumstances)
}

/** Before everything else: shells ask while somebody types, whatever state the configuration is in. */
async function complete(words: readonly string[], host: Host): Promise<void> {
  const { completion } = await import('./cli/completion.ts')
  await print(await completion(words, commands, () => readProfiles(host).merged), host)
}

interface Asked {
  readonly kind: 'call'
  /** With a debug log, if that was asked for. */
  readonly host: Host
  readonly globals: Globals
  readonly setup: Setup
  readonly limits: Timeouts
  readonly session: SessionSettings
  readonly query: Query | undefined
  readonly encode: ((text: string) => Uint8Array) | undefined
  readonly command: Command
  readonly flags: Flags
}

/** What was typed, read as far as that goes without its files. */
async function understand(argv: readonly string[], quiet: Host, circumstances: Circumstances): Promise<Asked | Page> {
  const first = firstPass(argv)
  const host = first.debug ? debugging(quiet) : quiet
  const profiles = readProfiles(host)
  const early = chooseProfile({ '--profile': first.profile }, profiles, host)
  refuseAutoPrompt(argv, early.profileMissing ? undefined : text('autoPrompt', early))
  circumstances.errors.format = errorFormat(undefined, early)
  circumstances.pager = text('pager', early)
  const opening = await parseGlobals(argv, commands)
  if (opening.kind !== 'words') return opening

  const { globals, words } = opening
  const setup = chooseProfile(typed(globals), profiles, host)
  Object.assign(circumstances.errors, { format: errorFormat(globals.cliErrorFormat, setup), color: globals.color ?? 'auto' })
  const query = globals.query === undefined ? undefined : (await import('./output/query.ts')).compileQuery(globals.query)
  checkEndpointUrl(globals.endpointUrl)
  const limits = timeouts(setup)
  const encoding = host.env.AWS_CLI_OUTPUT_ENCODING
  const encode = encoding === undefined ? undefined : (await import('./output/encoding.ts')).outputEncoder(encoding)
  const session = sessionSettings(setup)
  const called = await parseCommand(words, commands)
  return called.kind === 'call' ? { ...called, host, globals, setup, limits, session, query, encode } : called
}

interface Ready {
  readonly kind: 'call'
  readonly input: Input
  readonly client: ClientSettings
  readonly iam: Iam
  readonly presentation: Presentation
  readonly pages: Pages | undefined
}

/** Everything that may refuse. After this only the call itself, or its delivery, can fail; or the text to show instead of a call. */
async function prepare({ host, globals, setup, limits, session, query, encode, command, flags }: Asked): Promise<Ready | Instead> {
  const gathered = await gather(command, flags, host, globals.paginate)
  if (gathered.kind === 'skeleton') return { kind: 'text', text: gathered.text, show: text => print(text, host) }
  const { color = 'auto', cliPager, signRequest, verifySsl } = globals
  const wish = { ...session, query, encode, color, noPager: !cliPager, title: command.operation }
  if (gathered.kind === 'sample') {
    const { render, show } = await present(wish, command.readOnly ? undefined : command.sample, host)
    return { kind: 'text', text: render(command.sample), show }
  }

  const { createTransport } = await import('./iam/wire.ts')
  const connect = (options: TransportOptions) => createTransport(options, host)
  const region = await findRegion(setup, async () =>
    (await import('./config/providers/instance-metadata.ts')).availabilityZone(session.instanceMetadata, { host, connect }),
  )
  const request = { ...setup, nested: nestedSettings(setup, region, limits), instanceMetadata: session.instanceMetadata }
  const source = signRequest ? await chooseSource(request, host, connect) : undefined
  const client = clientSettings(setup, region, limits, { signed: signRequest, verify: verifySsl })
  const { pages } = gathered
  if (pages?.maxItems !== undefined && pages.maxItems <= 0n) await host.stderr.write(ODD_MAX_ITEMS)
  const parameters = pages ? new Map([...gathered.parameters, ...(await import('./iam/paging.ts')).firstCall(pages)]) : gathered.parameters
  const input = checkInput(command, parameters, session.parameterValidation)
  const credentials = await source?.load()
  host.debug(
    credentials ? `credentials: access key id ${credentials.accessKeyId} signs (${source?.method})` : 'credentials: none, unsigned',
  )

  const presentation = await present(wish, command.readOnly ? undefined : resembling(command.sample, input), host)
  const sdk = await import('./iam/sdk.ts')
  const iam = sdk.connect({
    ...client,
    // Signatures for an endpoint of one's own name the region that IAM's global endpoint has.
    region: client.region ?? (client.endpoint === undefined ? 'aws-global' : 'us-east-1'),
    credentials,
    transport: connect(client.transport),
    userAgent: [[PROGRAM, IAMKEY_VERSION]],
  })
  return { kind: 'call', input, client, iam, presentation, pages }
}

/** As awscli/customizations/paginate.py (2.36.7) has it. */
const ODD_MAX_ITEMS = 'warning: Non-positive values for --max-items may result in undefined behavior.\n'

interface Instead {
  readonly kind: 'text'
  readonly text: string
  readonly show: (text: string) => Promise<void>
}

/** The point of no return, and what follows. */
async function commit({ host, globals, command, flags }: Asked, ready: Ready, circumstances: Circumstances) {
  const { input, client, iam, presentation, pages } = ready
  await tellLeftovers(host)
  const signals = host.holdSignals()
  const note = openNote(host, client.endpoint)
  Object.assign(circumstances, { signals, note })
  const { clock, debug } = host
  const { maxAttempts } = client
  const outcome = await command.run(input, {
    iam,
    clock,
    signals,
    maxAttempts,
    random: Math.random,
    note,
    sameAccount: retyped(globals),
    flags,
    pages,
    debug,
  })
  const shown = await deliver(outcome, presentation, signals)
  if (outcome.secret !== undefined && !shown.includes(outcome.secret)) {
    const advice = `the output leaves the secret out, and it cannot be shown again. Delete the key with\n  ${outcome.undoCommand}`
    await host.stderr.write(`\n${PROGRAM}: ${advice}\n`)
  }
}

/** The typed options that settings are read from, by the names that settings know. */
const typed = (globals: Globals): TypedGlobals => ({
  '--profile': globals.profile,
  '--region': globals.region,
  '--endpoint-url': globals.endpointUrl,
  '--output': globals.output,
  '--ca-bundle': globals.caBundle,
  '--cli-binary-format': globals.cliBinaryFormat,
  '--cli-read-timeout': globals.cliReadTimeout,
  '--cli-connect-timeout': globals.cliConnectTimeout,
})

/** The typed options that decide which account a command reaches, as they go into a command to paste. */
function retyped({ profile, region, endpointUrl, caBundle, verifySsl, signRequest }: Globals): string {
  const options = { profile, region, 'endpoint-url': endpointUrl, 'ca-bundle': caBundle }
  const values = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${word(value)}`]))
  return [...values, verifySsl ? '' : ' --no-verify-ssl', signRequest ? '' : ' --no-sign-request'].join('')
}

function debugging(host: Host): Host {
  const debug = (line: string) => void host.stderr.write(`${new Date(host.clock.now()).toISOString()} ${line}\n`).catch(() => {})
  return Object.create(host, { debug: { value: debug } })
}

/** The sample with what is known of the reply already: a query may turn on the user's name. */
function resembling(sample: Dict, input: Input): Dict {
  return new Map([...sample].map(([name, value]) => [name, isDict(value) ? resembling(value, input) : (input[name] ?? value)]))
}

/** Runs that were killed between their call and its end. */
async function tellLeftovers(host: Host): Promise<void> {
  for (const { path, began, UserName, AccessKeyId } of leftovers(host)) {
    const user = UserName === undefined ? '' : ` --user-name ${word(UserName)}`
    const advice = AccessKeyId
      ? `its key ${AccessKeyId} may have been lost. If nobody has its secret, delete it with\n  aws iam delete-access-key${user} --access-key-id ${AccessKeyId}`
      : `it may have created a key. Look for it with\n  aws iam list-access-keys${user}`
    await host.stderr.write(`\n${PROGRAM}: a run that began at ${began} was killed; ${advice}\n`)
    host.files.remove(path)
  }
}

/** From package.json, at build time. */
declare const IAMKEY_VERSION: string
