/**
 * `--output yaml` and `yaml-stream`: YAML 1.2, byte for byte as libyaml's emitter driven by ruamel.yaml (awscli/formatter.py, 2.36.7):
 * sorted keys, block style, folded at 80 columns, anchors (`&id001`) for repeated values. `yaml-scalar.ts` writes scalars. Pure. No
 * library folds and escapes like libyaml.
 */

import { dumps } from '../python/json.ts'
import { byCodePoint } from '../python/order.ts'
import { floatRepr } from '../python/repr.ts'
import { type Dict, isDict, isList, type Value } from '../python/value.ts'
import { putIndent, putIndicator, putScalar, scalarOf, type YamlDocument } from './yaml-scalar.ts'

/** One document. A scalar is printed as JSON, because YAML would end it with `...`. */
export function yaml(value: Value): string {
  if (!isDict(value) && !isList(value)) return `${dumps(value, { ensureAscii: false })}\n`
  return document(value)
}

/** Each response is a list of one item, so that the whole stream is one list. */
export const yamlStream = (value: Value): string => document([value])

type Collection = Dict | readonly Value[]

const isEmpty = (collection: Collection): boolean => (isDict(collection) ? collection.size : collection.length) === 0

interface Emission {
  readonly page: YamlDocument
  /** Values that occur more than once, in the order of their second occurrence; `written` after the first was printed. */
  readonly anchors: Map<Collection, { readonly name: string; written: boolean }>
}

function document(value: Value): string {
  const page: YamlDocument = { text: '', column: 0, spaced: true, indented: true }
  putNode({ page, anchors: findAnchors(value) }, value, -2, false)
  return `${page.text}\n`
}

/** Collections that are reached twice by identity: ruamel.yaml anchors those, not equal ones. */
function findAnchors(root: Value): Emission['anchors'] {
  const visited = new Set<Collection>()
  const anchors: Emission['anchors'] = new Map()
  const visit = (value: Value): void => {
    if (!isDict(value) && !isList(value)) return
    if (!visited.has(value)) {
      visited.add(value)
      for (const child of isDict(value) ? sortedEntries(value).map(([, child]) => child) : value) visit(child)
    } else if (!anchors.has(value)) {
      anchors.set(value, { name: `id${String(anchors.size + 1).padStart(3, '0')}`, written: false })
    }
  }
  visit(root)
  return anchors
}

const sortedEntries = (dict: Dict): [string, Value][] => [...dict].sort(([a], [b]) => byCodePoint(a, b))

/** `indent` is the indentation of the enclosing collection, -2 at the top; `afterKey` allows a list at the indentation of its key. */
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

/** The longest key, in bytes of UTF-8, that may precede a colon; a longer or multi-line key is written as `? key`. */
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
