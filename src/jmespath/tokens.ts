/** A cursor over the tokens of a query, and the errors at its position. */

import { incompleteError, type JmespathError, syntaxError } from './errors.ts'
import { type Token, type TokenType, tokenize } from './lexer.ts'

export class Tokens {
  readonly text: string
  readonly #tokens: readonly Token[]
  #index = 0

  constructor(text: string) {
    this.text = text
    this.#tokens = tokenize(text)
  }

  get current(): Token {
    return this.at(0)
  }

  /** The token `offset` places after the current one; `eof` beyond the end. */
  at(offset: number): Token {
    return this.#tokens[this.#index + offset] ?? { type: 'eof', value: '', start: this.text.length }
  }

  next(): Token {
    const token = this.current
    this.#index++
    return token
  }

  /** Consumes the current token if it has this type. */
  take(type: TokenType): boolean {
    const taken = this.current.type === type
    if (taken) this.#index++
    return taken
  }

  /** Consumes a token of this type. @throws JmespathError for any other */
  expect(type: TokenType): void {
    if (!this.take(type)) throw this.expected(type)
  }

  expected(what: string): JmespathError {
    return this.current.type === 'eof' ? incompleteError(this.text) : this.fail(`Expecting: ${what}, got: ${this.current.type}`)
  }

  fail(reason: string, token = this.current): JmespathError {
    return syntaxError(reason, this.text, token)
  }
}
