/** `--output text`: one line per record, scalars separated by tabs, as awscli/text.py (2.36.7). Pure. */

import { Failure } from '../core/errors.ts'
import { byCodePoint } from '../python/order.ts'
import { str, typeName } from '../python/repr.ts'
import { type Dict, isDict, isList, isScalar, type Value } from '../python/value.ts'

/**
 * A dict's scalars form a line in the order of their keys, after the name of the member that holds the dict. Nested lists and dicts follow
 * on lines of their own. Throws a Failure for a list that mixes dicts and other values.
 */
export const text = (value: Value): string =>
  lines(value)
    .map(words => `${words.join('\t')}\n`)
    .join('')

type Line = readonly string[]

/** `name` begins the line; `columns` are the keys shared by all dicts of one list, so that their lines have the same columns. */
function lines(value: Value, name?: string, columns?: readonly string[]): Line[] {
  if (isDict(value)) return dictLines(value, name, columns)
  if (isList(value)) return listLines(value, name)
  return [[str(value)]]
}

function listLines(list: readonly Value[], name?: string): Line[] {
  if (list.some(isDict)) {
    const columns = scalarKeys(list)
    return list.flatMap(element => lines(element, name, columns))
  }
  const scalars = list.filter(isScalar)
  return [...scalarLines(scalars, name), ...list.filter(element => !isScalar(element)).flatMap(element => lines(element, name))]
}

/** With a name, one line per scalar; without one, all on one line. */
function scalarLines(scalars: readonly Value[], name?: string): Line[] {
  if (name !== undefined) return scalars.map(scalar => [name.toUpperCase(), str(scalar)])
  return scalars.length > 0 ? [scalars.map(str)] : []
}

function dictLines(dict: Dict, name?: string, columns?: readonly string[]): Line[] {
  const keys = [...dict.keys()].sort(byCodePoint)
  const shown = columns ?? keys.filter(key => isScalar(dict.get(key)))
  const words = shown.map(key => str(dict.get(key) ?? (dict.has(key) ? null : '')))
  const inLine = new Set(shown)
  const below = keys.filter(key => !inLine.has(key)).flatMap(key => lines(dict.get(key) ?? null, key))
  if (words.length === 0) return below
  return [name === undefined ? words : [name.toUpperCase(), ...words], ...below]
}

function scalarKeys(list: readonly Value[]): readonly string[] {
  const keys = new Set<string>()
  for (const element of list) {
    if (!isDict(element)) throw new Failure(`'${typeName(element)}' object has no attribute 'items'`)
    for (const [key, value] of element) if (isScalar(value)) keys.add(key)
  }
  return [...keys].sort(byCodePoint)
}
