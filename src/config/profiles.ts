/**
 * The two AWS files, merged: which profiles there are and what each one says. Finds, reads and merges as botocore/session.py and
 * botocore/configloader.py (2.36.7) do; which profile is in use and what its keys mean is settings.ts.
 */

import { Failure } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import { expandUser, expandVars } from '../python/path.ts'
import { split } from '../python/shlex.ts'
import { NotIni, parseIni, type Section } from './ini.ts'

/** What configuration needs of the machine. */
export type ConfigHost = Pick<Host, 'env' | 'home' | 'files' | 'debug'>

type Sections = ReadonlyMap<string, Section>

/** One file's own profiles, before merging. */
export interface ProfilesFile {
  /** Where it is, or would be. */
  readonly path: string
  readonly profiles: Sections
}

export interface Profiles {
  /** Every profile of either file, with the keys of both; the credentials file's win. */
  readonly merged: Sections
  readonly configFile: ProfilesFile
  readonly credentialsFile: ProfilesFile
  /** `[sso-session NAME]` of the config file. */
  readonly ssoSessions: Sections
  /** `[services NAME]` of the config file. */
  readonly services: Sections
}

/** Exit 255: an AWS file exists, and Python's parser would not read it. */
export class UnreadableConfigFile extends Failure {
  override readonly name = 'UnreadableConfigFile'
  constructor(path: string, options?: ErrorOptions) {
    super(`Unable to parse config file: ${path}`, options)
  }
}

/** Reads both files. One that is missing, a directory or not permitted counts as empty. Throws UnreadableConfigFile. */
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
 * The config file's sections by their kind; others mean nothing here, aws-cli's `[plugins]` included. `[default]` and `[profile default]`
 * are the same profile: the later one is it, whole.
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

/** `profile "a b"` → `a b`; undefined for every other number of words, and for a quotation left open: such a section is ignored. */
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
