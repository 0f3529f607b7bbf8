/** Evaluates a query's syntax tree on a value, as jmespath.py 1.0.1 does. */

import { RecursionError } from '../python/exceptions.ts'
import type { Value } from '../python/value.ts'
import type { Node, SliceBounds } from './ast.ts'
import { JmespathError } from './errors.ts'
import { callFunction } from './functions.ts'
import { compare, type Item, isList, isMembers, isPlain, isTrue, type List } from './items.ts'

/** Called for every member that is looked up and absent; `item` is the value it was looked up in. */
export type OnMissing = (name: string, item: Item) => void

/**
 * @throws JmespathError for a query that does not fit the value
 * @throws RecursionError for a query or a value nested too deep
 */
export function search(query: Node, value: Value, onMissing: OnMissing = () => {}): Value {
  try {
    const result = evaluate(query, value, onMissing)
    if (isPlain(result)) return result
  } catch (error) {
    throw error instanceof RangeError ? new RecursionError('maximum recursion depth exceeded') : error
  }
  // aws-cli 2.36.7 fails with this message when it prints an expression as JSON.
  throw new JmespathError('Encountered unrecognized type in JSON encoder.')
}

function evaluate(node: Node, item: Item, onMissing: OnMissing): Item {
  const ask = (child: Node, of = item): Item => evaluate(child, of, onMissing)
  switch (node.type) {
    case 'current':
      return item
    case 'literal':
      return node.value
    case 'field': {
      const found = isMembers(item) ? item.get(node.name) : undefined
      if (found === undefined) onMissing(node.name, item)
      return found ?? null
    }
    case 'chain':
      return node.links.reduce((of, link) => ask(link, of), item)
    case 'index': {
      const of = ask(node.of)
      return isList(of) ? (of.at(Number(node.index)) ?? null) : null
    }
    case 'slice': {
      const of = ask(node.of)
      return isList(of) ? slice(of, node.bounds) : null
    }
    case 'flatten': {
      const of = ask(node.of)
      return isList(of) ? of.flatMap(element => (isList(element) ? element : [element])) : null
    }
    case 'projection': {
      const of = ask(node.of)
      return isList(of) ? withoutNulls(of.map(element => ask(node.each, element))) : null
    }
    case 'values': {
      const of = ask(node.of)
      return isMembers(of) ? withoutNulls(Array.from(of.values(), member => ask(node.each, member))) : null
    }
    case 'filter': {
      const of = ask(node.of)
      if (!isList(of)) return null
      return withoutNulls(of.map(element => (isTrue(ask(node.where, element)) ? ask(node.each, element) : null)))
    }
    case 'list':
      return item === null ? null : node.items.map(child => ask(child))
    case 'object':
      return item === null ? null : new Map(node.members.map(([name, child]) => [name, ask(child)]))
    case 'or': {
      const left = ask(node.left)
      return isTrue(left) ? left : ask(node.right)
    }
    case 'and': {
      const left = ask(node.left)
      return isTrue(left) ? ask(node.right) : left
    }
    case 'not':
      return !isTrue(ask(node.of))
    case 'comparison':
      return compare(ask(node.left), node.comparator, ask(node.right))
    case 'call':
      return callFunction(
        node.name,
        node.args.map(arg => ask(arg)),
      )
    case 'expref':
      return element => ask(node.of, element)
  }
}

const withoutNulls = (items: List): List => items.filter(item => item !== null)

/** Python's `list[start:stop:step]`. */
function slice(items: List, { start, stop, step }: SliceBounds): List {
  const stride = Number(step ?? 1n)
  if (stride === 0) throw new JmespathError('slice step cannot be zero')
  const [first, last] = stride > 0 ? [0, items.length] : [items.length - 1, -1]
  const bound = (index: bigint | undefined, otherwise: number): number => {
    if (index === undefined) return otherwise
    const place = Number(index) + (index < 0n ? items.length : 0)
    return Math.min(Math.max(place, Math.min(first, last)), Math.max(first, last))
  }
  const end = bound(stop, last)
  const results: Item[] = []
  for (let at = bound(start, first); stride > 0 ? at < end : at > end; at += stride) results.push(items[at] ?? null)
  return results
}
