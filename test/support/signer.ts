/** Finds out who signs in a set-up: a Host in memory, its files, and the services of `aws-services.ts` in place of those of AWS. */
import { chooseProvider } from '../../src/config/credentials/chain.ts'
import type { CredentialProvider, CredentialRequest, Credentials, NestedSettings } from '../../src/config/credentials/provider.ts'
import { readProfiles } from '../../src/config/profiles.ts'
import type { TransportOptions } from '../../src/core/transport.ts'
import { createTransport } from '../../src/http/transport.ts'
import type { AwsServices } from './aws-services.ts'
import { type TestHost, type TestHostOptions, testHost } from './host.ts'

export interface SetUp extends TestHostOptions {
  /** Text of the two files. */
  readonly config?: string
  readonly credentials?: string
  /** As --profile names it. */
  readonly profile?: string
  readonly services?: AwsServices
  readonly nested?: Partial<NestedSettings>
  readonly instanceMetadata?: Partial<CredentialRequest['instanceMetadata']>
}

export interface Signer {
  readonly host: TestHost
  /** Every transport that a source had made. */
  readonly connections: readonly TransportOptions[]
  choose(): Promise<CredentialProvider>
  load(): Promise<Credentials>
}

/** Where nothing listens. */
export const NOWHERE = 'http://127.0.0.1:1'

export function signer({ config, credentials, profile, services, nested, instanceMetadata, ...options }: SetUp): Signer {
  const host = testHost({
    ...options,
    files: {
      ...options.files,
      ...(config !== undefined && { '~/.aws/config': config }),
      ...(credentials !== undefined && { '~/.aws/credentials': credentials }),
    },
  })
  const connections: TransportOptions[] = []
  const endpoint = services?.url ?? NOWHERE
  const request: CredentialRequest = {
    profileName: profile ?? host.env.AWS_PROFILE ?? 'default',
    profileTyped: profile !== undefined,
    profiles: readProfiles(host),
    nested: {
      region: 'us-east-1',
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      maxAttempts: 3,
      connectTimeout: 60,
      readTimeout: 60,
      caBundle: undefined,
      endpointFor: () => endpoint,
      ...nested,
    },
    instanceMetadata: { endpoint, timeout: 1, attempts: 1, v1Disabled: false, ...instanceMetadata },
  }
  const choose = () =>
    chooseProvider(request, host, connection => {
      connections.push(connection)
      // A time-out that a test waits for is as long as it must be.
      return createTransport({ ...connection, readTimeout: connection.readTimeout && Math.min(connection.readTimeout, 1.5) }, host)
    })
  return { host, connections, choose, load: async () => (await choose()).load() }
}
