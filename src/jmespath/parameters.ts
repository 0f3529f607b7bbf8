/** Checks the arguments of functions, with the error messages of jmespath.py 1.0.1. */

import { repr, str } from '../python/repr.ts'
import { JmespathError } from './errors.ts'
import {
  type Expression,
  type Item,
  isExpression,
  isList,
  isMembers,
  isNumeric,
  isString,
  jmespathType,
  type List,
  type Members,
  type Numeric,
  plain,
  pythonType,
} from './items.ts'

/** Parameter types, and the type of an argument that passes the check. */
interface Types {
  string: string
  number: Numeric
  array: List
  object: Members
  expref: Expression
  'array-number': readonly Numeric[]
  'array-string': readonly string[]
}
type TypeName = keyof Types

const ELEMENTS: { readonly [Name in TypeName]?: (item: Item) => boolean } = { 'array-number': isNumeric, 'array-string': isString }

const isListOf =
  <E extends Item>(isElement: (item: Item) => item is E) =>
  (item: Item): item is readonly E[] =>
    isList(item) && item.every(isElement)

const GUARDS: { readonly [Name in TypeName]: (item: Item) => item is Types[Name] } = {
  string: isString,
  number: isNumeric,
  array: isList,
  object: isMembers,
  expref: isExpression,
  'array-number': isListOf(isNumeric),
  'array-string': isListOf(isString),
}

/** Checks an argument of the function `name`. @throws JmespathError */
export type ArgumentCheck<T> = (name: string, item: Item) => T

/** Accepts one of `types`; the message lists them in this order. */
export function parameter<Name extends TypeName>(...types: readonly Name[]): ArgumentCheck<Types[Name]> {
  const fits = (item: Item): item is Types[Name] => types.some(type => GUARDS[type](item))
  return (name, item) => {
    if (fits(item)) return item
    throw mismatch(name, item, types)
  }
}

/** Names the first element unlike the first one. Its type is given in Python's terms, a slip of jmespath.py. */
function mismatch(name: string, item: Item, types: readonly TypeName[]): JmespathError {
  const elements = types.map(type => ELEMENTS[type]).filter(isElement => isElement !== undefined)
  if (!isList(item) || elements.length === 0) return typeError(name, item, jmespathType(item), types)
  const [first = null] = item
  const isLikeFirst = elements.find(isElement => isElement(first)) ?? (() => false)
  const culprit = item.find(element => !isLikeFirst(element)) ?? null
  return typeError(name, culprit, pythonType(culprit), types)
}

/** @param received the item's type, as the message calls it */
export function typeError(name: string, item: Item, received: string, types: readonly string[]): JmespathError {
  return new JmespathError(
    `In function ${name}(), invalid type for value: ${str(plain(item))}, expected one of: ${repr(types)}, received: "${received}"`,
  )
}
