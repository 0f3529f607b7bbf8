/** Who asks whom: the source of credentials, and the clients of IAM and STS that sign with them. */

import { chooseProvider } from '../config/credentials/chain.ts'
import type { CredentialProvider, Credentials } from '../config/credentials/provider.ts'
import { isOfAws, usableUrl } from '../config/endpoint.ts'
import { type ClientSettings, clientSettings, findRegion, nestedSettings } from '../config/settings.ts'
import type { Context } from '../core/command.ts'
import type { Iam } from '../core/iam.ts'
import type { KeyPair } from '../core/key-store.ts'
import { PROGRAM, version } from '../core/program.ts'
import type { TransportOptions } from '../core/transport.ts'
import type { Invocation } from './invocation.ts'

/** What the environment and the profile say about reaching AWS. */
interface ClientPlan {
  readonly client: ClientSettings
  /** Undefined for --no-sign-request. */
  readonly source: CredentialProvider | undefined
  /** Where STS is configured to be. Throws a Failure for a URL that cannot be used. */
  readonly stsEndpoint: () => string | undefined
}

/** Sends nothing but what finding a region or a source takes. Throws a Failure. */
export async function planClients({ host, globals: { signRequest, verifySsl }, setup, limits, session }: Invocation): Promise<ClientPlan> {
  const { createTransport } = await import('../http/transport.ts')
  const connect = (options: TransportOptions) => createTransport(options, host)
  const { instanceMetadata } = session
  const region = await findRegion(setup, async () =>
    (await import('../config/credentials/instance-metadata.ts')).availabilityZone(instanceMetadata, { host, connect }),
  )
  const nested = nestedSettings(setup, region, limits)
  const source = signRequest ? await chooseProvider({ ...setup, nested, instanceMetadata }, host, connect) : undefined
  const client = clientSettings(setup, region, limits, { signed: signRequest, verify: verifySsl })
  return { client, source, stsEndpoint: () => usableUrl(nested.endpointFor('sts')) }
}

interface Clients {
  readonly iam: Iam
  readonly sts: Context['sts']
  readonly openIam: Context['openIam']
}

/** Nothing is sent by it, though a connection may be opened ahead of the first request. */
export async function connectClients(
  { client, stsEndpoint }: ClientPlan,
  credentials: Credentials | undefined,
  { host }: Invocation,
): Promise<Clients> {
  const { createTransport } = await import('../http/transport.ts')
  const options = { ...client.transport, sessions: new Map<string, Uint8Array>() }
  const dial = await (await import('../http/preconnect.ts')).preconnect(client, options, host)
  // One for both services: at a stand-in for AWS they are one host.
  const transport = createTransport(options, host, dial)
  const sdk = await import('../aws/iam.ts')
  const connection = (endpoint: string | undefined) => ({
    ...client,
    endpoint,
    useFipsEndpoint: endpoint === undefined && client.useFipsEndpoint,
    useDualstackEndpoint: endpoint === undefined && client.useDualstackEndpoint,
    // Signatures for an endpoint of one's own name the region that IAM's global endpoint has.
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
      // Whoever stands in for AWS's IAM stands in for its STS too, unless that is said to be somewhere else.
      const standIn = isOfAws(client.endpoint) ? undefined : client.endpoint
      const sts = connection(stsEndpoint() ?? standIn)
      return pair => createIdentityCall({ ...sts, credentials: pair ? toSdkCredentials(pair) : credentials })
    },
  }
}

/** The SDK's names for the halves of a key, and the service's. */
export const toKeyPair = ({ accessKeyId, secretAccessKey }: Credentials): KeyPair => ({
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
})
const toSdkCredentials = ({ AccessKeyId, SecretAccessKey }: KeyPair) => ({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey })
