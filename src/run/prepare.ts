/** Prepares a run: everything that can fail before the call. */

import type { Gathered } from '../cli/input.ts'
import { checkInput } from '../cli/validate.ts'
import type { ClientSettings } from '../config/settings.ts'
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

type Given = Extract<Gathered, { kind: 'parameters' }>

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
  readonly method: string | undefined
  readonly presentation: Presentation
  readonly stores: readonly KeyStore[]
  readonly pages: PageRequest | undefined
}

/** Throws a Failure. */
export async function prepare(asked: Invocation, gathered: Given): Promise<PreparedRun> {
  const { host, flags } = asked
  const reach = await planClients(asked)
  const input = await checked(gathered, asked)
  const credentials = await reach.source?.load()
  const method = reach.source?.method
  host.debug(credentials ? `credentials: access key id ${credentials.accessKeyId} signs (${method})` : 'credentials: none, unsigned')
  const stores = flags.store ? await (await import('./stores.ts')).openStoresOf(input, reach.client, credentials, asked) : []
  const presentation = await presented(wishOf(asked), sampleFor(input, stores, asked), flags, host)
  const clients = await connectClients(reach, credentials, asked)
  return {
    input,
    client: reach.client,
    ...clients,
    signer: credentials?.accessKeyId,
    signingKey: credentials && toKeyPair(credentials),
    method,
    presentation,
    stores,
    pages: gathered.pages,
  }
}

/** Prints the command's sample like a reply. */
export async function showSample(asked: Invocation): Promise<void> {
  const { command, host } = asked
  const { render, show } = await present(wishOf(asked), command.readOnly ? undefined : command.sample, host)
  await show(render(command.sample))
}

function wishOf({ session, query, encode, globals: { color = 'auto', cliPager }, command }: Invocation): PresentationOptions {
  return { ...session, query, encode, color, noPager: !cliPager, title: command.operation, shape: command.sample, fits: command.extension }
}

/** The warning of awscli/customizations/paginate.py (2.36.7). */
const ODD_MAX_ITEMS = 'warning: Non-positive values for --max-items may result in undefined behavior.\n'

async function checked({ pages, parameters }: Given, { host, command, session }: Invocation): Promise<Input> {
  if (pages?.maxItems !== undefined && pages.maxItems <= 0n) await host.stderr.write(ODD_MAX_ITEMS)
  const first = pages ? (await import('../aws/paginator.ts')).firstPageParameters(pages) : []
  return checkInput(command, new Map([...parameters, ...first]), session.parameterValidation)
}

/** What output is tried on before the call; nothing where the output can be had again. */
function sampleFor(input: Input, stores: readonly KeyStore[], { command }: Invocation): Dict | undefined {
  if (command.readOnly) return undefined
  const sample = resembling(command.sample, input)
  return stores.length > 0 ? withoutSecret(sample) : sample
}

/** The sample with the input's values: a query may depend on the user's name. */
function resembling(sample: Dict, input: Input): Dict {
  return new Map([...sample].map(([name, value]) => [name, isDict(value) ? resembling(value, input) : (input[name] ?? value)]))
}

/** With --export-format, or the general presentation. */
async function presented(wish: PresentationOptions, sample: Dict | undefined, { exportFormat }: Flags, host: Host): Promise<Presentation> {
  if (exportFormat === undefined) return present(wish, sample, host)
  const shown = await present({ ...wish, output: 'json', query: undefined }, sample, host)
  return { ...shown, render: (await import('../output/export.ts')).exporter(exportFormat) }
}
