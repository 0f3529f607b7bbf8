/**
 * Converts the nodes of a YAML document to values as ruamel.yaml's safe constructor does (constructor.py and resolver.py, 0.17.21; aws-cli
 * 2.36.7): the tags of plain scalars, the value of each tag, merge keys and repeated keys. The library `yaml` parses the syntax.
 */

import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, type Scalar, visit, type YAMLMap } from 'yaml'
import { Failure, messageOf } from '../core/errors.ts'
import { b64decode } from '../python/base64.ts'
import { reprBytes } from '../python/bytes.ts'
import { ValueError } from '../python/exceptions.ts'
import { float } from '../python/float.ts'
import { int } from '../python/int.ts'
import { repr } from '../python/repr.ts'
import type { Value } from '../python/value.ts'
import { type Parameter, PythonObject } from './parameter.ts'
import { timestamp } from './yaml-timestamp.ts'

type Tag = 'null' | 'bool' | 'int' | 'float' | 'timestamp' | 'merge' | 'value' | 'str' | 'binary' | 'seq' | 'map' | 'set' | 'omap' | 'pairs'

const PREFIX = 'tag:yaml.org,2002:'

const FLOAT_OF_BOTH = String.raw`[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)`
const TIMESTAMP = /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/

/** A plain scalar has the first tag whose pattern matches, by the version of YAML (`implicit_resolvers`). */
const IMPLICIT: Readonly<Record<'1.1' | '1.2', readonly (readonly [Tag, RegExp])[]>> = {
  '1.2': [
    ['bool', /^(?:true|True|TRUE|false|False|FALSE)$/],
    ['float', new RegExp(String.raw`^(?:${FLOAT_OF_BOTH}|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?)$`)],
    ['int', /^[-+]?(?:0b[01_]+|0o?[0-7_]+|[0-9][0-9_]*|0x[0-9a-fA-F_]+)$|^[-+][0-9_]+$/],
    ['merge', /^<<$/],
    ['null', /^(?:~|null|Null|NULL|)$/],
    ['timestamp', TIMESTAMP],
    ['value', /^=$/],
  ],
  '1.1': [
    ['bool', /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/],
    ['float', new RegExp(String.raw`^(?:${FLOAT_OF_BOTH}|\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$`)],
    ['int', /^[-+]?(?:0b[01_]+|0?[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/],
    ['merge', /^<<$/],
    ['null', /^(?:~|null|Null|NULL|)$/],
    ['timestamp', TIMESTAMP],
    ['value', /^=$/],
  ],
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'y', 'true', 'on'].map(name => [name, true] as const),
  ...['no', 'n', 'false', 'off'].map(name => [name, false] as const),
])

type Entry = readonly [key: unknown, value: unknown]

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
    return isScalar(node) && isPlain(node)
      ? (IMPLICIT[version].find(([, pattern]) => pattern.test(String(node.value ?? '')))?.[0] ?? 'str')
      : 'str'
  }

  /** The entries of a mapping, merged ones first. Of equal keys the last counts, in the position of the first (`flatten_mapping`). */
  function entriesOf(map: YAMLMap): readonly (readonly [Parameter, Parameter])[] {
    const merged: Entry[] = []
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
  function flattened(map: YAMLMap, merged: Entry[]): readonly Entry[] {
    const own: Entry[] = []
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
        const deeper: Entry[] = []
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

function singlePair(node: unknown): Entry {
  if (!isMap(node) || node.items.length !== 1) throw new ValueError('expected a mapping of length 1')
  const [pair] = node.items as readonly Pair[]
  return [pair?.key, pair?.value]
}

function scalarOf(tag: Tag | undefined, text: string, version: '1.1' | '1.2'): Parameter {
  switch (tag) {
    case 'str':
      return text
    case 'null':
      return null
    case 'bool': {
      const value = BOOLEANS.get(text.toLowerCase())
      // Python's KeyError.
      if (value === undefined) throw new Failure(repr(text.toLowerCase()))
      return value
    }
    case 'int':
      return python(() => integerOf(text.replaceAll('_', ''), version))
    case 'float':
      return python(() => floatOf(text.replaceAll('_', '').toLowerCase(), version))
    case 'binary':
      return b64decode(text)
    case 'timestamp':
      return timestamp(text)
    default:
      throw new ValueError('could not determine a constructor for the tag')
  }
}

/** A ValueError of Python's functions is not one of ruamel's: aws-cli prints its message. */
function python<T>(convert: () => T): T {
  try {
    return convert()
  } catch (error) {
    throw error instanceof ValueError ? new Failure(messageOf(error), { cause: error }) : error
  }
}

/** The sign and the rest; an empty text has no sign. */
function signed(text: string): readonly [negative: boolean, magnitude: string] {
  if (text === '') throw new Failure('string index out of range')
  return [text.startsWith('-'), text.replace(/^[-+]/, '')]
}

function integerOf(text: string, version: '1.1' | '1.2'): bigint {
  const [negative, magnitude] = signed(text)
  const size = magnitudeOf(magnitude, version)
  return negative ? -size : size
}

function magnitudeOf(text: string, version: '1.1' | '1.2'): bigint {
  if (text === '0') return 0n
  const [, prefix = '', digits = ''] = /^(0[bxo])(.*)$/s.exec(text) ?? []
  if (prefix === '0b') return inBase(digits, 2, /^[01]+$/, '0b')
  if (prefix === '0x') return inBase(digits, 16, /^[\da-f]+$/i, '0x')
  if (prefix === '0o') return inBase(digits, 8, /^[0-7]+$/, '0o')
  if (version === '1.1' && text.startsWith('0')) return inBase(text, 8, /^[0-7]+$/, '0o')
  if (version === '1.1' && text.includes(':')) return text.split(':').reduce((sum, part) => 60n * sum + int(part), 0n)
  return int(text)
}

function inBase(digits: string, base: number, pattern: RegExp, prefix: string): bigint {
  if (!pattern.test(digits)) throw new ValueError(`invalid literal for int() with base ${base}: ${repr(digits)}`)
  return BigInt(prefix + digits)
}

function floatOf(text: string, version: '1.1' | '1.2'): number {
  const [negative, magnitude] = signed(text)
  if (magnitude === '.nan') return Number.NaN
  const sexagesimal = version === '1.1' && magnitude.includes(':')
  const size =
    magnitude === '.inf'
      ? Number.POSITIVE_INFINITY
      : sexagesimal
        ? magnitude.split(':').reduce((sum, part) => 60 * sum + float(part), 0)
        : float(magnitude)
  return negative ? -size : size
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
