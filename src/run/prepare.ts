/** Prepares a run: everything that can fail before the call. */

import type { Gathered } from '../cli/input.ts'
import { checkInput } from '../cli/validate.ts'
import type { ClientSettings } from '../config/client-settings.ts'
import type { Context, Input } from '../core/command.ts'
import type { Host } from '../core/host.ts'
import type { Iam } from '../core/iam.ts'
import { type KeyPair, type KeyStore, withoutSecret } from '../core/key-store.ts'
import type { Flags } from '../core/options.ts'
import type { PageRequest } from '../core/paging.ts'
import { type Presentation, type PresentationOptions, present } from '../output/presentation.ts'
import { type Dict, isDict } from '../python/value.ts'
import { connectClients, planClients, toKeyPair } from './clients.ts'
import type { Invocation } from './invocation.ts'

type CallParameters = Extract<Gathered, { kind: 'parameters' }>

export interface PreparedRun {
  readonly input: Input
  readonly client: ClientSettings
  readonly iam: Iam
  readonly sts: Context['sts']
  readonly openIam: Context['openIam']
  /** The access key id that signs, and the whole key. */
  readonly signer: string | undefined
  readonly signingKey: KeyPair | undefined
  /** The credential provider. */
  readonly credentialMethod: string | undefined
  readonly presentation: Presentation
  readonly stores: readonly KeyStore[]
  readonly pages: PageRequest | undefined
}

/** Throws a Failure. */
export async function prepare(invocation: Invocation, gathered: CallParameters): Promise<PreparedRun> {
  const { host, flags } = invocation
  const clientPlan = await planClients(invocation)
  const input = await checkedInput(gathered, invocation)
  const credentials = await clientPlan.source?.load()
  const credentialMethod = clientPlan.source?.method
  host.debug(
    credentials ? `credentials: access key id ${credentials.accessKeyId} signs (${credentialMethod})` : 'credentials: none, unsigned',
  )
  const stores = flags.store ? await (await import('./stores.ts')).openStoresOf(input, clientPlan.client, credentials, invocation) : []
  const presentation = await openPresentation(presentationOptions(invocation), sampleFor(input, stores, invocation), flags, host)
  const clients = await connectClients(clientPlan, credentials, invocation)
  return {
    input,
    client: clientPlan.client,
    ...clients,
    signer: credentials?.accessKeyId,
    signingKey: credentials && toKeyPair(credentials),
    credentialMethod,
    presentation,
    stores,
    pages: gathered.pages,
  }
}

/** Prints the command's sample like a reply. */
export async function showSample(invocation: Invocation): Promise<void> {
  const { command, host } = invocation
  const { render, show } = await present(presentationOptions(invocation), command.readOnly ? undefined : command.sample, host)
  await show(render(command.sample))
}

function presentationOptions({ session, query, encode, globals: { color = 'auto', cliPager }, command }: Invocation): PresentationOptions {
  return { ...session, query, encode, color, noPager: !cliPager, title: command.operation, shape: command.sample, fits: command.extension }
}

/** The warning of awscli/customizations/paginate.py (2.36.7). */
const NON_POSITIVE_MAX_ITEMS = 'warning: Non-positive values for --max-items may result in undefined behavior.\n'

async function checkedInput({ pages, parameters }: CallParameters, { host, command, session }: Invocation): Promise<Input> {
  if (pages?.maxItems !== undefined && pages.maxItems <= 0n) await host.stderr.write(NON_POSITIVE_MAX_ITEMS)
  const first = pages ? (await import('../aws/paginator.ts')).firstPageParameters(pages) : []
  return checkInput(command, new Map([...parameters, ...first]), session.parameterValidation)
}

/** The sample on which the output is tried before the call. A read-only command needs none: its output can be fetched again. */
function sampleFor(input: Input, stores: readonly KeyStore[], { command }: Invocation): Dict | undefined {
  if (command.readOnly) return undefined
  const sample = withInput(command.sample, input)
  return stores.length > 0 ? withoutSecret(sample) : sample
}

/** The sample with the input's values: a query may depend on the user's name. */
function withInput(sample: Dict, input: Input): Dict {
  return new Map([...sample].map(([name, value]) => [name, isDict(value) ? withInput(value, input) : (input[name] ?? value)]))
}

/** With --export-format, or the general presentation. */
async function openPresentation(
  options: PresentationOptions,
  sample: Dict | undefined,
  { exportFormat }: Flags,
  host: Host,
): Promise<Presentation> {
  if (exportFormat === undefined) return present(options, sample, host)
  const presentation = await present({ ...options, output: 'json', query: undefined }, sample, host)
  return { ...presentation, render: (await import('../output/export.ts')).exporter(exportFormat) }
}
