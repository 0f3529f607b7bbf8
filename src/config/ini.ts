/**
 * The INI dialect of the AWS files: what Python 3.11's `RawConfigParser` accepts, with the nested blocks of botocore/configloader.py
 * (2.36.7) on top. Bytes in, sections out; which file it was and what a section means is profiles.ts.
 *
 * Strict where other readers are lenient, since a typo that is read "somehow" signs with another identity: a repeated section or key,
 * a line without `=` or `:`, a key before the first section, a byte order mark and bad UTF-8 are errors. A `#` or `;` begins a comment
 * only at the start of a line: inside a value it is part of it (secrets contain them).
 */

import { decode } from '../python/codec.ts'
import { lstrip, rstrip, SPACE, splitlines, strip } from '../python/str.ts'

/** A key's value: text, or the block indented below a key that has nothing after its `=`. */
export type Setting = string | ReadonlyMap<string, string>
/** Keys are in lower case; inside a block they are as written. */
export type Section = ReadonlyMap<string, Setting>

/** Bytes that are not an AWS configuration file. The message says where and why, and holds no value. */
export class NotIni extends Error {
  override readonly name = 'NotIni'
}

/** The section every other one inherits from; never a section itself. */
const SHARED = 'DEFAULT'

// Whatever follows the last bracket is ignored.
const HEADER = /^\[(.+)\]/s
const VISIBLE = new RegExp(`[^${SPACE}]`)

/** The sections in the order in which the file has them. Throws NotIni. */
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
