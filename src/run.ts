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
import type { Command, Context, Input, Note, Outcome } from './command.ts'
import { commands } from './commands/index.ts'
import { chooseSource } from './config/credentials.ts'
import { isOfAws, usableUrl } from './config/endpoint.ts'
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
import { ParameterError } from './errors.ts'
import type { HeldSignals, Host } from './host.ts'
import { deletion, listing, word } from './iam/advice.ts'
import { leftovers, openNote } from './iam/note.ts'
import type { Flags, Globals } from './options.ts'
import { type Presentation, present, type Wish } from './output/presentation.ts'
import type { Query } from './output/query.ts'
import { print, showPage } from './page.ts'
import type { Pages } from './paging.ts'
import { type KeyPair, type Place, withoutSecret } from './place.ts'
import { progressOn } from './progress.ts'
import { type Dict, isDict } from './python/value.ts'
import { type ErrorStyle, report } from './report.ts'
import type { Iam } from './service.ts'
import type { TransportOptions } from './transport.ts'

/** What is true of an invocation however it ends. */
interface Circumstances {
  readonly errors: ErrorStyle
  asked?: Asked
  ready?: Ready
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
  let failure: unknown
  const exitCode = await invoke(argv, host, circumstances).then(
    () => 0,
    (thrown: unknown) => {
      failure = thrown
      return report(thrown, circumstances.errors, host)
    },
  )
  circumstances.note?.end()
  circumstances.signals?.release()
  if (failure !== undefined) await hintAfter(failure, circumstances, host)
  return exitCode
}

/** For a person: not where stderr goes elsewhere, or is read as data. */
async function hintAfter(failure: unknown, { errors, asked, ready }: Circumstances, host: Host): Promise<void> {
  if (!host.stderr.isTerminal || !['enhanced', 'legacy'].includes(errors.format)) return
  const { hint } = await import('./hints.ts')
  await hint(failure, { asked, ready, sameAccount: asked ? retyped(asked.globals) : '' }, host)
}

async function invoke(argv: readonly string[], host: Host, circumstances: Circumstances): Promise<void> {
  if (argv[0] === 'completion') return complete(argv.slice(1), host)
  const asked = await understand(argv, host, circumstances)
  if (asked.kind !== 'call')
    return showPage(asked, { commands, pager: circumstances.pager, noPager: argv.includes('--no-cli-pager') }, host)
  circumstances.asked = asked
  const ready = await prepare(asked)
  if (ready.kind === 'text') return ready.show(ready.text)
  circumstances.ready = ready
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
  readonly sts: Context['sts']
  /** Its access key id, and the whole of it. */
  readonly signer: string | undefined
  readonly signingKey: KeyPair | undefined
  readonly method: string | undefined
  readonly presentation: Presentation
  readonly places: readonly Place[]
  readonly pages: Pages | undefined
}

/** Everything that may refuse. After this only the call itself, or its delivery, can fail; or the text to show instead of a call. */
async function prepare({ host, globals, setup, limits, session, query, encode, command, flags }: Asked): Promise<Ready | Instead> {
  if (flags.exportFormat !== undefined && (flags.store ?? globals.query ?? globals.output) !== undefined) {
    throw new ParameterError('--export-format shows the key alone and whole: it goes with none of --output, --query and --store.')
  }
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

  const { UserName: user } = input
  const dial = await (await import('./iam/ahead.ts')).dialAhead(client, client.transport, host)
  const places = flags.store
    ? await (await import('./places/index.ts')).openPlaces(flags.store, {
        host,
        profiles: setup.profiles,
        user: typeof user === 'string' ? user : undefined,
      })
    : []
  const sample = command.readOnly ? undefined : resembling(command.sample, input)
  const presentation = await presented(wish, sample && places.length > 0 ? withoutSecret(sample) : sample, flags, host)
  const sdk = await import('./iam/sdk.ts')
  const reach = (endpoint: string | undefined) => ({
    ...client,
    endpoint,
    useFipsEndpoint: endpoint === undefined && client.useFipsEndpoint,
    useDualstackEndpoint: endpoint === undefined && client.useDualstackEndpoint,
    // Signatures for an endpoint of one's own name the region that IAM's global endpoint has.
    region: client.region ?? (endpoint === undefined ? 'aws-global' : 'us-east-1'),
    transport: createTransport(client.transport, host, dial),
    userAgent: [[PROGRAM, IAMKEY_VERSION]] satisfies [string, string][],
  })
  const iam = sdk.connect({ ...reach(client.endpoint), credentials })
  const sts: Context['sts'] = async () => {
    const { askIdentity } = await import('./iam/sts.ts')
    // Whoever stands in for AWS's IAM stands in for its STS too, unless that is said to be somewhere else.
    const standIn = isOfAws(client.endpoint) ? undefined : client.endpoint
    const connection = reach(usableUrl(request.nested.endpointFor('sts')) ?? standIn)
    return pair => askIdentity({ ...connection, credentials: pair ? inSdkWords(pair) : credentials })
  }
  return {
    kind: 'call',
    input,
    client,
    iam,
    sts,
    signer: credentials?.accessKeyId,
    signingKey: credentials && inServiceWords(credentials),
    method: source?.method,
    presentation,
    places,
    pages,
  }
}

/** As --export-format wants it, or as anything else is shown. */
async function presented(wish: Wish, sample: Dict | undefined, { exportFormat }: Flags, host: Host): Promise<Presentation> {
  if (exportFormat === undefined) return present(wish, sample, host)
  const { show } = await present({ ...wish, output: 'json', query: undefined }, sample, host)
  return { render: (await import('./output/export.ts')).exporter(exportFormat), show }
}

/** The SDK's names for the halves of a key, and the service's. */
const inServiceWords = ({ accessKeyId, secretAccessKey }: { readonly accessKeyId: string; readonly secretAccessKey: string }): KeyPair => ({
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
})
const inSdkWords = ({ AccessKeyId, SecretAccessKey }: KeyPair) => ({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey })

/** As awscli/customizations/paginate.py (2.36.7) has it. */
const ODD_MAX_ITEMS = 'warning: Non-positive values for --max-items may result in undefined behavior.\n'

interface Instead {
  readonly kind: 'text'
  readonly text: string
  readonly show: (text: string) => Promise<void>
}

/** The point of no return, and what follows. */
async function commit({ host, globals, command, flags }: Asked, ready: Ready, circumstances: Circumstances) {
  const { input, client, iam, sts, signingKey, presentation, places, pages } = ready
  await tellLeftovers(host)
  const signals = host.holdSignals()
  const note = openNote(host, { endpoint: client.endpoint, sameAccount: retyped(globals) })
  Object.assign(circumstances, { signals, note })
  const { clock, debug } = host
  const { maxAttempts } = client
  const progress = progressOn(host.stderr)
  const outcome = await command.run(input, {
    iam: host.stderr.isTerminal ? (await import('./slow-call.ts')).watched(iam, { progress, clock, signals }) : iam,
    sts,
    signer: signingKey,
    clock,
    signals,
    maxAttempts,
    random: Math.random,
    note,
    sameAccount: retyped(globals),
    flags,
    places,
    pages,
    machine: host,
    progress,
    debug,
  })
  await deliver(outcome, warning(presentation, outcome, host), signals)
}

/** The same, which tells of a secret that was left out of what is shown, on purpose or not. */
function warning({ render, show }: Presentation, { secret, undoCommand }: Outcome, { stderr }: Host): Presentation {
  const advice = `the output leaves the secret out, and it cannot be shown again. Delete the key with\n  ${undoCommand}`
  return {
    render,
    async show(text, stop) {
      await show(text, stop)
      // What was shown is shown: no key is deleted because nobody hears the warning.
      if (secret !== undefined && !text.includes(secret)) await stderr.write(`\n${PROGRAM}: ${advice}\n`).catch(() => {})
    },
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
  for (const { began, UserName, AccessKeyId, sameAccount, forget } of leftovers(host)) {
    const advice = AccessKeyId
      ? `its key ${AccessKeyId} may have been lost. If nobody has its secret, delete it with\n  ${deletion({ UserName, AccessKeyId }, sameAccount)}`
      : `it may have created a key. Look for it with\n  ${listing({ UserName }, sameAccount)}`
    // Whoever cannot be told now is told by a later run.
    await host.stderr.write(`\n${PROGRAM}: a run that began at ${began} was killed; ${advice}\n`).then(forget, () => {})
  }
}

/** From package.json, at build time. */
declare const IAMKEY_VERSION: string
