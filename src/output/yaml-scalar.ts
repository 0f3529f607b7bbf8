/**
 * Writes YAML scalars (plain, 'single' or "double" quoted, folded at 80 columns) by the rules of libyaml 0.2.5's emitter as used by
 * ruamel.yaml, and keeps the state of the document: column, indentation, indicators. Knows nothing of collections.
 */

/** The text so far, and the state of libyaml's emitter. */
export interface YamlDocument {
  text: string
  /** In code points from the start of the line. */
  column: number
  /** The last character was white space, so the next token needs no space before it. */
  spaced: boolean
  /** The line holds only indentation, and indicators that count as indentation. */
  indented: boolean
}

interface Scalar {
  readonly text: string
  readonly style: 'plain' | 'single' | 'double'
  readonly multiline: boolean
}

/** Plain texts that YAML 1.2, as ruamel.yaml 0.17 resolves it, does not read as strings. */
const NOT_A_STRING = new RegExp(
  `^(?:${[
    'true|True|TRUE|false|False|FALSE', // bool
    '[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+]?[0-9]+)?', // float
    '[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+',
    '[-+]?\\.[0-9_]+(?:[eE][-+][0-9]+)?',
    '[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)',
    '[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+][0-9_]+|[0-9][0-9_]*|[-+]?0x[0-9a-fA-F_]+', // int
    '~|null|Null|NULL|', // null
    '[0-9]{4}-[0-9]{2}-[0-9]{2}', // timestamp
    '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \\t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]*)?(?:[ \\t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?',
    '<<|=', // merge, value
  ].join('|')})$`,
)

const BREAK = '\\n\\r\\x85\\u2028\\u2029'
const HAS_BREAK = new RegExp(`[${BREAK}]`)
/** A space, a line break, or all up to the next: only at these do plain and single quoted texts change lines. */
const PIECE = new RegExp(`[ ${BREAK}]|[^ ${BREAK}]+`, 'g')
/** Characters that libyaml escapes: tabs, and all beyond the Basic Multilingual Plane, among others. */
const SPECIAL = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u
const BREAK_THEN_SPACE = new RegExp(`[${BREAK}] `)
const SPACE_THEN_BREAK = new RegExp(` [${BREAK}]`)
/** Texts that would be read as YAML syntax: leading or trailing spaces, indicators, document markers. */
const LOOKS_LIKE_YAML = /^ | $|^(?:---|\.\.\.)|^[#,[\]{}&*!|>'"%@`]|^[?:-](?: |$)|:(?: |$)| #/

/** The style in which `text` is read back as `value`. */
export function scalarOf(value: unknown, text: string): Scalar {
  const multiline = HAS_BREAK.test(text)
  if (SPECIAL.test(text) || BREAK_THEN_SPACE.test(text) || SPACE_THEN_BREAK.test(text)) return { text, style: 'double', multiline }
  const plain = !multiline && !LOOKS_LIKE_YAML.test(text) && !(typeof value === 'string' && NOT_A_STRING.test(text))
  return { text, style: plain ? 'plain' : 'single', multiline }
}

/** Longer lines are folded at the next single space. */
const WIDTH = 80

/** Writes a scalar. Continuation lines start at `indent`; keys are never folded. */
export function putScalar(page: YamlDocument, { text, style }: Scalar, indent: number, folds: boolean): void {
  if (style === 'plain') putPlain(page, text, indent, folds)
  else if (style === 'single') putSingle(page, text, indent, folds)
  else putDouble(page, text, indent, folds)
  page.spaced = false
  page.indented = false
}

function putPlain(page: YamlDocument, text: string, indent: number, folds: boolean): void {
  if (!page.spaced) put(page, ' ')
  const pieces = text.match(PIECE) ?? []
  for (const [index, piece] of pieces.entries()) {
    if (folds && isFold(page, pieces, index)) putIndent(page, indent)
    else put(page, piece)
  }
}

/** A single space between words, beyond the width: it is replaced by a line break. */
const isFold = ({ column }: YamlDocument, pieces: readonly string[], index: number): boolean =>
  column > WIDTH && pieces[index] === ' ' && isInk(pieces[index - 1]) && isInk(pieces[index + 1])

const isInk = (piece: string | undefined): boolean => piece !== undefined && piece !== ' '

function putSingle(page: YamlDocument, text: string, indent: number, folds: boolean): void {
  putIndicator(page, "'", { spaceBefore: true })
  const pieces = text.match(PIECE) ?? []
  let inBreaks = false
  for (const [index, piece] of pieces.entries()) {
    if (HAS_BREAK.test(piece)) {
      if (!inBreaks && piece === '\n') putBreak(page, '\n')
      putBreak(page, piece)
      page.indented = true
      inBreaks = true
      continue
    }
    if (inBreaks) putIndent(page, indent)
    inBreaks = false
    page.indented = false
    if (folds && isFold(page, pieces, index)) putIndent(page, indent)
    else put(page, piece.replaceAll("'", "''"))
  }
  if (inBreaks) putIndent(page, indent)
  put(page, "'")
}

function putDouble(page: YamlDocument, text: string, indent: number, folds: boolean): void {
  putIndicator(page, '"', { spaceBefore: true })
  const characters = [...text]
  const last = characters.length - 1
  let afterSpace = false
  for (const [index, character] of characters.entries()) {
    if (character === ' ' && folds && !afterSpace && page.column > WIDTH && index > 0 && index < last) {
      putIndent(page, indent)
      if (characters[index + 1] === ' ') put(page, '\\')
    } else {
      put(page, NEEDS_ESCAPE.test(character) ? escaped(character) : character)
    }
    afterSpace = character === ' '
  }
  put(page, '"')
}

const NEEDS_ESCAPE = new RegExp(`["\\\\${BREAK}]|${SPECIAL.source}`, 'u')
const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '\0': '0',
    '\x07': 'a',
    '\b': 'b',
    '\t': 't',
    '\n': 'n',
    '\v': 'v',
    '\f': 'f',
    '\r': 'r',
    '\x1b': 'e',
    '"': '"',
    '\\': '\\',
    '\x85': 'N',
    '\u2028': 'L',
    '\u2029': 'P',
  }),
)

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16).toUpperCase()
  const numeric = code <= 0xff ? `x${hex.padStart(2, '0')}` : code <= 0xffff ? `u${hex.padStart(4, '0')}` : `U${hex.padStart(8, '0')}`
  return `\\${ESCAPES.get(character) ?? numeric}`
}

/** Moves to column `indent`: on this line if only indentation precedes it, otherwise on a new line. */
export function putIndent(page: YamlDocument, indent: number): void {
  if (!page.indented || page.column > indent || (page.column === indent && !page.spaced)) putBreak(page, '\n')
  put(page, ' '.repeat(Math.max(0, indent - page.column)))
  page.spaced = true
  page.indented = true
}

/** Writes punctuation. `keepsIndent` is for `-` and `?`, after which a collection may start on the same line. */
export function putIndicator(page: YamlDocument, sign: string, { spaceBefore = false, keepsIndent = false }): void {
  if (spaceBefore && !page.spaced) put(page, ' ')
  put(page, sign)
  page.spaced = false
  page.indented &&= keepsIndent
}

function put(page: YamlDocument, text: string): void {
  page.text += text
  page.column += [...text].length
}

function putBreak(page: YamlDocument, sign: string): void {
  page.text += sign
  page.column = 0
}
