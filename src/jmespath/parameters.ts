/** What a function asks of its arguments, and the sentences of jmespath.py 1.0.1 for those it cannot take. */

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

/** The types a parameter can ask for, and what then arrives. */
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
export type Parameter<T> = (name: string, item: Item) => T

/** One of `types`; the order is that of the message. */
export function parameter<Name extends TypeName>(...types: readonly Name[]): Parameter<Types[Name]> {
  const fits = (item: Item): item is Types[Name] => types.some(type => GUARDS[type](item))
  return (name, item) => {
    if (fits(item)) return item
    throw mismatch(name, item, types)
  }
}

/** The element to blame is the first that differs from the first one; its type is Python's name for it, by an oversight of jmespath.py. */
function mismatch(name: string, item: Item, types: readonly TypeName[]): JmespathError {
  const elements = types.map(type => ELEMENTS[type]).filter(isElement => isElement !== undefined)
  if (!isList(item) || elements.length === 0) return typeError(name, item, jmespathType(item), types)
  const [first = null] = item
  const isLikeFirst = elements.find(isElement => isElement(first)) ?? (() => false)
  const culprit = item.find(element => !isLikeFirst(element)) ?? null
  return typeError(name, culprit, pythonType(culprit), types)
}

/** @param received the item's type, in whichever words */
export function typeError(name: string, item: Item, received: string, types: readonly string[]): JmespathError {
  return new JmespathError(
    `In function ${name}(), invalid type for value: ${str(plain(item))}, expected one of: ${repr(types)}, received: "${received}"`,
  )
}
