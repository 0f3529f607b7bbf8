/** Python's `float(text)`, with its error message. `repr.ts` prints floats. */

import { ValueError } from './exceptions.ts'
import { repr } from './repr.ts'
import { asciiDigits, strip } from './str.ts'

const DECIMAL = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/
const SPECIAL = /^([+-]?)(?:(inf)(?:inity)?|nan)$/

/** Allows surrounding white space, single underscores between digits, and names for infinity and NaN. Throws a ValueError. */
export function float(text: string): number {
  const plain = asciiDigits(strip(text)).toLowerCase()
  const named = SPECIAL.exec(plain)
  if (named) return named[2] === undefined ? Number.NaN : Number(`${named[1]}Infinity`)
  if (!DECIMAL.test(plain)) throw new ValueError(`could not convert string to float: ${repr(text)}`)
  return Number(plain.replaceAll('_', ''))
}
