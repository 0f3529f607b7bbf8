/**
 * Chooses the credential provider, in aws-cli's order (create_credential_resolver of botocore/credentials.py, 2.36.7). Each failure comes
 * at the same moment as in aws-cli: `chooseProvider` does what happens while the client is created (partial credentials, mistakes in a
 * profile, processes, metadata services), `CredentialProvider.load` what happens when the request is signed (STS, SSO, sign-in, expired
 * sessions, no credentials at all).
 *
 * The first provider that is configured is used. If it fails, the run fails: no other identity takes its place.
 *
 * Variables and key pairs are read here; providers that need the network, a program or a cache are loaded on demand.
 */

import { ConfigurationError } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import type { ProfilesFile } from '../profiles.ts'
import { isTrue } from '../sources.ts'
import { environment } from './environment.ts'
import { type Connect, type CredentialProvider, type CredentialRequest, isRole, type Lookup, textOf } from './provider.ts'
import { keyPair } from './static.ts'

interface ProviderRow {
  readonly method: string
  /** A cheap test; `find` may still find nothing. */
  readonly configured: (lookup: Lookup) => boolean
  readonly find: (lookup: Lookup) => CredentialProvider | undefined | Promise<CredentialProvider | undefined>
}

const pairIn = (method: string, { path, profiles }: ProfilesFile, name: string) => keyPair(method, path, profiles.get(name))

const env: ProviderRow = { method: 'env', configured: lookup => lookup.environment, find: environment }

/** The providers that a profile can configure, also one that a role names as its source. */
const PROFILE: readonly ProviderRow[] = [
  {
    method: 'assume-role-with-web-identity',
    configured: ({ profile, environment, host }) =>
      profile.has('web_identity_token_file') || (environment && host.env.AWS_WEB_IDENTITY_TOKEN_FILE !== undefined),
    find: async lookup => (await import('./web-identity.ts')).webIdentity(lookup),
  },
  {
    method: 'sso',
    configured: ({ profile }) => profile.has('sso_role_name') || profile.has('sso_account_id'),
    find: async lookup => (await import('./sso.ts')).sso(lookup),
  },
  {
    method: 'shared-credentials-file',
    configured: () => true,
    find: ({ profileName, request }) => pairIn('shared-credentials-file', request.profiles.credentialsFile, profileName),
  },
  {
    method: 'login',
    configured: ({ profile }) => profile.has('login_session'),
    find: async lookup => (await import('./login.ts')).login(lookup),
  },
  {
    method: 'custom-process',
    configured: ({ profile }) => textOf(profile, 'credential_process') !== undefined,
    find: async lookup => (await import('./process.ts')).credentialProcess(lookup),
  },
  {
    method: 'config-file',
    configured: () => true,
    find: ({ profileName, request }) => pairIn('config-file', request.profiles.configFile, profileName),
  },
]

const container: ProviderRow = {
  method: 'container-role',
  configured: ({ host }) =>
    host.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI !== undefined || host.env.AWS_CONTAINER_CREDENTIALS_FULL_URI !== undefined,
  find: async lookup => (await import('./container.ts')).container(lookup),
}

const instanceMetadata: ProviderRow = {
  method: 'iam-role',
  // Only `true` disables it; `1` does not.
  configured: ({ host }) => !isTrue(host.env.AWS_EC2_METADATA_DISABLED),
  find: async lookup => (await import('./instance-metadata.ts')).instanceMetadata(lookup),
}

const ALL: readonly ProviderRow[] = [
  env,
  {
    method: 'assume-role',
    configured: ({ profile }) => isRole(profile),
    find: async lookup => (await import('./assume-role.ts')).roleOf(lookup),
  },
  ...PROFILE,
  {
    method: 'ec2-credentials-file',
    configured: ({ host }) => host.env.AWS_CREDENTIAL_FILE !== undefined,
    find: async lookup => (await import('./legacy.ts')).ec2CredentialsFile(lookup),
  },
  { method: 'boto-config', configured: () => true, find: async lookup => (await import('./legacy.ts')).botoConfig(lookup) },
  container,
  instanceMetadata,
]

/** The providers that `credential_source` can name. */
const NAMED: ReadonlyMap<string, readonly ProviderRow[]> = new Map([
  ['Environment', [{ ...env, configured: () => true }]],
  ['EcsContainer', [container]],
  ['Ec2InstanceMetadata', [instanceMetadata]],
])

const NONE: CredentialProvider = {
  method: 'none',
  async load() {
    throw new ConfigurationError('NoCredentials', 'Unable to locate credentials. You can configure credentials by running "aws login".')
  },
}

/** The first configured provider. Throws its Failure if it cannot be used. */
export async function chooseProvider(request: CredentialRequest, host: Host, connect: Connect): Promise<CredentialProvider> {
  const lookupOf = (profileName: string, top: boolean): Lookup => ({
    profileName,
    profile: request.profiles.merged.get(profileName) ?? new Map(),
    environment: top && !request.profileTyped,
    keepsSessions: top,
    request,
    host,
    connect,
    ofProfile: name => first(PROFILE, lookupOf(name, false)),
    named: async name => first(NAMED.get(name) ?? [], lookupOf(profileName, true)),
  })
  host.debug(
    request.profileTyped
      ? 'credentials: --profile was given: no environment variable names an identity'
      : 'credentials: no --profile was given: keys in environment variables come before every profile',
  )
  return (await first(ALL, lookupOf(request.profileName, true))) ?? NONE
}

async function first(providers: readonly ProviderRow[], lookup: Lookup): Promise<CredentialProvider | undefined> {
  const { host, profileName } = lookup
  for (const { method, configured, find } of providers) {
    const source = configured(lookup) ? await find(lookup) : undefined
    host.debug(`credentials: profile ${profileName}: ${method}: ${source === undefined ? 'not configured' : `found${described(source)}`}`)
    if (source !== undefined) return source
  }
  return undefined
}

const described = ({ origin }: CredentialProvider): string => (origin === undefined ? '' : `: ${origin}`)
