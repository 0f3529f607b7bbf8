/**
 * Converts the nodes of a YAML document to values as ruamel.yaml's safe constructor does (constructor.py and resolver.py, 0.17.21; aws-cli
 * 2.36.7): collections, merge keys and repeated keys. `yaml-scalars.ts` has the tags and values of scalars. The library `yaml` parses the
 * syntax.
 */

import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, type Scalar, visit, type YAMLMap } from 'yaml'
import { reprBytes } from '../python/bytes.ts'
import { ValueError } from '../python/exceptions.ts'
import { repr } from '../python/repr.ts'
import type { Value } from '../python/value.ts'
import { type Parameter, PythonObject } from './parameter.ts'
import { implicitTag, scalarOf, type Tag } from './yaml-scalars.ts'

const PREFIX = 'tag:yaml.org,2002:'

type MappingEntry = readonly [key: unknown, value: unknown]

/**
 * A function from a node to the node that it stands for: an alias, for the latest anchor of that name before it. One pass over the document;
 * the library's `resolve` makes one for each alias.
 */
function aliasesOf(document: Document.Parsed): (node: unknown) => unknown {
  const anchors = new Map<string, Node>()
  const targets = new Map<unknown, Node | undefined>()
  visit(document, (_, node) => {
    if (isAlias(node)) targets.set(node, anchors.get(node.source))
    else if (isNode(node) && node.anchor) anchors.set(node.anchor, node)
  })
  return node => (targets.has(node) ? targets.get(node) : node)
}

/**
 * @throws ValueError for what ruamel's constructor rejects
 * @throws Failure for a value that Python's functions reject, with their message
 */
export function construct(document: Document.Parsed): Parameter {
  const version = document.directives?.yaml.version === '1.1' ? '1.1' : '1.2'
  const constructed = new Map<unknown, Parameter>()
  const open = new Set<unknown>()
  const resolve = aliasesOf(document)

  function build(node: unknown): Parameter {
    // What stands nowhere, as the value of `{a}`.
    if (node === null) return null
    const target = resolve(node)
    if (target === undefined) throw new ValueError('an alias without an anchor')
    const known = constructed.get(target)
    if (known !== undefined) return known
    if (open.has(target)) return isMap(target) ? new PythonObject('dict', '{...}') : new PythonObject('list', '[...]')
    open.add(target)
    const value = constructNode(target)
    open.delete(target)
    constructed.set(target, value)
    return value
  }

  function constructNode(node: unknown): Parameter {
    const tag = tagOf(node)
    if (tag === 'seq' || tag === 'omap' || tag === 'pairs') {
      if (!isSeq(node)) throw new ValueError('no sequence')
      if (tag === 'seq') return listOf(node.items.map(build))
      const pairs = node.items.map(singlePair).map(([key, value]) => [build(key), build(value)] as const)
      const text = `[${pairs.map(([key, value]) => `(${reprOf(key)}, ${reprOf(value)})`).join(', ')}]`
      if (tag === 'pairs') return new PythonObject('list', text)
      return new PythonObject('ruamel.yaml.compat.ordereddict', `ordereddict(${pairs.length === 0 ? '' : text})`, new Map(textKeys(pairs)))
    }
    if (tag === 'map' || tag === 'set') {
      if (!isMap(node)) throw new ValueError('no mapping')
      const entries = entriesOf(node)
      if (tag === 'map') return dictOf(entries)
      return new PythonObject('set', entries.length === 0 ? 'set()' : `{${entries.map(([key]) => reprOf(key)).join(', ')}}`)
    }
    const text = isScalar(node) && typeof node.value === 'string' ? node.value : isScalar(node) && node.value === null ? '' : undefined
    if (text === undefined) throw new ValueError('no scalar')
    return scalarOf(tag, text, version)
  }

  function tagOf(node: unknown): Tag | undefined {
    const explicit = (node as Node | undefined)?.tag
    if (explicit !== undefined && explicit !== '!') return explicit.startsWith(PREFIX) ? (explicit.slice(PREFIX.length) as Tag) : undefined
    if (isMap(node)) return 'map'
    if (isSeq(node)) return 'seq'
    return isScalar(node) && isPlain(node) ? implicitTag(String(node.value ?? ''), version) : 'str'
  }

  /** The entries of a mapping, merged ones first. Of equal keys the last counts, in the position of the first (`flatten_mapping`). */
  function entriesOf(map: YAMLMap): readonly (readonly [Parameter, Parameter])[] {
    const merged: MappingEntry[] = []
    const own = flattened(map, merged)
    const entries = new Map<string, [Parameter, Parameter]>()
    for (const [keyNode, valueNode] of [...merged, ...own]) {
      const key = isEqualSign(keyNode) ? '=' : build(keyNode)
      if (key instanceof Map || (key instanceof PythonObject && ['set', 'dict', 'ruamel.yaml.compat.ordereddict'].includes(key.type))) {
        throw new ValueError('found unhashable key')
      }
      const id = identityOf(key)
      const earlier = entries.get(id)
      // ruamel does not detect repeated keys if there are merge keys.
      if (earlier !== undefined && merged.length === 0) throw new ValueError('found duplicate key')
      entries.set(id, [earlier?.[0] ?? key, build(valueNode)])
    }
    return [...entries.values()]
  }

  /** A mapping's own entries; merged ones are added to `merged`. */
  function flattened(map: YAMLMap, merged: MappingEntry[]): readonly MappingEntry[] {
    const own: MappingEntry[] = []
    for (const { key, value } of map.items as readonly Pair[]) {
      if (tagOf(key) !== 'merge') {
        own.push([key, value])
        continue
      }
      if (merged.length > 0) throw new ValueError('found duplicate key "<<"')
      const source = resolve(value)
      const sources = isSeq(source) ? source.items.map(item => resolve(item)).toReversed() : [source]
      for (const each of sources) {
        if (!isMap(each)) throw new ValueError('expected a mapping for merging')
        const deeper: MappingEntry[] = []
        const rest = flattened(each, deeper)
        merged.push(...deeper, ...rest)
      }
    }
    return own
  }

  const isEqualSign = (node: unknown): boolean => tagOf(node) === 'value'

  return build(document.contents ?? undefined)
}

/** By its type, which the library keeps apart from its tag. */
const isPlain = ({ type }: Scalar): boolean => type === 'PLAIN' || type === undefined

function singlePair(node: unknown): MappingEntry {
  if (!isMap(node) || node.items.length !== 1) throw new ValueError('expected a mapping of length 1')
  const [pair] = node.items as readonly Pair[]
  return [pair?.key, pair?.value]
}

/** Values of Python's JSON types are kept; a list with any other is represented as Python prints it. */
function listOf(items: readonly Parameter[]): Parameter {
  return items.every(isValue) ? items : new PythonObject('list', `[${items.map(reprOf).join(', ')}]`)
}

function dictOf(entries: readonly (readonly [Parameter, Parameter])[]): Parameter {
  if (entries.every(([key, value]) => typeof key === 'string' && isValue(value))) return new Map(entries as readonly [string, Value][])
  const text = `{${entries.map(([key, value]) => `${reprOf(key)}: ${reprOf(value)}`).join(', ')}}`
  return new PythonObject('dict', text, entries.every(([key]) => typeof key === 'string') ? new Map(textKeys(entries)) : undefined)
}

const textKeys = (entries: readonly (readonly [Parameter, Parameter])[]) =>
  entries.flatMap(([key, value]) => (typeof key === 'string' ? [[key, value] as const] : []))

const isValue = (value: Parameter): value is Value => !(value instanceof PythonObject || value instanceof Uint8Array)

function reprOf(value: Parameter): string {
  if (value instanceof PythonObject) return value.repr
  return value instanceof Uint8Array ? reprBytes(value) : repr(value)
}

/** Equal keys have the same identity: in Python 1, 1.0 and True are equal. */
function identityOf(key: Parameter): string {
  if (typeof key === 'string') return `s${key}`
  return typeof key === 'bigint' || typeof key === 'number' || typeof key === 'boolean' ? `n${Number(key)}` : `o${reprOf(key)}`
}
