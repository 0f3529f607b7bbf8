/** `json.dumps` of Python's `json` module (3.11), byte for byte. */

import { byCodePoint } from './order.ts'
import { floatRepr } from './repr.ts'
import { type Dict, isList, type Value } from './value.ts'

interface DumpOptions {
  /** Spaces per level; without it, all on one line. */
  readonly indent?: number
  /** `\uXXXX` for characters outside ASCII, Python's default. */
  readonly ensureAscii?: boolean
  readonly sortKeys?: boolean
  /** No space after `,` and `:` (`separators=(',', ':')`). */
  readonly compact?: boolean
}

/** `json.dumps`: floats as Python prints them, including `NaN` and `Infinity`. */
export function dumps(value: Value, { indent, ensureAscii = true, sortKeys = false, compact = false }: DumpOptions = {}): string {
  const comma = compact || indent !== undefined ? ',' : ', '
  const colon = compact ? ':' : ': '
  const quote = ensureAscii ? quoteAscii : quoteUnicode

  const list = (items: readonly Value[], margin: string): string[] => items.map(item => dump(item, margin))
  const members = (dict: Dict, margin: string): string[] => {
    const entries = Array.from(dict)
    if (sortKeys) entries.sort(([a], [b]) => byCodePoint(a, b))
    return entries.map(([key, member]) => quote(key) + colon + dump(member, margin))
  }

  /** @param margin the line break and indentation before the value; empty on one line */
  function dump(value: Value, margin: string): string {
    if (typeof value === 'string') return quote(value)
    if (typeof value === 'number') return dumpFloat(value)
    if (value === null || typeof value !== 'object') return String(value)
    const inner = indent === undefined ? '' : margin + ' '.repeat(indent)
    const [open, items, close] = isList(value) ? ['[', list(value, inner), ']'] : ['{', members(value, inner), '}']
    return items.length === 0 ? open + close : open + inner + items.join(comma + inner) + margin + close
  }
  return dump(value, indent === undefined ? '' : '\n')
}

function dumpFloat(n: number): string {
  if (Number.isNaN(n)) return 'NaN'
  return Number.isFinite(n) ? floatRepr(n) : n > 0 ? 'Infinity' : '-Infinity'
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
}
const escapeUnit = (unit: string): string => SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

// Python escapes DEL only in ASCII mode. Otherwise it differs from JSON.stringify in leaving lone surrogates unescaped.
const quoteAscii = (text: string): string => `"${text.replace(/["\\]|[^ -~]/g, escapeUnit)}"`
const quoteUnicode = (text: string): string =>
  text.isWellFormed() ? JSON.stringify(text) : `"${text.replace(/[^ !#-[\]-\uffff]/g, escapeUnit)}"`
