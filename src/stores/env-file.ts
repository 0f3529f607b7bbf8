/**
 * `env-file:PATH`: two variables in a dotenv file, in a form that dotenv libraries and `sh` read alike. The file may use syntax of dotenv
 * (`KEY = value`, backticks); everything around the values is kept.
 */

import { fileStore, lineEndIn, pairOf, pathIn, type TextFormat, UnsupportedContent } from './file.ts'
import type { OpenStore } from './open.ts'

export const summary = 'a dotenv file'

export const open: OpenStore = (path, name, { user, host }) =>
  fileStore({ name, kind: 'env-file', path: pathIn(path, name, host), format: dotenvFormat }, user, host)

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
  remove(text) {
    const pieces: string[] = []
    let from = 0
    for (const { name, start, end } of assignments(text)) {
      if (name !== ID && name !== SECRET) continue
      pieces.push(text.slice(from, start))
      from = end
    }
    return [...pieces, text.slice(from)].join('')
  },
  entries: text => assignments(text).flatMap(({ name }) => (name === ID || name === SECRET ? [] : name)),
}

/** One `NAME=value`, by offsets into the text. */
interface Assignment {
  readonly name: string
  readonly value: string
  readonly start: number
  /** After its line end. */
  readonly end: number
  readonly valueStart: number
  readonly valueEnd: number
}

const NAME = /[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*/y
// They may span lines: a line inside one is not an assignment.
const QUOTED = /'[^']*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|`[^`]*`/y
/** The end of an unquoted value, except for trailing blanks. */
const BARE_END = /(?<=[ \t=])#|[\r\n]|$/g
const LINE = /[^\r\n]*/y
const LINE_END = /\r\n|\r|\n|$/y

function assignments(text: string): readonly Assignment[] {
  const found: Assignment[] = []
  for (let start = 0; start < text.length; ) {
    const [before = '', name] = matchAt(NAME, text, start) ?? []
    const valueStart = start + before.length
    const valueEnd = name === undefined ? valueStart : endOfValue(text, valueStart)
    const lineEnd = valueEnd + (matchAt(LINE, text, valueEnd)?.[0].length ?? 0)
    const end = lineEnd + (matchAt(LINE_END, text, lineEnd)?.[0].length ?? 0)
    if (name !== undefined) found.push({ name, value: unquoted(text.slice(valueStart, valueEnd)), start, end, valueStart, valueEnd })
    start = end
  }
  return found
}

function endOfValue(text: string, start: number): number {
  const quoted = matchAt(QUOTED, text, start)
  if (quoted) return start + quoted[0].length
  let end = matchAt(BARE_END, text, start)?.index ?? text.length
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return end
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const unquoted = (value: string) => {
  if (value.startsWith('"')) return value.slice(1, -1).replace(/\\(["\\$`])/g, '$1')
  return /^['`]/.test(value) ? value.slice(1, -1) : value
}

/** Of several assignments the last counts, for all readers. */
const last = (found: readonly Assignment[], name: string) => found.findLast(each => each.name === name)

function put(text: string, name: string, value: string): string {
  const written = quoted(value)
  const found = last(assignments(text), name)
  if (found !== undefined) return text.slice(0, found.valueStart) + written + text.slice(found.valueEnd)
  const ending = lineEndIn(text)
  return `${text}${text === '' || /[\r\n]$/.test(text) ? '' : ending}${name}=${written}${ending}`
}

/** Unquoted if that is safe for all readers; otherwise in single quotes, inside which only the quote itself is special. */
function quoted(value: string): string {
  if (/^[\w/+=.,:@%-]+$/.test(value)) return value
  if (/^[^'\r\n\0]*$/.test(value)) return `'${value}'`
  throw new UnsupportedContent('the key has characters that dotenv and sh do not read alike')
}
