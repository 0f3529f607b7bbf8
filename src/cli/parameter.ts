/** A parameter before it is checked: the possible values of an option, a file or a document. */

import { reprBytes } from '../python/bytes.ts'
import { str, typeName } from '../python/repr.ts'
import type { Value } from '../python/value.ts'

/** A date of a YAML document. No member accepts one; error messages show it. */
export class YamlDate {
  readonly type: 'datetime.date' | 'datetime.datetime'
  /** Python's `str()` of it. */
  readonly text: string
  constructor(type: YamlDate['type'], text: string) {
    this.type = type
    this.text = text
  }
}

export type Parameter = Value | Uint8Array | YamlDate

export type Parameters = ReadonlyMap<string, Parameter>

/** `type(value)` in Python: `<class 'int'>`. */
export function typeOf(value: Parameter): string {
  const name = value instanceof Uint8Array ? 'bytes' : value instanceof YamlDate ? value.type : typeName(value)
  return `<class '${name}'>`
}

/** `str(value)` in Python. */
export function show(value: Parameter): string {
  if (value instanceof Uint8Array) return reprBytes(value)
  return value instanceof YamlDate ? value.text : str(value)
}
