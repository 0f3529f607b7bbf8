/**
 * Reads the two AWS files and merges their profiles, as botocore/session.py and botocore/configloader.py (2.36.7) do. settings.ts chooses
 * the profile and interprets its keys.
 */

import { Failure } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import { expandUser, expandVars } from '../python/path.ts'
import { split } from '../python/shlex.ts'
import { NotIni, parseIni, type Section } from './ini.ts'

/** The parts of the host that configuration needs. */
export type ConfigHost = Pick<Host, 'env' | 'home' | 'files' | 'debug'>

type Sections = ReadonlyMap<string, Section>

/** The profiles of one file, before merging. */
export interface ProfilesFile {
  /** Where the file is, or would be. */
  readonly path: string
  readonly profiles: Sections
}

export interface Profiles {
  /** Every profile of either file, with the keys of both; those of the credentials file take precedence. */
  readonly merged: Sections
  readonly configFile: ProfilesFile
  readonly credentialsFile: ProfilesFile
  /** `[sso-session NAME]` of the config file. */
  readonly ssoSessions: Sections
  /** `[services NAME]` of the config file. */
  readonly services: Sections
}

/** Exit 255: an AWS file exists, but Python's parser would reject it. */
export class UnreadableConfigFile extends Failure {
  override readonly name = 'UnreadableConfigFile'
  constructor(path: string, options?: ErrorOptions) {
    super(`Unable to parse config file: ${path}`, options)
  }
}

/** Reads both files. A file that is missing, a directory or not readable counts as empty. Throws UnreadableConfigFile. */
export function readProfiles(host: ConfigHost): Profiles {
  const config = readFile(host.env.AWS_CONFIG_FILE ?? '~/.aws/config', host)
  const { profiles, ssoSessions, services } = sortSections(config.sections)
  const credentials = readFile(host.env.AWS_SHARED_CREDENTIALS_FILE ?? '~/.aws/credentials', host)
  return {
    merged: merge(profiles, credentials.sections),
    configFile: { path: config.path, profiles },
    credentialsFile: { path: credentials.path, profiles: credentials.sections },
    ssoSessions,
    services,
  }
}

function readFile(where: string, host: ConfigHost): { path: string; sections: Sections } {
  const path = expandUser(expandVars(where, host.env), host)
  const bytes = readBytes(path, host)
  if (bytes === undefined) return { path, sections: new Map() }
  try {
    const sections = parseIni(bytes)
    host.debug(`config: read ${path}: ${Array.from(sections.keys(), name => `[${name}]`).join(' ') || 'no sections'}`)
    return { path, sections }
  } catch (cause) {
    if (!(cause instanceof NotIni)) throw cause
    host.debug(`config: ${path}: ${cause.message}`)
    throw new UnreadableConfigFile(path, { cause })
  }
}

function readBytes(path: string, host: ConfigHost): Uint8Array | undefined {
  try {
    return host.files.read(path)
  } catch (error) {
    host.debug(`config: no ${path} (${error instanceof Error && 'code' in error ? error.code : error})`)
    return undefined
  }
}

/**
 * Sorts the sections of the config file by kind and drops the others, aws-cli's `[plugins]` among them. Of `[default]` and
 * `[profile default]`, the later one replaces the other.
 */
function sortSections(sections: Sections) {
  const profiles = new Map<string, Section>()
  const ssoSessions = new Map<string, Section>()
  const services = new Map<string, Section>()
  const kinds = [
    ['profile', profiles],
    ['sso-session', ssoSessions],
    ['services', services],
  ] as const

  for (const [title, section] of sections) {
    if (title === 'default') profiles.set(title, section)
    const [, ofKind] = kinds.find(([kind]) => title.startsWith(kind)) ?? []
    const name = ofKind && secondOfTwoWords(title)
    if (name !== undefined) ofKind?.set(name, section)
  }
  return { profiles, ssoSessions, services }
}

/** `profile "a b"` → `a b`. Undefined for more or fewer than two words and for an unclosed quotation: such a section is ignored. */
function secondOfTwoWords(title: string): string | undefined {
  try {
    const words = split(title)
    return words.length === 2 ? words[1] : undefined
  } catch {
    return undefined
  }
}

function merge(lower: Sections, upper: Sections): Sections {
  const merged = new Map(lower)
  for (const [name, section] of upper) merged.set(name, new Map([...(lower.get(name) ?? []), ...section]))
  return merged
}
