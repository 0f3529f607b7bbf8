/** A way through the tokens of a query, and what to say where it goes no further. */

import { incompleteError, type JmespathError, syntaxError } from './errors.ts'
import { type Token, type TokenType, tokenize } from './lexer.ts'

/** The tokens of a query and a place among them. */
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

  /** The token `offset` places after the current one; the last one where there is none. */
  at(offset: number): Token {
    return this.#tokens[this.#index + offset] ?? { type: 'eof', value: '', start: this.text.length }
  }

  next(): Token {
    const token = this.current
    this.#index++
    return token
  }

  /** Passes over a token of this type, if it is the current one. */
  take(type: TokenType): boolean {
    const taken = this.current.type === type
    if (taken) this.#index++
    return taken
  }

  /** @throws JmespathError where another token is the current one */
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
