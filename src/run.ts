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
import type { Context, Note } from './command.ts'
import { commands } from './commands/index.ts'
import { chooseSource } from './config/credentials.ts'
import { type TypedGlobals, text } from './config/facts.ts'
import { readProfiles } from './config/profiles.ts'
import {
  chooseProfile,
  clientSettings,
  type ErrorFormat,
  errorFormat,
  findRegion,
  nestedSettings,
  sessionSettings,
  timeouts,
} from './config/settings.ts'
import { deliver } from './delivery.ts'
import type { HeldSignals, Host } from './host.ts'
import { word } from './iam/creation.ts'
import { leftovers, openNote } from './iam/note.ts'
import { createTransport } from './iam/wire.ts'
import type { Globals } from './options.ts'
import { present } from './output/presentation.ts'
import { type Dict, isDict } from './python/value.ts'
import { report } from './report.ts'

/** What is true of an invocation however it ends. */
interface Circumstances {
  errors: ErrorFormat
  note?: Note
  signals?: HeldSignals
}

/**
 * @param argv the words after the program's name
 * @returns the exit code; every failure has been told on standard error
 */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  const circumstances: Circumstances = { errors: 'enhanced' }
  const exitCode = await invoke(argv, host, circumstances).then(
    () => 0,
    (thrown: unknown) => report(thrown, circumstances.errors, host),
  )
  circumstances.note?.end()
  circumstances.signals?.release()
  return exitCode
}

async function invoke(argv: readonly string[], quiet: Host, circumstances: Circumstances): Promise<void> {
  // What was typed, as far as the configuration files allow.
  const first = firstPass(argv)
  const host = first.debug ? debugging(quiet) : quiet
  const profiles = readProfiles(host)
  const early = chooseProfile({ '--profile': first.profile }, profiles, host)
  refuseAutoPrompt(argv, early.profileMissing ? undefined : text('autoPrompt', early))
  circumstances.errors = errorFormat(undefined, early)
  const opening = await parseGlobals(argv, commands)
  if (opening.kind !== 'words') return showPage(opening, host)
  const { globals } = opening
  const setup = chooseProfile(typed(globals), profiles, host)
  circumstances.errors = errorFormat(globals.cliErrorFormat, setup)
  const query = globals.query === undefined ? undefined : (await import('./output/query.ts')).compileQuery(globals.query)
  checkEndpointUrl(globals.endpointUrl)
  const limits = timeouts(setup)
  const session = sessionSettings(setup)
  const called = await parseCommand(opening.words, commands)
  if (called.kind !== 'call') return showPage(called, host)
  const { command } = called
  const gathered = await gather(command, called.flags, host)
  if (gathered.kind === 'skeleton') return host.stdout.write(gathered.text)

  // How the output is shown.
  const presentation = (sample: typeof command.sample) =>
    present({ ...session, query, color: globals.color ?? 'auto', noPager: !globals.cliPager, title: command.operation }, sample, host)
  if (gathered.kind === 'sample') {
    const { render, show } = await presentation(command.sample)
    return show(render(command.sample))
  }

  // Who asks whom.
  const connect = (options: Parameters<typeof createTransport>[0]) => createTransport(options, host)
  const region = await findRegion(setup, async () =>
    (await import('./config/providers/instance-metadata.ts')).availabilityZone(session.instanceMetadata, { host, connect }),
  )
  const request = { ...setup, nested: nestedSettings(setup, region, limits), instanceMetadata: session.instanceMetadata }
  const source = globals.signRequest ? await chooseSource(request, host, connect) : undefined
  const client = clientSettings(setup, region, limits, { signed: globals.signRequest, verify: globals.verifySsl })
  const input = checkInput(command, gathered.parameters, session.parameterValidation)
  const credentials = await source?.load()
  host.debug(`signing: ${credentials ? `${source?.method}, access key id ${credentials.accessKeyId}` : 'no'}`)

  const { render, show } = await presentation(resembling(command.sample, input))
  const sdk = await import('./iam/sdk.ts')
  const iam = sdk.connect({
    ...client,
    region: client.region ?? (client.endpoint === undefined ? 'aws-global' : 'us-east-1'),
    credentials,
    transport: connect(client.transport),
    userAgent: [[PROGRAM, IAMKEY_VERSION]],
  })
  await tellLeftovers(host)

  // ---- the point of no return ----
  const signals = host.holdSignals()
  const note = openNote(host, client.endpoint)
  Object.assign(circumstances, { signals, note })
  const context: Context = {
    ...client,
    iam,
    clock: host.clock,
    signals,
    random: Math.random,
    note,
    sameAccount: retyped(globals),
    debug: host.debug,
  }
  const outcome = await command.run(input, context)
  const shown = await deliver(outcome, { render, show }, signals)
  if (outcome.secret !== undefined && !shown.includes(outcome.secret)) {
    await host.stderr.write(
      `\n${PROGRAM}: the output leaves the secret out, and it cannot be shown again. Delete the key with\n  ${outcome.undoCommand}\n`,
    )
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

async function showPage(page: Page, host: Host): Promise<void> {
  await host.stdout.write(
    page.kind === 'help' ? page.text : `${PROGRAM}/${IAMKEY_VERSION} Node/${process.versions.node} ${host.platform}/${process.arch}\n`,
  )
}

/** The sample with what is known of the reply already: a query may turn on the user's name. */
function resembling(sample: Dict, input: Readonly<Record<string, string>>): Dict {
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
