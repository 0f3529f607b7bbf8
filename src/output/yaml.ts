/**
 * `--output yaml` and `yaml-stream`: values as YAML 1.2 in the bytes of libyaml's emitter driven by ruamel.yaml (awscli/formatter.py,
 * 2.36.7): sorted keys, block style, folded beyond 80 columns, `&id001` where a value comes twice. How a scalar is quoted is in
 * `yaml-scalar.ts`. Pure; no library, because none folds and escapes like libyaml.
 */

import { dumps } from '../python/json.ts'
import { byCodePoint } from '../python/order.ts'
import { floatRepr } from '../python/repr.ts'
import { type Dict, isDict, isList, type Value } from '../python/value.ts'
import { putIndent, putIndicator, putScalar, scalarOf, type YamlDocument } from './yaml-scalar.ts'

/** One document. A scalar alone is printed as JSON, for YAML would end it with `...`. */
export function yaml(value: Value): string {
  if (!isDict(value) && !isList(value)) return `${dumps(value, { ensureAscii: false })}\n`
  return document(value)
}

/** Each response is a list of its own, so that the stream as a whole is one list. */
export const yamlStream = (value: Value): string => document([value])

type Collection = Dict | readonly Value[]

const isEmpty = (collection: Collection): boolean => (isDict(collection) ? collection.size : collection.length) === 0

interface Emission {
  readonly page: YamlDocument
  /** What comes more than once, in the order of the second visit; true once it has been written. */
  readonly anchors: Map<Collection, { readonly name: string; written: boolean }>
}

function document(value: Value): string {
  const page: YamlDocument = { text: '', column: 0, spaced: true, indented: true }
  putNode({ page, anchors: findAnchors(value) }, value, -2, false)
  return `${page.text}\n`
}

/** The collections that are reached twice by identity: ruamel gives those, and no equal ones, an anchor. */
function findAnchors(root: Value): Emission['anchors'] {
  const seen = new Set<Collection>()
  const anchors: Emission['anchors'] = new Map()
  const visit = (value: Value): void => {
    if (!isDict(value) && !isList(value)) return
    if (!seen.has(value)) {
      seen.add(value)
      for (const child of isDict(value) ? sortedEntries(value).map(([, child]) => child) : value) visit(child)
    } else if (!anchors.has(value)) {
      anchors.set(value, { name: `id${String(anchors.size + 1).padStart(3, '0')}`, written: false })
    }
  }
  visit(root)
  return anchors
}

const sortedEntries = (dict: Dict): [string, Value][] => [...dict].sort(([a], [b]) => byCodePoint(a, b))

/** `indent` is that of the surrounding collection, -2 outside of all; `afterKey` where a list may stand as far left as its key. */
function putNode(emission: Emission, value: Value, indent: number, afterKey: boolean): void {
  const { page } = emission
  if (!isDict(value) && !isList(value)) {
    putScalar(page, scalarOf(value, plainText(value)), indent + 2, true)
    return
  }
  const anchor = emission.anchors.get(value)
  if (anchor) {
    putIndicator(page, `${anchor.written ? '*' : '&'}${anchor.name}`, { spaceBefore: true })
    if (anchor.written) return
    anchor.written = true
  }
  if (isEmpty(value)) putIndicator(page, isDict(value) ? '{}' : '[]', { spaceBefore: true })
  else if (isDict(value)) putDict(emission, value, indent + 2)
  else putList(emission, value, afterKey && !page.indented ? indent : indent + 2)
}

function putList(emission: Emission, list: readonly Value[], indent: number): void {
  for (const item of list) {
    putIndent(emission.page, indent)
    putIndicator(emission.page, '-', { spaceBefore: true, keepsIndent: true })
    putNode(emission, item, indent, false)
  }
}

/** The longest key, in bytes of UTF-8, that may stand before a colon; a longer one, or one of several lines, gets the form `? key`. */
const SIMPLE_KEY_LIMIT = 128

function putDict(emission: Emission, dict: Dict, indent: number): void {
  const { page } = emission
  for (const [name, value] of sortedEntries(dict)) {
    const key = scalarOf(name, name)
    putIndent(page, indent)
    if (!key.multiline && Buffer.byteLength(name) <= SIMPLE_KEY_LIMIT) {
      putScalar(page, key, indent + 2, false)
      putIndicator(page, ':', {})
    } else {
      putIndicator(page, '?', { spaceBefore: true, keepsIndent: true })
      putScalar(page, key, indent + 2, true)
      putIndent(page, indent)
      putIndicator(page, ':', { spaceBefore: true, keepsIndent: true })
    }
    putNode(emission, value, indent, true)
  }
}

function plainText(scalar: null | boolean | bigint | number | string): string {
  if (typeof scalar !== 'number') return String(scalar)
  if (Number.isNaN(scalar)) return '.nan'
  return Number.isFinite(scalar) ? floatRepr(scalar) : scalar > 0 ? '.inf' : '-.inf'
}
