/** The functions of jmespath.py 1.0.1: parameters, results and error messages. */

import { ValueError } from '../python/exceptions.ts'
import { float } from '../python/float.ts'
import { int } from '../python/int.ts'
import { dumps } from '../python/json.ts'
import { JmespathError } from './errors.ts'
import {
  type Expression,
  type Item,
  isExpression,
  isList,
  isMembers,
  isNumeric,
  isOrdered,
  isSame,
  isString,
  jmespathType,
  type List,
  type Members,
  type Numeric,
  plain,
  pythonType,
} from './items.ts'
import { type ArgumentCheck, parameter, typeError } from './parameters.ts'

interface Definition {
  /** The number of arguments; the least number if variadic. */
  readonly arity: number
  readonly variadic?: boolean
  readonly call: (name: string, args: List) => Item
}

const unary = <A>(a: ArgumentCheck<A>, run: (a: A) => Item): Definition => ({
  arity: 1,
  call: (name, [first = null]) => run(a(name, first)),
})

const binary = <A, B>(a: ArgumentCheck<A>, b: ArgumentCheck<B>, run: (a: A, b: B) => Item): Definition => ({
  arity: 2,
  call: (name, [first = null, second = null]) => run(a(name, first), b(name, second)),
})

/** Only the first argument is checked. */
const variadic = <A>(a: ArgumentCheck<A>, run: (first: A, rest: List) => Item): Definition => ({
  arity: 1,
  variadic: true,
  call: (name, [first = null, ...rest]) => run(a(name, first), rest),
})

const any: ArgumentCheck<Item> = (_name, item) => item
const number = parameter('number')
const string = parameter('string')
const array = parameter('array')
const object = parameter('object')
const expref = parameter('expref')
const numbers = parameter('array-number')
const sequence = parameter('array', 'string')

const length = (item: string | List | Members): bigint =>
  BigInt(isString(item) ? Array.from(item).length : isList(item) ? item.length : item.size)

/** Integers are added exactly; after the first float the sum is a float. */
const sum = (numbers: readonly Numeric[]): Numeric =>
  numbers.reduce<Numeric>((a, b) => (typeof a === 'bigint' && typeof b === 'bigint' ? a + b : toFloat(a) + toFloat(b)), 0n)

function toFloat(n: Numeric): number {
  const float = Number(n)
  if (typeof n === 'bigint' && !Number.isFinite(float)) throw new JmespathError('int too large to convert to float')
  return float
}

function toInteger(n: number): bigint {
  if (Number.isNaN(n)) throw new JmespathError('cannot convert float NaN to integer')
  if (!Number.isFinite(n)) throw new JmespathError('cannot convert float infinity to integer')
  return BigInt(n)
}

function contains(subject: string | List, search: Item): boolean {
  if (isList(subject)) return subject.some(item => isSame(item, search))
  if (isString(search)) return subject.includes(search)
  throw new JmespathError(`'in <string>' requires string as left operand, not ${pythonType(search)}`)
}

function toNumber(item: Item): Item {
  if (isNumeric(item)) return item
  if (isExpression(item)) {
    throw new JmespathError("int() argument must be a string, a bytes-like object or a real number, not '_Expression'")
  }
  if (!isString(item)) return null
  for (const read of [int, float]) {
    try {
      return read(item)
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
    }
  }
  return null
}

type Key = Numeric | string
const SORTABLE: readonly string[] = ['number', 'string']

/** The result of `by` for an item, which must have one of `types`. */
function keyOf(name: string, by: Expression, types = SORTABLE): (item: Item) => Key {
  return item => {
    const key = by(item)
    if ((isNumeric(key) || isString(key)) && types.includes(jmespathType(key))) return key
    throw typeError(name, key, jmespathType(key), types)
  }
}

/** The first item with the greatest (`gt`) or least (`lt`) key; null for no items. */
function extreme<T extends Item>(items: readonly T[], order: 'gt' | 'lt', keyOf: (item: T) => Key): T | null {
  let best: { readonly item: T; readonly key: Key } | undefined
  for (const item of items) {
    const key = keyOf(item)
    if (best === undefined || isOrdered(key, order, best.key)) best = { item, key }
  }
  return best?.item ?? null
}

function sort<T extends Item>(items: readonly T[], keyOf: (item: T) => Key): readonly T[] {
  return items
    .map(item => ({ item, key: keyOf(item) }))
    .sort((a, b) => Number(isOrdered(b.key, 'lt', a.key)) - Number(isOrdered(a.key, 'lt', b.key)))
    .map(({ item }) => item)
}

/** The first item decides whether the keys are numbers or strings. */
function sortBy(items: List, by: Expression): List {
  const [first] = items
  if (first === undefined) return items
  const type = jmespathType(by(first))
  if (!SORTABLE.includes(type)) throw typeError('sort_by', first, type, ['string', 'number'])
  return sort(items, keyOf('sort_by', by, [type]))
}

function merge(first: Members, rest: List): Members {
  const merged = new Map(first)
  for (const item of rest) for (const [name, member] of pairsOf(item)) merged.set(name, member)
  return merged
}

/** The argument of Python's `dict.update`: an object, or a sequence of pairs. */
function pairsOf(item: Item): Iterable<readonly [string, Item]> {
  if (isMembers(item)) return item
  const elements = elementsOf(item)
  if (!elements) throw new JmespathError(`'${pythonType(item)}' object is not iterable`)
  return elements.map((element, index) => {
    const pair = elementsOf(element)
    if (!pair) throw new JmespathError(`cannot convert dictionary update sequence element #${index} to a sequence`)
    const [name = null, member = null] = pair
    if (pair.length !== 2) {
      throw new JmespathError(`dictionary update sequence element #${index} has length ${pair.length}; 2 is required`)
    }
    if (isList(name) || isMembers(name)) throw new JmespathError(`unhashable type: '${pythonType(name)}'`)
    return [isString(name) ? name : dumps(plain(name)), member]
  })
}

function elementsOf(item: Item): List | undefined {
  if (isString(item)) return Array.from(item)
  if (isMembers(item)) return Array.from(item.keys())
  return isList(item) ? item : undefined
}

const FUNCTIONS: ReadonlyMap<string, Definition> = new Map(
  Object.entries({
    abs: unary(number, n => (n < 0 || Object.is(n, -0) ? -n : n)),
    avg: unary(numbers, ns => (ns.length === 0 ? null : toFloat(sum(ns)) / ns.length)),
    ceil: unary(number, n => (typeof n === 'bigint' ? n : toInteger(Math.ceil(n)))),
    contains: binary(sequence, any, contains),
    ends_with: binary(string, string, (text, end) => text.endsWith(end)),
    floor: unary(number, n => (typeof n === 'bigint' ? n : toInteger(Math.floor(n)))),
    join: binary(string, parameter('array-string'), (glue, texts) => texts.join(glue)),
    keys: unary(object, members => Array.from(members.keys())),
    length: unary(parameter('string', 'array', 'object'), length),
    map: binary(expref, array, (expression, items) => items.map(expression)),
    max: unary(parameter('array-number', 'array-string'), items => extreme<Key>(items, 'gt', item => item)),
    max_by: binary(array, expref, (items, by) => extreme(items, 'gt', keyOf('max_by', by))),
    merge: variadic(object, merge),
    min: unary(parameter('array-number', 'array-string'), items => extreme<Key>(items, 'lt', item => item)),
    min_by: binary(array, expref, (items, by) => extreme(items, 'lt', keyOf('min_by', by))),
    not_null: variadic(any, (first, rest) => [first, ...rest].find(item => item !== null) ?? null),
    reverse: unary(sequence, items => (isString(items) ? Array.from(items).reverse().join('') : items.toReversed())),
    sort: unary(parameter('array-string', 'array-number'), items => sort<Key>(items, item => item)),
    sort_by: binary(array, expref, sortBy),
    starts_with: binary(string, string, (text, start) => text.startsWith(start)),
    sum: unary(numbers, sum),
    to_array: unary(any, item => (isList(item) ? item : [item])),
    to_number: unary(any, toNumber),
    to_string: unary(any, item => (isString(item) ? item : dumps(plain(item), { compact: true }))),
    type: unary(any, item => (isExpression(item) ? null : jmespathType(item))),
    values: unary(object, members => Array.from(members.values())),
  }),
)

/** @throws JmespathError for an unknown function or unsuitable arguments */
export function callFunction(name: string, args: List): Item {
  const definition = FUNCTIONS.get(name)
  if (!definition) throw new JmespathError(`Unknown function: ${name}()`)
  const { arity, variadic = false, call } = definition
  if (variadic ? args.length < arity : args.length !== arity) {
    const expected = `${variadic ? 'at least ' : ''}${arity} argument${arity === 1 ? '' : 's'}`
    throw new JmespathError(`Expected ${expected} for function ${name}(), received ${args.length}`)
  }
  return call(name, args)
}
