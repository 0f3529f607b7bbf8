/**
 * XML as services write it: elements, text of ASCII, the five entities, a namespace without a prefix. Any other text is left to xml.ts,
 * whose parser takes longer to load than such a reply to read. What both read they read alike. Pure.
 */

export interface Element {
  /** Without its namespace prefix. */
  readonly name: string
  /** What stands before the first child; null where nothing does. */
  readonly text: string | null
  readonly children: readonly Element[]
}

const DECLARATION = /^<\?xml version="1\.0"(?: encoding="(?:UTF-8|utf-8)")?\?>\n*/
/** A tag, and the text up to the next. */
const PIECE = /<(\/?)([A-Za-z][A-Za-z0-9]*)(?: xmlns="[^"<&]+")?(\/?)>([^<]*)/y
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'" }
/** Elements in one another. */
const MAX_DEPTH = 100

/** Undefined for what is not so plain, or is no XML. */
export function parsePlainXml(source: string): Element | undefined {
  if (/[^\n -~]|\]\]>/.test(source)) return undefined
  const open: { readonly name: string; text: string | null; readonly children: Element[] }[] = []
  let root: Element | undefined
  PIECE.lastIndex = DECLARATION.exec(source)?.[0].length ?? 0
  while (PIECE.lastIndex < source.length) {
    const [, closes, name = '', isEmpty, data = ''] = PIECE.exec(source) ?? []
    if (closes === undefined || root !== undefined) return undefined
    if (closes) {
      if (isEmpty || open.at(-1)?.name !== name) return undefined
      root = open.length === 1 ? open[0] : undefined
      open.pop()
    } else {
      const element = { name, text: null, children: [] }
      open.at(-1)?.children.push(element)
      if (!isEmpty) open.push(element)
      else if (open.length === 0) root = element
      if (open.length > MAX_DEPTH) return undefined
    }
    const text = data.includes('&') ? unescaped(data) : data
    const element = open.at(-1)
    if (text === undefined || (element === undefined && text.trim() !== '')) return undefined
    if (element?.children.length === 0 && text !== '') element.text = (element.text ?? '') + text
  }
  return root
}

/** Undefined where an entity is none of the five. */
function unescaped(text: string): string | undefined {
  const parts = text.split(/(&[^;&]*;?)/)
  const found = parts.map((part, index) => (index % 2 === 0 ? part : ENTITIES[part]))
  return found.includes(undefined) ? undefined : found.join('')
}
