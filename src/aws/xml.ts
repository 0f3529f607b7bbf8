/** Parses XML into elements, as Python's ElementTree does for botocore, with expat's error messages. Pure. */

import { SaxesParser } from 'saxes'
import type { Element } from './plain-xml.ts'

/** Text that is not XML. The message is expat's, as aws-cli shows it: `mismatched tag: line 1, column 7`. */
export class NotXml extends Error {
  override readonly name = 'NotXml'
  readonly complaint: string
  readonly at: number
  constructor(complaint: string, source: string, at: number) {
    const lines = source.slice(0, Math.max(0, at)).split('\n')
    super(`${complaint}: line ${lines.length}, column ${lines.at(-1)?.length ?? 0}`)
    this.complaint = complaint
    this.at = at
  }
}

/**
 * The most characters that repeated entities may add to a text, as in expat (`XML_SetBillionLaughsAttackProtectionActivationThreshold`).
 * A few lines could otherwise exhaust the memory.
 */
const MAX_EXPANSION = 8 << 20
/** The deepest nesting. Replies have six levels; each level slows down the lookup of names. */
const MAX_DEPTH = 1000

/** Throws NotXml. */
export function parseXml(source: string): Element {
  if (!source.startsWith('\ufeff')) return parse(source)
  try {
    return parse(source.slice(1))
  } catch (error) {
    // expat counts the byte order mark as a column.
    throw error instanceof NotXml ? new NotXml(error.complaint, source, error.at + 1) : error
  }
}

function parse(text: string): Element {
  if (text.trim() === '') throw new NotXml('no element found', text, text.length)
  const parser = new SaxesParser({ xmlns: true, position: false })
  const open: { readonly name: string; text: string | null; readonly children: Element[] }[] = []
  let root: Element | undefined
  let rootEnd: number | undefined

  let size = 0
  const characters = (data: string) => {
    size += data.length
    if (size > text.length + MAX_EXPANSION) {
      throw new NotXml('limit on input amplification factor (from DTD and entities) breached', text, parser.position)
    }
    const element = open.at(-1)
    // expat does not report an empty CDATA section.
    if (data !== '' && element?.children.length === 0) element.text = (element.text ?? '') + data
  }
  parser.on('error', error => {
    throw inExpatsWords(error.message, text, parser.position, rootEnd)
  })
  parser.on('doctype', doctype => {
    for (const [, name, value] of doctype.matchAll(/<!ENTITY\s+(\S+)\s+["']([^"']*)["']\s*>/g)) {
      if (name !== undefined && value !== undefined) parser.ENTITIES[name] = value
    }
  })
  parser.on('opentag', tag => {
    if (open.length === MAX_DEPTH) throw new NotXml('too many elements in one another', text, parser.position)
    const element = { name: tag.local, text: null, children: [] }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => {
    const closed = open.pop()
    if (open.length > 0) return
    root = closed
    rootEnd = parser.position
  })
  parser.on('text', characters)
  parser.on('cdata', characters)
  parser.write(text).close()
  if (!root) throw new NotXml('no element found', text, text.length)
  return root
}

type Locate = (text: string, at: number) => number
const lastOpening: Locate = (text, at) => text.lastIndexOf('<', at - 1)

/** The messages of saxes → those of expat, and their positions in expat (`at` is the position of saxes). */
const COMPLAINTS: readonly (readonly [saxes: RegExp, expat: string, where: Locate])[] = [
  [/close tag/, 'mismatched tag', (text, at) => text.lastIndexOf('</', at - 1) + 2],
  [/undefined entity/, 'undefined entity', (text, at) => text.lastIndexOf('&', at - 1)],
  [/duplicate attribute/, 'duplicate attribute', (text, at) => text.lastIndexOf(' ', at) + 1],
  [/unbound namespace/, 'unbound prefix', lastOpening],
]

function inExpatsWords(saxes: string, text: string, at: number, rootEnd: number | undefined): NotXml {
  const rule = COMPLAINTS.find(([pattern]) => pattern.test(saxes))
  if (rule) return new NotXml(rule[1], text, rule[2](text, at))
  const start = text.search(/\S/)
  if (text[start] !== '<')
    return new NotXml(/^[\p{L}_:]/u.test(text.slice(start)) ? 'syntax error' : 'not well-formed (invalid token)', text, start)
  if (/unclosed tag|unexpected end|must contain a root/.test(saxes)) {
    const tag = lastOpening(text, text.length)
    return text.includes('>', tag) ? new NotXml('no element found', text, text.length) : new NotXml('unclosed token', text, tag)
  }
  if (rootEnd !== undefined) return new NotXml('junk after document element', text, rootEnd + text.slice(rootEnd).search(/\S/))
  return new NotXml('not well-formed (invalid token)', text, at - 1)
}
