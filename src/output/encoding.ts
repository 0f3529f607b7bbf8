/** `AWS_CLI_OUTPUT_ENCODING`: text → the bytes that reach standard output. Only for who sets it; all others get UTF-8. */

import { Failure } from '../core/errors.ts'
import { decode, LookupError } from '../python/codec.ts'

/** Throws aws-cli's Failure for an encoding that Python does not know, an empty one too (awscli/compat.py, 2.36.7). */
export function outputEncoder(encoding: string): (text: string) => Uint8Array {
  try {
    decode(new Uint8Array(), encoding)
  } catch (error) {
    if (!(error instanceof LookupError)) throw error
    throw new Failure(`Unknown codec \`${encoding}\` specified for AWS_CLI_OUTPUT_ENCODING.`)
  }
  const unmarked = encoding.replace(/^(?:utf[-_]?|u)(16|32)$/i, 'utf-$1-le')
  // What the encoding does not have ends aws-cli with the key made and not shown. UTF-8 loses nothing.
  return text => encoded(text, unmarked) ?? Buffer.from(text)
}

/** Undefined if the encoding lacks one of the characters. No byte order mark is written, as aws-cli writes none to a pipe. */
function encoded(text: string, encoding: string): Uint8Array | undefined {
  const parts: Uint8Array[] = []
  const found = new Map<string, Uint8Array | undefined>()
  for (const character of text) {
    if (!found.has(character)) found.set(character, bytesOf(character, encoding))
    const bytes = found.get(character)
    if (bytes === undefined) return undefined
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}

/** The bytes that the decoder reads as this character: the Unicode forms first, then one byte, then each two. */
function bytesOf(character: string, encoding: string): Uint8Array | undefined {
  const means = (bytes: Uint8Array): boolean => {
    try {
      return decode(bytes, encoding) === character
    } catch {
      return false
    }
  }
  for (const bytes of candidates(character)) if (means(bytes)) return bytes
  return undefined
}

function* candidates(character: string): Generator<Uint8Array> {
  const codePoint = character.codePointAt(0) ?? 0
  yield Uint8Array.of(codePoint & 0xff)
  yield Buffer.from(character)
  const little = Buffer.from(character, 'utf16le')
  yield little
  yield Buffer.from(little).swap16()
  const wide = Buffer.alloc(4)
  wide.writeUInt32LE(codePoint)
  yield wide
  yield Buffer.from(wide).reverse()
  for (let byte = 0; byte < 0x100; byte++) yield Uint8Array.of(byte)
  for (let high = 0x80; high < 0x100; high++) for (let low = 0; low < 0x100; low++) yield Uint8Array.of(high, low)
}
