/**
 * Parses a query by operator precedence. Accepts the language of jmespath.py 1.0.1, which is larger than the specification: for example,
 * commas between arguments and between members of `{…}` are optional.
 */

import { RecursionError } from '../python/exceptions.ts'
import { repr, str } from '../python/repr.ts'
import type { Node, SliceBounds } from './ast.ts'
import { incompleteError } from './errors.ts'
import type { Token, TokenType } from './lexer.ts'
import { Tokens } from './tokens.ts'

/** How strongly a token binds to the expression on its left; other tokens do not bind. */
const BINDING_POWER: { readonly [Type in TokenType]?: number } = {
  pipe: 1,
  or: 2,
  and: 3,
  eq: 5,
  gt: 5,
  lt: 5,
  gte: 5,
  lte: 5,
  ne: 5,
  flatten: 9,
  star: 20,
  filter: 21,
  dot: 40,
  not: 45,
  lbrace: 50,
  lbracket: 55,
  lparen: 60,
}
const PROJECTION_STOP = 10

const bindingPower = (type: TokenType): number => BINDING_POWER[type] ?? 0

const CURRENT: Node = { type: 'current' }

/** Tokens allowed as a member's name in `{…}` and after a dot, in the order of the messages. */
const KEYS: readonly TokenType[] = ['quoted_identifier', 'unquoted_identifier']
const AFTER_DOT: readonly TokenType[] = [...KEYS, 'lbracket', 'lbrace']

/**
 * @throws JmespathError for text that is not a query
 * @throws ValueError for a number of more than 4300 digits
 * @throws RecursionError for a query nested too deep
 */
export function parse(text: string): Node {
  const tokens = new Tokens(text)
  try {
    const node = expression(tokens, 0)
    const { type, value } = tokens.current
    if (type !== 'eof') throw tokens.fail(`Unexpected token: ${str(value)}`)
    return node
  } catch (error) {
    throw error instanceof RangeError ? new RecursionError('maximum recursion depth exceeded') : error
  }
}

/** Parses as long as the tokens bind more strongly than `power`. */
function expression(tokens: Tokens, power: number): Node {
  let left = prefix(tokens)
  while (power < bindingPower(tokens.current.type)) left = infix(tokens, left)
  return left
}

/** Parses an expression that begins with the next token. */
function prefix(tokens: Tokens): Node {
  const token = tokens.next()
  switch (token.type) {
    case 'literal':
      return { type: 'literal', value: token.value }
    case 'unquoted_identifier':
      return field(token)
    case 'quoted_identifier':
      if (tokens.current.type !== 'lparen') return field(token)
      throw tokens.fail('Quoted identifier not allowed for function names.', { ...tokens.current, start: 0 })
    case 'current':
      return CURRENT
    case 'star':
      return { type: 'values', of: CURRENT, each: tokens.current.type === 'rbracket' ? CURRENT : projected(tokens, 'star') }
    case 'filter':
      return filter(tokens, CURRENT)
    case 'flatten':
      return flatten(tokens, CURRENT)
    case 'lbrace':
      return object(tokens)
    case 'lbracket':
      return bracket(tokens)
    case 'lparen': {
      const inner = expression(tokens, 0)
      tokens.expect('rparen')
      return inner
    }
    case 'not':
      return { type: 'not', of: expression(tokens, bindingPower('not')) }
    case 'expref':
      return { type: 'expref', of: expression(tokens, bindingPower('expref')) }
    case 'eof':
      throw incompleteError(tokens.text)
    default:
      throw tokens.fail('invalid token', token)
  }
}

/** Parses a token that continues the expression on its left. */
function infix(tokens: Tokens, left: Node): Node {
  const token = tokens.next()
  switch (token.type) {
    case 'dot':
      if (tokens.take('star')) return { type: 'values', of: left, each: projected(tokens, 'dot') }
      return chain(left, afterDot(tokens, 'dot'))
    case 'pipe':
      return chain(left, expression(tokens, bindingPower('pipe')))
    case 'or':
    case 'and':
      return { type: token.type, left, right: expression(tokens, bindingPower(token.type)) }
    case 'eq':
    case 'ne':
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return { type: 'comparison', comparator: token.type, left, right: expression(tokens, bindingPower(token.type)) }
    case 'filter':
      return filter(tokens, left)
    case 'flatten':
      return flatten(tokens, left)
    case 'lbracket':
      return indexed(tokens, left)
    case 'lparen':
      return call(tokens, left)
    default:
      throw tokens.fail('invalid token', token)
  }
}

const field = ({ value }: Token): Node => ({ type: 'field', name: String(value) })

function chain(left: Node, right: Node): Node {
  if (left.type !== 'chain') return { type: 'chain', links: [left, right] }
  left.links.push(right)
  return left
}

function flatten(tokens: Tokens, of: Node): Node {
  return { type: 'projection', of: { type: 'flatten', of }, each: projected(tokens, 'flatten') }
}

function filter(tokens: Tokens, of: Node): Node {
  const where = expression(tokens, 0)
  tokens.expect('rbracket')
  return { type: 'filter', of, where, each: tokens.current.type === 'flatten' ? CURRENT : projected(tokens, 'filter') }
}

/** The part of a projection that is evaluated on each item: what follows and binds more strongly than `by`. */
function projected(tokens: Tokens, by: TokenType): Node {
  const { type } = tokens.current
  if (bindingPower(type) < PROJECTION_STOP) return CURRENT
  if (type === 'lbracket' || type === 'filter') return expression(tokens, bindingPower(by))
  if (tokens.take('dot')) return afterDot(tokens, by)
  throw tokens.fail('syntax error')
}

function afterDot(tokens: Tokens, by: TokenType): Node {
  switch (tokens.current.type) {
    case 'quoted_identifier':
    case 'unquoted_identifier':
    case 'star':
      return expression(tokens, bindingPower(by))
    case 'lbracket':
      tokens.next()
      return list(tokens)
    case 'lbrace':
      tokens.next()
      return object(tokens)
    default:
      throw tokens.fail(`Expecting: ${repr(AFTER_DOT)}, got: ${tokens.current.type}`)
  }
}

/** `[` at the start of an expression: an index, a slice, `[*]` or a list of expressions. */
function bracket(tokens: Tokens): Node {
  const { type } = tokens.current
  if (type === 'number' || type === 'colon') return indexed(tokens, CURRENT)
  if (type === 'star' && tokens.at(1).type === 'rbracket') return indexed(tokens, CURRENT)
  return list(tokens)
}

/** `[` after an expression: an index, a slice or `[*]`. */
function indexed(tokens: Tokens, of: Node): Node {
  const { type, value } = tokens.current
  if (type === 'colon' || (type === 'number' && tokens.at(1).type === 'colon')) {
    const slice: Node = { type: 'slice', of, bounds: sliceBounds(tokens) }
    // jmespath.py does not project a slice that directly follows an index: `a[0][1:].b` looks `b` up in the list.
    return isIndexed(of) ? slice : { type: 'projection', of: slice, each: projected(tokens, 'star') }
  }
  if (type === 'number' && typeof value === 'bigint') {
    tokens.next()
    tokens.expect('rbracket')
    return { type: 'index', of, index: value }
  }
  tokens.expect('star')
  tokens.expect('rbracket')
  return { type: 'projection', of, each: projected(tokens, 'star') }
}

const isIndexed = ({ type }: Node): boolean => type === 'index' || type === 'slice'

function sliceBounds(tokens: Tokens): SliceBounds {
  const bounds: (bigint | undefined)[] = []
  let place = 0
  while (tokens.current.type !== 'rbracket') {
    const { type, value } = tokens.current
    if (type === 'number' && typeof value === 'bigint') bounds[place] = value
    else if (type !== 'colon' || ++place === 3) throw tokens.fail('syntax error')
    tokens.next()
  }
  tokens.next()
  const [start, stop, step] = bounds
  return { start, stop, step }
}

function list(tokens: Tokens): Node {
  const items = [expression(tokens, 0)]
  while (!tokens.take('rbracket')) {
    tokens.expect('comma')
    items.push(expression(tokens, 0))
  }
  return { type: 'list', items }
}

function object(tokens: Tokens): Node {
  const members: [string, Node][] = []
  do {
    const { type, value } = tokens.current
    if (!KEYS.includes(type)) throw tokens.expected(repr(KEYS))
    tokens.next()
    tokens.expect('colon')
    members.push([String(value), expression(tokens, 0)])
  } while (tokens.take('comma') || !tokens.take('rbrace'))
  return { type: 'object', members }
}

function call(tokens: Tokens, left: Node): Node {
  if (left.type !== 'field') {
    const named = tokens.at(-2)
    throw tokens.fail(`Invalid function name '${str(named.value)}'`, named)
  }
  const args: Node[] = []
  while (!tokens.take('rparen')) {
    args.push(expression(tokens, 0))
    tokens.take('comma')
  }
  return { type: 'call', name: left.name, args }
}
