/** Splits a query into the tokens of jmespath.py 1.0.1. */

import { ValueError } from '../python/exceptions.ts'
import { int } from '../python/int.ts'
import { JSONDecodeError, loads } from '../python/json-decoder.ts'
import { lstrip } from '../python/str.ts'
import type { Value } from '../python/value.ts'
import { JmespathError, lexicalError } from './errors.ts'

const SYMBOLS = {
  '.': 'dot',
  '*': 'star',
  ',': 'comma',
  ':': 'colon',
  '@': 'current',
  '(': 'lparen',
  ')': 'rparen',
  '{': 'lbrace',
  '}': 'rbrace',
  '[': 'lbracket',
  ']': 'rbracket',
  '[]': 'flatten',
  '[?': 'filter',
  '|': 'pipe',
  '||': 'or',
  '&': 'expref',
  '&&': 'and',
  '!': 'not',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
} as const
type Symbol = keyof typeof SYMBOLS

/** Error messages show these names. */
export type TokenType = (typeof SYMBOLS)[Symbol] | 'unquoted_identifier' | 'quoted_identifier' | 'number' | 'literal' | 'eof'

export interface Token {
  readonly type: TokenType
  /** The identifier, number or literal; the text of any other token. */
  readonly value: Value
  /** Offset in UTF-16 units. */
  readonly start: number
}

const TOKEN =
  /[ \t\n\r]+|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<number>-?[0-9]+)|(?<quote>["'`])(?<quoted>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>|(?<symbol>\[[\]?]|\|\||&&|[=!<>]=|[.*,:@(){}[\]|&!<>])/sy

/**
 * The last token is always `eof`.
 *
 * @throws JmespathError for text that is no token
 * @throws ValueError for a number of more than 4300 digits
 */
export function tokenize(text: string): Token[] {
  if (text === '') throw new JmespathError('Invalid JMESPath expression: cannot be empty.')
  const tokens: Token[] = []
  for (let start = 0; start < text.length; start = TOKEN.lastIndex) {
    TOKEN.lastIndex = start
    const groups = TOKEN.exec(text)?.groups
    if (!groups) throw unknownToken(text, start)
    const { name, number, quote, quoted = '', symbol } = groups
    if (name !== undefined) tokens.push({ type: 'unquoted_identifier', value: name, start })
    else if (number !== undefined) tokens.push({ type: 'number', value: int(number), start })
    else if (quote === '"') tokens.push({ type: 'quoted_identifier', value: identifier(quoted, text, start), start })
    else if (quote === "'") tokens.push({ type: 'literal', value: quoted.replaceAll("\\'", "'"), start })
    else if (quote === '`') tokens.push({ type: 'literal', value: literal(quoted.replaceAll('\\`', '`'), text, start), start })
    else if (isSymbol(symbol)) tokens.push({ type: SYMBOLS[symbol], value: symbol, start })
  }
  return [...tokens, { type: 'eof', value: '', start: text.length }]
}

const isSymbol = (text: string | undefined): text is Symbol => text !== undefined && text in SYMBOLS

function unknownToken(text: string, start: number): JmespathError {
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0)
  if ('"\'`'.includes(character)) return lexicalError(`Unclosed ${character} delimiter`, text, start)
  return lexicalError(`Unknown token ${'-='.includes(character) ? `'${character}'` : character}`, text, start)
}

function identifier(quoted: string, text: string, start: number): Value {
  try {
    return loads(`"${quoted}"`)
  } catch (error) {
    throw error instanceof JSONDecodeError ? lexicalError(error.reason, text, start) : error
  }
}

/** JSON, or a string without its quotes. */
function literal(lexeme: string, text: string, start: number): Value {
  for (const json of [lexeme, `"${lstrip(lexeme)}"`]) {
    try {
      return loads(json)
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
    }
  }
  throw lexicalError(`Bad token ${lexeme}`, text, start)
}
