/**
 * `profile:NAME`: a profile of the shared credentials file. Edits two lines and leaves every other byte alone. The edited text is parsed by
 * the parser of all runs before it replaces the file.
 */

import { NotIni, parseIni, type Section } from '../config/ini.ts'
import { type KeyPair, StoreFailure } from '../core/key-store.ts'
import { pairOf as bothOf, fileStore, type TextFormat, UnsupportedContent } from './file.ts'
import type { OpenStore } from './open.ts'

const ID = 'aws_access_key_id'
const SECRET = 'aws_secret_access_key'
const TOKENS = ['aws_session_token', 'aws_security_token']

/** Keys in either file that let a profile take its credentials from elsewhere, or that do not go with a long-lived key. */
const ELSEWHERE: readonly (readonly [key: string, why: string])[] = [
  ['role_arn', 'it assumes a role'],
  ['web_identity_token_file', 'it signs in with a token file'],
  ['sso_session', 'it signs in through SSO'],
  ['sso_start_url', 'it signs in through SSO'],
  ['sso_account_id', 'it signs in through SSO'],
  ['login_session', 'it signs in with aws login'],
  ['credential_process', 'it gets its credentials from a program'],
  ...TOKENS.map(key => [key, 'it holds a session'] as const),
]

export const summary = 'a profile of the shared credentials file'

export const open: OpenStore = (name, store, { profiles, user, host }) => {
  if (name === '' || name === 'DEFAULT' || /[\r\n]/.test(name)) throw new StoreFailure(store, 'no profile can have that name')
  const section = profiles.merged.get(name)
  const [key, why] = ELSEWHERE.find(([key]) => section?.has(key)) ?? []
  if (key !== undefined) throw new StoreFailure(store, `${why} (${key})`)
  return fileStore(
    { name: store, kind: `profile ${name}`, path: profiles.credentialsFile.path, format: credentialsFormat(name) },
    user,
    host,
  )
}

/** The format of the shared credentials file, for one profile. */
export function credentialsFormat(name: string): TextFormat {
  return {
    read: text => pairOf(sectionsOf(text).get(name)),
    write(text, key) {
      const section = sectionsOf(text).get(name)
      if (TOKENS.some(token => section?.has(token))) throw new UnsupportedContent('it holds a session')
      const values = { [ID]: key.AccessKeyId, [SECRET]: key.SecretAccessKey }
      return checkedEdit(text, edit(text, name, values) ?? append(text, name, values), name, key)
    },
    remove: text => checkedEdit(text, edit(text, name, { [ID]: undefined, [SECRET]: undefined }) ?? text, name, undefined),
    entries: text => [...sectionsOf(text).keys()].flatMap(title => (title === name ? [] : `the profile ${title}`)),
  }
}

function pairOf(section: Section | undefined): KeyPair | undefined {
  const [AccessKeyId, SecretAccessKey] = [section?.get(ID), section?.get(SECRET)]
  return typeof AccessKeyId === 'string' && typeof SecretAccessKey === 'string' ? bothOf(AccessKeyId, SecretAccessKey) : undefined
}

function sectionsOf(text: string): ReadonlyMap<string, Section> {
  try {
    return parseIni(new TextEncoder().encode(text))
  } catch (error) {
    throw error instanceof NotIni ? new UnsupportedContent('it cannot be parsed') : error
  }
}

/** The edited text, if everything else in it has the same meaning as before. */
function checkedEdit(before: string, after: string, name: string, pair: KeyPair | undefined): string {
  const rest = (sections: ReadonlyMap<string, Section>) => {
    const others = [...sections].map(([title, section]) => [title, title === name ? without(section) : [...section]] as const)
    return JSON.stringify(
      others.filter(([title, keys]) => title !== name || keys.length > 0),
      (_, value) => (value instanceof Map ? [...value] : value),
    )
  }
  const sections = sectionsOf(after)
  const held = pairOf(sections.get(name))
  const same = held?.AccessKeyId === pair?.AccessKeyId && held?.SecretAccessKey === pair?.SecretAccessKey
  if (!same || rest(sectionsOf(before)) !== rest(sections)) throw new UnsupportedContent('its layout cannot be edited without harm')
  return after
}

const without = (section: Section) => [...section].filter(([key]) => key !== ID && key !== SECRET)

// ---- lines --------------------------------------------------------------------------------------------------------------------------

type ProfileValues = Readonly<Record<string, string | undefined>>

/** A key, from line `from` to before line `to`. */
interface ProfileEntry {
  readonly key: string
  readonly from: number
  to: number
}

const LINES = /[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g
const endingOf = (line: string | undefined) => /(?:\r\n|\r|\n)$/.exec(line?.slice(-2) ?? '')?.[0]

/** The text with these values; undefined ones are removed. Undefined if there is no such section. */
function edit(text: string, name: string, values: ProfileValues): string | undefined {
  const lines: string[] = text.match(LINES) ?? []
  const found = locate(lines, name)
  if (found === undefined) return undefined
  const { header, entries } = found
  const ending = endingOf(lines[header]) ?? '\n'
  // A new key goes before the first one, with its indentation: deeper lines below another key would continue that key's value.
  const depth = /^[ \t]*/.exec(lines[entries[0]?.from ?? -1] ?? '')?.[0] ?? ''
  const added: string[] = []
  for (const [key, value] of Object.entries(values)) {
    const entry = entries.findLast(entry => entry.key === key)
    if (entry !== undefined) {
      const [line = ''] = lines.slice(entry.from)
      const [start] = /^[^=:]*[=:][ \t]*/.exec(line) ?? [`${key} = `]
      for (let at = entry.from; at < entry.to; at++) if (!isComment(lines[at] ?? '')) lines[at] = ''
      if (value !== undefined) lines[entry.from] = start + value + (endingOf(line) ?? '')
    } else if (value !== undefined) added.push(`${depth}${key} = ${value}${ending}`)
  }
  const emptied = entries.every(entry => entry.key in values && values[entry.key] === undefined)
  lines[header] = emptied && added.length === 0 ? '' : ended(lines[header] ?? '', added.length > 0 ? ending : '') + added.join('')
  return lines.join('')
}

function append(text: string, name: string, values: ProfileValues): string {
  const ending = endingOf(text.match(LINES)?.[0]) ?? '\n'
  const keys = Object.entries(values).map(([key, value]) => `${key} = ${value}${ending}`)
  const gap = text.trim() === '' || /(\r\n|\r|\n)\1$/.test(text) ? '' : ending
  return `${ended(text, text === '' ? '' : ending)}${gap}[${name}]${ending}${keys.join('')}`
}

const isComment = (line: string) => /^\s*[#;]/.test(line)
const ended = (text: string, ending: string) => (endingOf(text) === undefined ? text + ending : text)

/** The lines of a section and its keys, by the rules of config/ini.ts. */
function locate(
  lines: readonly string[],
  name: string,
): { readonly header: number; readonly entries: readonly ProfileEntry[] } | undefined {
  const entries: ProfileEntry[] = []
  let header: number | undefined
  let entry: ProfileEntry | undefined
  let indent = 0
  for (const [index, line] of lines.entries()) {
    const content = line.trim()
    const column = line.search(/\S/)
    if (content === '' || isComment(line)) continue
    if (entry !== undefined && column > indent) {
      entry.to = index + 1
      continue
    }
    indent = column
    const [, title] = /^\[(.+)\]/.exec(content) ?? []
    if (title !== undefined) {
      if (header !== undefined) break
      if (title === name) header = index
      entry = undefined
      continue
    }
    entry = { key: (content.split(/[=:]/, 1)[0] ?? '').trimEnd().toLowerCase(), from: index, to: index + 1 }
    if (header !== undefined) entries.push(entry)
  }
  return header === undefined ? undefined : { header, entries }
}
