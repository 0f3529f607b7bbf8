/**
 * Parses the INI dialect of the AWS files: that of Python 3.11's `RawConfigParser`, and nested blocks (botocore/configloader.py, 2.36.7).
 * Bytes in, sections out; profiles.ts gives them a meaning.
 *
 * Strict where other parsers are lenient, because a misread typo signs with another identity: a repeated section or key, a line without
 * `=` or `:`, a key before the first section, a byte order mark and invalid UTF-8 are errors. `#` and `;` begin a comment only at the
 * start of a line: secrets may contain them.
 */

import { decode } from '../python/codec.ts'
import { lstrip, rstrip, SPACE, splitlines, strip } from '../python/str.ts'

/** A key's value: text, or the indented block below a key with an empty value. */
export type Setting = string | ReadonlyMap<string, string>
/** Keys are in lower case, except inside a block. */
export type Section = ReadonlyMap<string, Setting>

/** The bytes are not an AWS configuration file. The message says where and why, and contains no value. */
export class NotIni extends Error {
  override readonly name = 'NotIni'
}

/** The section from which all others inherit; it is not a section itself. */
const SHARED = 'DEFAULT'

// Text after the last bracket is ignored.
const HEADER = /^\[(.+)\]/s
const VISIBLE = new RegExp(`[^${SPACE}]`)

/** The sections in the order of the file. Throws NotIni. */
export function parseIni(bytes: Uint8Array): ReadonlyMap<string, Section> {
  const sections = readLines(textOf(bytes))
  const shared = sections.get(SHARED) ?? new Map<string, string[]>()
  sections.delete(SHARED)
  return new Map(
    Array.from(sections, ([name, own]) => {
      const keys = new Set([...own.keys(), ...shared.keys()])
      return [name, new Map(Array.from(keys, key => [key, setting(name, key, own.get(key) ?? shared.get(key) ?? [])]))]
    }),
  )
}

function textOf(bytes: Uint8Array): string {
  try {
    return decode(bytes, 'utf-8')
  } catch {
    throw new NotIni('not UTF-8')
  }
}

type Lines = Map<string, string[]>

/** Section → key → the lines of its value. */
function readLines(text: string): Map<string, Lines> {
  const sections = new Map<string, Lines>()
  let name = ''
  let section: Lines | undefined
  let value: string[] | undefined
  let indent = 0

  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const refuse = (why: string) => new NotIni(`line ${index + 1}: ${why}`)
    const content = strip(line)
    const column = line.search(VISIBLE)
    if (content.startsWith('#') || content.startsWith(';')) continue
    if (content === '' || (value !== undefined && column > indent)) {
      value?.push(content)
      continue
    }
    indent = column

    const [, title] = HEADER.exec(content) ?? []
    if (title !== undefined) {
      if (title !== SHARED && sections.has(title)) throw refuse(`section [${title}] is there twice`)
      name = title
      section = sections.get(title) ?? new Map()
      sections.set(title, section)
      value = undefined
      continue
    }
    if (section === undefined) throw refuse('a key before the first section')
    const sign = content.search(/[=:]/)
    if (sign < 0) throw refuse('neither [section] nor key = value')
    const key = rstrip(content.slice(0, sign)).toLowerCase()
    if (key === '') throw refuse('no key before the sign')
    if (section.has(key)) throw refuse(`key "${key}" is there twice in [${name}]`)
    value = [lstrip(content.slice(sign + 1))]
    section.set(key, value)
  }
  return sections
}

function setting(section: string, key: string, lines: readonly string[]): Setting {
  const text = rstrip(lines.join('\n'))
  if (!text.startsWith('\n')) return text
  const block = splitlines(text).map(strip).filter(Boolean)
  return new Map(
    block.map(line => {
      const sign = line.indexOf('=')
      if (sign < 0) throw new NotIni(`section [${section}], key "${key}": a line of the block below it has no =`)
      return [strip(line.slice(0, sign)), strip(line.slice(sign + 1))]
    }),
  )
}
