/** `json.loads` of Python's `json` module (3.11), with its error messages. */

import { RecursionError, ValueError } from './exceptions.ts'
import { int } from './int.ts'
import type { Value } from './value.ts'

/** A text that is not JSON. The message is Python's, with line, column and offset in code points. */
export class JSONDecodeError extends ValueError {
  override readonly name = 'JSONDecodeError'
  /** The message without the position. */
  readonly reason: string
  /** @param at offset into `text` in UTF-16 units */
  constructor(reason: string, text: string, at: number) {
    const before = Array.from(text.slice(0, at))
    const line = before.filter(character => character === '\n').length + 1
    const column = before.length - before.lastIndexOf('\n')
    super(`${reason}: line ${line} column ${column} (char ${before.length})`)
    this.reason = reason
  }
}

const WORDS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])
const WORD = /null|true|false|NaN|-?Infinity/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y
const SPACE = /[ \t\n\r]*/y
/** No quote, no backslash, no control character. */
const PLAIN = /[ !#-[\]-\uffff]*/y
const UNICODE_ESCAPE = /u([0-9a-fA-F]{4})/y

const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }),
)

/** The deepest nesting, about that of CPython's stack. */
const MAX_DEPTH = 990

/**
 * `json.loads` of a str: NaN and infinities are values, integers are exact, the last of equal keys counts, lone surrogates may be escaped.
 *
 * @throws JSONDecodeError for a text that is not JSON
 * @throws ValueError for an integer of more than 4300 digits
 * @throws RecursionError for a text nested too deep
 */
export function loads(text: string): Value {
  let at = 0
  let depth = 0

  const fail = (reason: string, where = at): never => {
    throw new JSONDecodeError(reason, text, where)
  }
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at = pattern.lastIndex
    return found
  }
  /** Skips white space, then `character` if it is next. */
  const take = (character: string): boolean => {
    match(SPACE)
    if (text[at] !== character) return false
    at++
    return true
  }

  function value(): Value {
    match(SPACE)
    const start = text[at]
    if (start === '"') return string()
    if (start === '{') return nested('object', object)
    if (start === '[') return nested('array', array)
    const word = match(WORD)
    if (word) return WORDS.get(word[0]) ?? null
    const number = match(NUMBER)
    if (!number) return fail('Expecting value')
    const [digits, fraction, exponent] = number
    return fraction === undefined && exponent === undefined ? int(digits) : Number(digits)
  }

  function nested(kind: string, read: () => Value): Value {
    if (++depth > MAX_DEPTH)
      throw new RecursionError(`maximum recursion depth exceeded while decoding a JSON ${kind} from a unicode string`)
    at++
    const result = read()
    depth--
    return result
  }

  function array(): Value {
    const items: Value[] = []
    if (take(']')) return items
    do items.push(value())
    while (take(','))
    return take(']') ? items : fail("Expecting ',' delimiter")
  }

  function object(): Value {
    const members = new Map<string, Value>()
    if (take('}')) return members
    do {
      match(SPACE)
      if (text[at] !== '"') fail('Expecting property name enclosed in double quotes')
      const key = string()
      if (!take(':')) fail("Expecting ':' delimiter")
      members.set(key, value())
    } while (take(','))
    return take('}') ? members : fail("Expecting ',' delimiter")
  }

  function string(): string {
    const start = at++
    let result = ''
    for (;;) {
      result += match(PLAIN)?.[0] ?? ''
      switch (text[at++]) {
        case '"':
          return result
        case '\\':
          result += escaped(start)
          break
        case undefined:
          return fail('Unterminated string starting at', start)
        default:
          return fail('Invalid control character at', at - 1)
      }
    }
  }

  /** The character that an escape sequence stands for, in the string that starts at `start`. */
  function escaped(start: number): string {
    const place = at
    const hex = match(UNICODE_ESCAPE)?.[1]
    // CPython checks the digits only if something follows them.
    if (hex !== undefined && at < text.length) return String.fromCharCode(Number.parseInt(hex, 16))
    const letter = text[place]
    if (letter === undefined) return fail('Unterminated string starting at', start)
    if (letter === 'u') return fail('Invalid \\uXXXX escape', place)
    at++
    return ESCAPES.get(letter) ?? fail('Invalid \\escape', place - 1)
  }

  if (text.startsWith('\ufeff')) fail('Unexpected UTF-8 BOM (decode using utf-8-sig)')
  const result = value()
  match(SPACE)
  return at === text.length ? result : fail('Extra data')
}
