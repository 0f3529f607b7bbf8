/** Errors in a query, with the messages of jmespath.py 1.0.1. */

import { ValueError } from '../python/exceptions.ts'
import { str } from '../python/repr.ts'
import type { Value } from '../python/value.ts'

/** A query that cannot be parsed, or that fails on the value it is evaluated on. */
export class JmespathError extends ValueError {
  override readonly name = 'JmespathError'
}

/** @param at offset into `text` in UTF-16 units, as everywhere in this folder; the message counts code points */
export function lexicalError(reason: string, text: string, at: number): JmespathError {
  return new JmespathError(`Bad jmespath expression: ${reason}:\n${text}\n${caret(columnOf(text, at))}`)
}

/** The part of a token that a message shows. */
interface SourcePosition {
  readonly type: string
  readonly value: Value
  /** Offset in UTF-16 units. */
  readonly start: number
}

export function syntaxError(reason: string, text: string, { type, value, start }: SourcePosition): JmespathError {
  const column = columnOf(text, start)
  return new JmespathError(
    `${reason}: Parse error at column ${column}, token "${str(value)}" (${type.toUpperCase()}), for expression:\n"${text}"\n${caret(column + 1)}`,
  )
}

export function incompleteError(text: string): JmespathError {
  return new JmespathError(`Invalid jmespath expression: Incomplete expression:\n"${text}"\n${caret(columnOf(text, text.length) + 1)}`)
}

const columnOf = (text: string, at: number): number => Array.from(text.slice(0, at)).length
const caret = (column: number): string => `${' '.repeat(column)}^`
