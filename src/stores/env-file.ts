/**
 * `env-file:PATH`: two variables in a dotenv file, written so that dotenv libraries and `sh` read them alike. The file may be one that
 * only dotenv understands (`KEY = value`, backticks); what stands around the values stays.
 */

import { fileStore, lineEndIn, pairOf, pathIn, type TextFormat, UnsupportedContent } from './file.ts'
import type { OpenStore } from './open.ts'

export const summary = 'a dotenv file'

export const open: OpenStore = (path, name, { user, host }) =>
  fileStore({ name, path: pathIn(path, name, host), format: dotenvFormat }, user, host)

const ID = 'AWS_ACCESS_KEY_ID'
const SECRET = 'AWS_SECRET_ACCESS_KEY'
const TOKEN = 'AWS_SESSION_TOKEN'

export const dotenvFormat: TextFormat = {
  read(text) {
    const found = assignments(text)
    return pairOf(last(found, ID)?.value, last(found, SECRET)?.value)
  },
  write(text, { AccessKeyId, SecretAccessKey }) {
    if (last(assignments(text), TOKEN)?.value) throw new UnsupportedContent(`it sets ${TOKEN}, which a new key does not go with`)
    return put(put(text, ID, AccessKeyId), SECRET, SecretAccessKey)
  },
  remove: text =>
    [ID, SECRET].reduce(
      (left, name) => assignments(left).reduceRight((rest, each) => (each.name === name ? cut(rest, each) : rest), left),
      text,
    ),
}

/** One `NAME=value`, by offsets into the text. */
interface Assignment {
  readonly name: string
  readonly value: string
  readonly start: number
  /** Behind its line end. */
  readonly end: number
  readonly valueStart: number
  readonly valueEnd: number
}

// Quoted values may span lines: a line inside one is no assignment.
const ASSIGNMENT =
  /([ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*)('[^']*'|"(?:\\[\s\S]|[^"\\])*"|`[^`]*`|(?:[^\r\n#]|(?<![ \t=])#)*?(?=[ \t]*(?:[\r\n]|$|(?<=[ \t=])#)))[^\r\n]*/y
const LINE = /[^\r\n]*/y
const LINE_END = /\r\n|\r|\n|$/y

function assignments(text: string): readonly Assignment[] {
  const found: Assignment[] = []
  for (let at = 0; at < text.length; ) {
    const [whole, before = '', name, value = ''] = matchAt(ASSIGNMENT, text, at) ?? []
    const end = whole === undefined ? at + (matchAt(LINE, text, at)?.[0].length ?? 0) : at + whole.length
    const next = end + (matchAt(LINE_END, text, end)?.[0].length ?? 0)
    const valueStart = at + before.length
    if (name !== undefined)
      found.push({ name, value: unquoted(value), start: at, end: next, valueStart, valueEnd: valueStart + value.length })
    at = next
  }
  return found
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const unquoted = (value: string) => {
  if (value.startsWith('"')) return value.slice(1, -1).replace(/\\(["\\$`])/g, '$1')
  return /^['`]/.test(value) ? value.slice(1, -1) : value
}

/** Of several the last counts, for all readers. */
const last = (found: readonly Assignment[], name: string) => found.findLast(each => each.name === name)

function put(text: string, name: string, value: string): string {
  const written = quoted(value)
  const found = last(assignments(text), name)
  if (found !== undefined) return text.slice(0, found.valueStart) + written + text.slice(found.valueEnd)
  const ending = lineEndIn(text)
  return `${text}${text === '' || /[\r\n]$/.test(text) ? '' : ending}${name}=${written}${ending}`
}

const cut = (text: string, { start, end }: Assignment) => text.slice(0, start) + text.slice(end)

/** Bare where that is safe for all; else in single quotes, inside which nothing means anything to any of them but the quote itself. */
function quoted(value: string): string {
  if (/^[\w/+=.,:@%-]+$/.test(value)) return value
  if (/^[^'\r\n\0]*$/.test(value)) return `'${value}'`
  throw new UnsupportedContent('the key has characters that dotenv and sh do not read alike')
}
