/** Python's built-in exceptions, as far as aws-cli shows their messages to users. */

/** An unsuitable value of the right type. `JSONDecodeError` is one. */
export class ValueError extends Error {
  override readonly name: string = 'ValueError'
}

/** Nesting deeper than CPython's stack. */
export class RecursionError extends Error {
  override readonly name = 'RecursionError'
}
