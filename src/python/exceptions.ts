/** Python's built-in exceptions whose sentences aws-cli passes on to its users. */

/** A value of the right type that cannot be used; `JSONDecodeError` is one. */
export class ValueError extends Error {
  override readonly name: string = 'ValueError'
}

/** Something nested deeper than CPython's stack goes. */
export class RecursionError extends Error {
  override readonly name = 'RecursionError'
}
