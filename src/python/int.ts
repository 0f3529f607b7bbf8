/** Python's `int(text)`, with its error message. */

import { ValueError } from './exceptions.ts'
import { repr } from './repr.ts'
import { asciiDigits, strip } from './str.ts'

/** `sys.get_int_max_str_digits()`. */
const MAX_DIGITS = 4300

const DECIMAL = /^[+-]?\d+(?:_\d+)*$/

/**
 * Allows surrounding white space, a sign, and single underscores between digits. Throws a ValueError with Python's message, also for more
 * than 4300 digits.
 */
export function int(text: string): bigint {
  const digits = asciiDigits(strip(text))
  if (!DECIMAL.test(digits)) throw new ValueError(`invalid literal for int() with base 10: ${repr(text)}`)
  const plain = digits.replace(/[+_-]/g, '')
  if (plain.length > MAX_DIGITS) {
    throw new ValueError(
      `Exceeds the limit (${MAX_DIGITS} digits) for integer string conversion: value has ${plain.length} digits; use sys.set_int_max_str_digits() to increase the limit`,
    )
  }
  const magnitude = BigInt(plain)
  return digits.startsWith('-') ? -magnitude : magnitude
}
