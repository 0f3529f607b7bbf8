/** Python's `base64` module (3.11) with its default leniency. */

import { ValueError } from './exceptions.ts'

/** `b64decode`: ignores characters outside the alphabet and everything after the padding. Throws a ValueError for missing padding. */
export function b64decode(text: string): Uint8Array {
  let letters = ''
  let pads = 0
  for (const character of text.replace(/[^A-Za-z0-9+/=]/g, '')) {
    const inGroup = letters.length % 4
    if (character !== '=') {
      letters += character
      pads = 0
    } else if (inGroup >= 2 && inGroup + ++pads >= 4) return Buffer.from(letters, 'base64')
  }
  if (letters.length % 4 !== 0) throw new ValueError('Incorrect padding')
  return Buffer.from(letters, 'base64')
}
