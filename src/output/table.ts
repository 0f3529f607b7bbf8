/**
 * `--output table`: which sections, headers and rows a value becomes, as awscli/formatter.py (2.36.7) builds them. Drawing them is
 * `table-drawing.ts`. Pure.
 */

import { Failure } from '../core/errors.ts'
import { byCodePoint } from '../python/order.ts'
import { str, typeName } from '../python/repr.ts'
import { type Dict, isDict, isList, isScalar, type Value } from '../python/value.ts'
import type { Color } from './color.ts'
import { addHeaders, addRow, draw, openSection, type Sheet } from './table-drawing.ts'

interface TableView {
  readonly title: string
  readonly color: Color
  /** Columns of the terminal; 80 where there is none. A table wider than that is turned on its side where it can be. */
  readonly columns: number | undefined
}

/** Nothing for what Python calls false; a scalar shows its title alone. Throws a Failure where lists do not line up. */
export function table(value: Value, { title, color, columns }: TableView): string {
  const sheet: Sheet = []
  addTable(sheet, value, title, 0)
  return sheet.length > 0 ? draw(sheet, color, columns ?? 80) : ''
}

/** `level` counts the frames around it. Without a title the rows go on in the section before. */
function addTable(sheet: Sheet, value: Value, title: string | undefined, level: number): void {
  if (isFalsy(value)) return
  if (title !== undefined) openSection(sheet, title, level)
  if (isDict(value)) addDict(sheet, value, level)
  else if (isList(value) && isDict(value[0])) addDicts(sheet, value, title, level)
  else if (isList(value)) addList(sheet, value)
}

const isFalsy = (value: Value): boolean =>
  isDict(value) ? value.size === 0 : isList(value) ? value.length === 0 : !value && !Number.isNaN(value)

/** A single scalar is a row of name and value; several are a row under their names. */
function addDict(sheet: Sheet, dict: Dict, level: number): void {
  const { scalar, nested } = sortKeys([dict])
  const [only, ...others] = scalar
  if (only !== undefined && others.length === 0) {
    addRow(sheet, [only, cell(dict, only)])
  } else if (only !== undefined) {
    addHeaders(sheet, scalar)
    addRow(
      sheet,
      scalar.map(key => cell(dict, key)),
    )
  }
  for (const key of nested) addTable(sheet, dict.get(key) ?? null, key, level + 1)
}

/** A row for each item. */
function addList(sheet: Sheet, list: readonly Value[]): void {
  for (const item of list) {
    if (isDict(item)) addRow(sheet, [...item.keys()])
    else if (!isList(item)) addRow(sheet, [str(item)])
    else if (item.every(isScalar)) addRow(sheet, item.map(str))
    else addTable(sheet, item, undefined, 0)
  }
}

/** One header for all; a section for each where dicts or lists inside must follow their row. */
function addDicts(sheet: Sheet, list: readonly Value[], title: string | undefined, level: number): void {
  const dicts = list.map(asDict)
  const { scalar, nested } = sortKeys(dicts)
  addHeaders(sheet, scalar)
  for (const [index, dict] of dicts.entries()) {
    if (index > 0 && nested.length > 0) {
      openSection(sheet, title, level)
      addHeaders(sheet, scalar)
    }
    addRow(
      sheet,
      scalar.map(key => cell(dict, key)),
    )
    for (const key of nested) addTable(sheet, dict.get(key) ?? null, key, level + 1)
  }
}

/** Python looks its keys up in whatever stands among dicts, and complains in the words of that type. */
function asDict(value: Value): Dict {
  if (isDict(value)) return value
  if (isList(value)) throw new Failure(`list indices must be integers or slices, not ${typeName(value[0] ?? null)}`)
  throw new Failure(
    typeof value === 'string' ? "string indices must be integers, not 'str'" : `'${typeName(value)}' object is not iterable`,
  )
}

/** The keys of all dicts, sorted: those under which some dict has a scalar, and those under which some dict has a list or dict. */
function sortKeys(dicts: readonly Dict[]): { readonly scalar: readonly string[]; readonly nested: readonly string[] } {
  const entries = dicts.flatMap(dict => [...dict])
  const keysOf = (chosen: typeof entries) => [...new Set(chosen.map(([key]) => key))].sort(byCodePoint)
  return { scalar: keysOf(entries.filter(([, value]) => isScalar(value))), nested: keysOf(entries.filter(([, value]) => !isScalar(value))) }
}

function cell(dict: Dict, key: string): string {
  const value = dict.get(key)
  return value === undefined ? '' : str(value)
}
