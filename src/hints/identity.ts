/** Hints for problems with credentials: none found, an expired session, a key unknown in this partition. */

import { ProfileNotFound, type Setup } from '../config/settings.ts'
import { isTrue } from '../config/sources.ts'
import { findExecutable } from '../core/executable.ts'
import { partitionOf } from '../core/partitions.ts'
import { formatOption } from '../keys/recovery-commands.ts'
import { closeMatches } from '../python/difflib.ts'
import type { Hint } from './index.ts'

/** What was looked at, in the order of `config/credentials/chain.ts`. */
export const noCredentials: Hint = (failure, { invocation }, { host }) => {
  if (failure.code !== 'NoCredentials' || invocation === undefined) return undefined
  const { setup } = invocation
  const { profiles, profileName, profileTyped } = setup
  const { configFile, credentialsFile } = profiles
  const files = [configFile, credentialsFile].map(file => `${file.profiles.has(profileName) ? 'without any in' : 'not in'} ${file.path}`)
  const rows: readonly (readonly [place: string, finding: string])[] = [
    ['environment', profileTyped ? 'not used, because --profile is given' : 'AWS_ACCESS_KEY_ID is not set'],
    [`profile ${profileName}`, files.join(', ')],
    ['container', 'no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI'],
    ['instance', isTrue(host.env.AWS_EC2_METADATA_DISABLED) ? 'switched off by AWS_EC2_METADATA_DISABLED' : 'no role there, or no answer'],
  ]
  const width = Math.max(...rows.map(([place]) => place.length))
  const lines = ['Credentials were looked for in this order:', ...rows.map(([place, finding]) => `  ${place.padEnd(width)}  ${finding}`)]
  return [...lines, ...(findExecutable('aws', host) === 'there' ? [] : withoutAws(setup))].join('\n')
}

/** The error names a command of aws-cli. */
const withoutAws = ({ profiles, profileName }: Setup): readonly string[] => [
  'aws is not installed here. A key in the environment is enough:',
  '  export AWS_ACCESS_KEY_ID=AKIA... AWS_SECRET_ACCESS_KEY=...',
  `or these lines in ${profiles.credentialsFile.path}:`,
  `  [${profileName}]`,
  '  aws_access_key_id = AKIA...',
  '  aws_secret_access_key = ...',
]

/** A longer list would not be read. */
const MOST_PROFILES = 12

export const missingProfile: Hint = (failure, { invocation }) => {
  if (!(failure instanceof ProfileNotFound) || invocation === undefined) return undefined
  const { profileName, profiles } = invocation.setup
  const names = [...profiles.merged.keys()]
  const [meant] = closeMatches(profileName, names)
  if (meant !== undefined) return `Did you mean the profile ${meant}?`
  return names.length === 0 || names.length > MOST_PROFILES ? undefined : `There are the profiles ${names.join(', ')}.`
}

const SSO_ENDED =
  /^Error (when retrieving token from sso|loading SSO Token: Token for .* does not exist)|The SSO session associated with this profile/

export const sessionEnded: Hint = (failure, { invocation }) => {
  if (invocation === undefined || !SSO_ENDED.test(failure.message)) return undefined
  const profile = ssoProfile(invocation.setup)
  return profile === undefined ? undefined : `Sign in again with\n  aws sso login${formatOption('profile', profile)}`
}

/** The profile that signs in: the current one, or the source of its role. */
function ssoProfile({ profileName, profiles }: Setup): string | undefined {
  const visited = new Set<string>()
  for (let name: unknown = profileName; typeof name === 'string' && !visited.has(name); ) {
    const profile = profiles.merged.get(name)
    if (profile?.has('sso_session') || profile?.has('sso_start_url')) return name
    visited.add(name)
    name = profile?.get('source_profile')
  }
  return undefined
}

const UNKNOWN = new Set(['InvalidClientTokenId', 'UnrecognizedClientException', 'ExpiredToken', 'SignatureDoesNotMatch'])

/** Names the key, which the message does not, and the endpoint, which may not be the intended one. */
export const unknownSigner: Hint = (failure, { prepared, invocation }) => {
  if (prepared?.signer === undefined || invocation === undefined || failure.code === undefined || !UNKNOWN.has(failure.code))
    return undefined
  const { region, endpoint } = prepared.client
  const from =
    prepared.credentialMethod === 'env' ? 'the environment' : `profile ${invocation.setup.profileName}, ${prepared.credentialMethod}`
  const where = endpoint ?? `the partition ${partitionOf(region ?? '')}${region === undefined ? '' : ` (region ${region})`}`
  return `The request was signed with ${prepared.signer} (${from}) and sent to ${where}.`
}
