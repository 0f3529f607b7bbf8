/** The values of a query, with Python's rules for truth, equality, order and type names. */

import { byCodePoint } from '../python/order.ts'
import { typeName } from '../python/repr.ts'
import type { Value } from '../python/value.ts'
import type { Comparator } from './ast.ts'
import { JmespathError } from './errors.ts'

/** Plain data, which may contain expressions (`&a`). */
export type Item = null | boolean | bigint | number | string | List | Members | Expression
export type List = readonly Item[]
export type Members = ReadonlyMap<string, Item>
/** `&a` as a function of an item. */
export type Expression = (item: Item) => Item
export type Numeric = bigint | number

export const isList = (item: Item): item is List => Array.isArray(item)
export const isMembers = (item: Item): item is Members => item instanceof Map
export const isExpression = (item: Item): item is Expression => typeof item === 'function'
export const isNumeric = (item: Item): item is Numeric => typeof item === 'bigint' || typeof item === 'number'
export const isString = (item: Item): item is string => typeof item === 'string'

/** Whether the item contains no expression. */
export const isPlain = (item: Item): item is Value =>
  isList(item) ? item.every(isPlain) : isMembers(item) ? Array.from(item.values()).every(isPlain) : !isExpression(item)

/** The item with a text in place of each expression: Python's `str` of it, without the address in memory. */
export function plain(item: Item): Value {
  if (isExpression(item)) return '<jmespath.visitor._Expression object>'
  if (isList(item)) return item.map(plain)
  return isMembers(item) ? new Map(Array.from(item, ([name, member]) => [name, plain(member)])) : item
}

/** `type(item).__name__` */
export const pythonType = (item: Item): string => (isExpression(item) ? '_Expression' : typeName(item))

const JMESPATH_TYPES: Readonly<Record<string, string>> = {
  bool: 'boolean',
  list: 'array',
  dict: 'object',
  NoneType: 'null',
  str: 'string',
  float: 'number',
  int: 'number',
  _Expression: 'expref',
}
/** The name of the item's type in JMESPath. */
export const jmespathType = (item: Item): string => JMESPATH_TYPES[pythonType(item)] ?? 'unknown'

/** Null, false and empty values are false; 0 is true. */
export function isTrue(item: Item): boolean {
  if (isList(item)) return item.length > 0
  return isMembers(item) ? item.size > 0 : item !== null && item !== false && item !== ''
}

/** Python's `==`, where `True == 1`: for `contains` and for members of lists and objects. */
function isEqual(a: Item, b: Item): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index] ?? null))
  if (isMembers(a)) {
    return isMembers(b) && a.size === b.size && Array.from(a).every(([name, member]) => b.has(name) && isSame(member, b.get(name) ?? null))
  }
  const left = asNumber(a)
  const right = asNumber(b)
  return isNumeric(left) && isNumeric(right) ? left <= right && left >= right : a === b
}

/** Python's `is` or `==`: a list that contains NaN contains it. */
export const isSame = (a: Item, b: Item): boolean => Object.is(a, b) || isEqual(a, b)

const asNumber = (item: Item): Item => (typeof item === 'boolean' ? BigInt(item) : item)

const SIGNS = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const
type Order = keyof typeof SIGNS

/** Python's `<`, `<=`, `>` and `>=`. @throws JmespathError for a number and a string */
export function isOrdered(a: Numeric | string, order: Order, b: Numeric | string): boolean {
  if (isString(a) && isString(b)) return isOrdered(byCodePoint(a, b), order, 0)
  if (isString(a) || isString(b)) {
    throw new JmespathError(`'${SIGNS[order]}' not supported between instances of '${pythonType(a)}' and '${pythonType(b)}'`)
  }
  switch (order) {
    case 'lt':
      return a < b
    case 'lte':
      return a <= b
    case 'gt':
      return a > b
    case 'gte':
      return a >= b
  }
}

/** `a == b`, `a < b`… An order of anything but numbers and strings is null. @throws JmespathError for a number and a string */
export function compare(a: Item, comparator: Comparator, b: Item): boolean | null {
  if (comparator === 'eq') return equals(a, b)
  if (comparator === 'ne') return !equals(a, b)
  return isSortable(a) && isSortable(b) ? isOrdered(a, comparator, b) : null
}

const isSortable = (item: Item): item is Numeric | string => isNumeric(item) || isString(item)

/** Unlike in `isEqual`, a boolean never equals a number. */
const equals = (a: Item, b: Item): boolean => (typeof a === 'boolean') === (typeof b === 'boolean') && isEqual(a, b)
