/**
 * `--output table`: arranges a value into sections, headers and rows, as awscli/formatter.py (2.36.7) does. `table-drawing.ts` draws them.
 * Pure.
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
  /** The terminal's width; 80 without a terminal. */
  readonly columns: number | undefined
  /** Breaks cells that are too long. */
  readonly wrap?: ((sheet: Sheet, columns: number) => Sheet) | undefined
}

/** Empty for a value that is false in Python; a scalar prints its title alone. Throws a Failure for lists of unequal length. */
export function table(value: Value, view: TableView): string {
  const sheet: Sheet = []
  addTable(sheet, value, view.title, 0)
  return [...drawn(sheet, view)].join('')
}

/**
 * The table of a long list and of where it continues, some lines at a time.
 *
 * @param items are asked for more than once
 * @param name the list's title
 */
export function* tableOfList(items: Iterable<Value>, name: string, nextToken: string | undefined, view: TableView): Generator<string> {
  const sheet: Sheet = []
  openSection(sheet, view.title, 0)
  if (nextToken !== undefined) addRow(sheet, ['NextToken', nextToken])
  addItems(sheet, items, name, 1)
  yield* drawn(sheet, view)
}

const drawn = (sheet: Sheet, { color, columns = 80, wrap }: TableView): Iterable<string> =>
  sheet.length > 0 ? draw(sheet, color, columns, wrap) : []

/** `level` is the number of frames around the table. Without a title, the rows are added to the current section. */
function addTable(sheet: Sheet, value: Value, title: string | undefined, level: number): void {
  if (isList(value)) addItems(sheet, value, title, level)
  else if (!isFalsy(value)) {
    if (title !== undefined) openSection(sheet, title, level)
    if (isDict(value)) addDict(sheet, value, level)
  }
}

function addItems(sheet: Sheet, items: Iterable<Value>, title: string | undefined, level: number): void {
  const [first] = items
  if (first === undefined) return
  if (title !== undefined) openSection(sheet, title, level)
  if (isDict(first)) addDicts(sheet, items, title, level)
  else addList(sheet, items)
}

const isFalsy = (value: Value): boolean => (isDict(value) ? value.size === 0 : !value && !Number.isNaN(value))

/** A single scalar becomes a row of name and value; several become a row under a header of their names. */
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

function addList(sheet: Sheet, list: Iterable<Value>): void {
  for (const item of list) {
    if (isDict(item)) addRow(sheet, [...item.keys()])
    else if (!isList(item)) addRow(sheet, [str(item)])
    else if (item.every(isScalar)) addRow(sheet, item.map(str))
    else addTable(sheet, item, undefined, 0)
  }
}

/** One header for all items; one section for each item if an item contains dicts or lists. */
function addDicts(sheet: Sheet, list: Iterable<Value>, title: string | undefined, level: number): void {
  const { scalar, nested } = sortKeys(list)
  addHeaders(sheet, scalar)
  let isFirst = true
  for (const item of list) {
    const dict = asDict(item)
    if (!isFirst && nested.length > 0) {
      openSection(sheet, title, level)
      addHeaders(sheet, scalar)
    }
    isFirst = false
    addRow(
      sheet,
      scalar.map(key => cell(dict, key)),
    )
    for (const key of nested) addTable(sheet, dict.get(key) ?? null, key, level + 1)
  }
}

/** An item of a list of dicts that is not a dict fails with Python's message for its type. */
function asDict(value: Value): Dict {
  if (isDict(value)) return value
  if (isList(value)) throw new Failure(`list indices must be integers or slices, not ${typeName(value[0] ?? null)}`)
  throw new Failure(
    typeof value === 'string' ? "string indices must be integers, not 'str'" : `'${typeName(value)}' object is not iterable`,
  )
}

/** The sorted keys of all dicts: those with a scalar in some dict, and those with a list or dict in some dict. */
function sortKeys(list: Iterable<Value>): { readonly scalar: readonly string[]; readonly nested: readonly string[] } {
  const [scalar, nested] = [new Set<string>(), new Set<string>()]
  for (const item of list) for (const [key, value] of asDict(item)) (isScalar(value) ? scalar : nested).add(key)
  return { scalar: [...scalar].sort(byCodePoint), nested: [...nested].sort(byCodePoint) }
}

function cell(dict: Dict, key: string): string {
  const value = dict.get(key)
  return value === undefined ? '' : str(value)
}
