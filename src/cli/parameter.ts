/** A parameter before it is checked: the possible values of an option, a file or a document. */

import { reprBytes } from '../python/bytes.ts'
import { str, typeName } from '../python/repr.ts'
import type { Value } from '../python/value.ts'

/** A value of a YAML document that JSON does not have. No member accepts one; error messages show it. */
export class PythonObject {
  /** The name of its type. */
  readonly type: string
  /** Python's `str()` of it. */
  readonly text: string
  /** Its members, if it is a mapping of texts. */
  readonly members: ReadonlyMap<string, Parameter> | undefined
  /** Python's `repr()` of it. */
  readonly repr: string
  constructor(type: string, text: string, members?: ReadonlyMap<string, Parameter>, repr = text) {
    this.type = type
    this.text = text
    this.members = members
    this.repr = repr
  }
}

export type Parameter = Value | Uint8Array | PythonObject

export type Parameters = ReadonlyMap<string, Parameter>

/** `type(value)` in Python: `<class 'int'>`. */
export function typeOf(value: Parameter): string {
  const name = value instanceof Uint8Array ? 'bytes' : value instanceof PythonObject ? value.type : typeName(value)
  return `<class '${name}'>`
}

/** `str(value)` in Python. */
export function show(value: Parameter): string {
  if (value instanceof Uint8Array) return reprBytes(value)
  return value instanceof PythonObject ? value.text : str(value)
}
