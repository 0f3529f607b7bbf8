/** Python's `int(text)`: which texts are whole numbers, and the sentence for those that are not. */

import { ValueError } from './exceptions.ts'
import { repr } from './repr.ts'
import { strip } from './str.ts'

const decimal = /^[+-]?\d+(?:_\d+)*$/

/** White space around it, a sign and single underscores between digits are allowed. Throws a ValueError with Python's sentence. */
export function int(text: string): bigint {
  const digits = strip(text)
  if (!decimal.test(digits)) throw new ValueError(`invalid literal for int() with base 10: ${repr(text)}`)
  const magnitude = BigInt(digits.replace(/[+_-]/g, ''))
  return digits.startsWith('-') ? -magnitude : magnitude
}
