/** Chooses the credential provider, and creates the clients of IAM and STS. */

import { type ClientSettings, clientSettings, nestedSettings } from '../config/client-settings.ts'
import { chooseProvider } from '../config/credentials/chain.ts'
import type { CredentialProvider, Credentials } from '../config/credentials/provider.ts'
import { isOfAws, usableUrl } from '../config/endpoint.ts'
import { findRegion } from '../config/settings.ts'
import type { Context } from '../core/command.ts'
import type { Iam } from '../core/iam.ts'
import type { KeyPair } from '../core/key-store.ts'
import { PROGRAM, version } from '../core/program.ts'
import type { TransportOptions } from '../core/transport.ts'
import type { Invocation } from './invocation.ts'

/** The settings for reaching AWS. */
interface ClientPlan {
  readonly client: ClientSettings
  /** Undefined for --no-sign-request. */
  readonly source: CredentialProvider | undefined
  /** The configured endpoint of STS. Throws a Failure for an unusable URL. */
  readonly stsEndpoint: () => string | undefined
}

/** Makes only the calls that finding the region and choosing the provider need. Throws a Failure. */
export async function planClients({
  host,
  globals: { signRequest, verifySsl },
  setup,
  timeouts,
  session,
}: Invocation): Promise<ClientPlan> {
  const { createTransport } = await import('../http/transport.ts')
  const connect = (options: TransportOptions) => createTransport(options, host)
  const { instanceMetadata } = session
  const region = await findRegion(setup, async () =>
    (await import('../config/credentials/instance-metadata.ts')).availabilityZone(instanceMetadata, { host, connect }),
  )
  const nested = nestedSettings(setup, region, timeouts)
  const source = signRequest ? await chooseProvider({ ...setup, nested, instanceMetadata }, host, connect) : undefined
  const client = clientSettings(setup, region, timeouts, { signed: signRequest, verify: verifySsl })
  return { client, source, stsEndpoint: () => usableUrl(nested.endpointFor('sts')) }
}

interface Clients {
  readonly iam: Iam
  readonly sts: Context['sts']
  readonly openIam: Context['openIam']
}

/** Sends nothing, though a connection may be opened before the first request. */
export async function connectClients(
  { client, stsEndpoint }: ClientPlan,
  credentials: Credentials | undefined,
  { host }: Invocation,
): Promise<Clients> {
  const { createTransport } = await import('../http/transport.ts')
  const options = { ...client.transport, sessions: new Map<string, Uint8Array>() }
  const dial = await (await import('../http/preconnect.ts')).preconnect(client, options, host)
  // Both services share it: a service that replaces AWS serves both from one host.
  const transport = createTransport(options, host, dial)
  const sdk = await import('../aws/iam.ts')
  const connection = (endpoint: string | undefined) => ({
    ...client,
    endpoint,
    useFipsEndpoint: endpoint === undefined && client.useFipsEndpoint,
    useDualstackEndpoint: endpoint === undefined && client.useDualstackEndpoint,
    // At a custom endpoint the region of IAM's global endpoint goes into the signature.
    region: client.region ?? (endpoint === undefined ? 'aws-global' : 'us-east-1'),
    transport,
    userAgent: [[PROGRAM, version()]] satisfies [string, string][],
  })
  return {
    iam: sdk.createIam({ ...connection(client.endpoint), credentials }),
    async openIam() {
      const { ACCOUNT_COMMANDS } = await import('../aws/account-commands.ts')
      return sdk.createIam({ ...connection(client.endpoint), credentials }, ACCOUNT_COMMANDS)
    },
    async sts() {
      const { createIdentityCall } = await import('../aws/sts.ts')
      // A service that replaces AWS's IAM replaces its STS as well, unless STS has an endpoint of its own.
      const standIn = isOfAws(client.endpoint) ? undefined : client.endpoint
      const sts = connection(stsEndpoint() ?? standIn)
      return pair => createIdentityCall({ ...sts, credentials: pair ? toSdkCredentials(pair) : credentials })
    },
  }
}

/** Renames the members of the SDK's credentials to those of the service. */
export const toKeyPair = ({ accessKeyId, secretAccessKey }: Credentials): KeyPair => ({
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
})
const toSdkCredentials = ({ AccessKeyId, SecretAccessKey }: KeyPair) => ({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey })
