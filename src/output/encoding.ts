/** `AWS_CLI_OUTPUT_ENCODING`: encodes text for standard output and standard error. Used only if the variable is set; the default is UTF-8. */

import { Failure } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import { decode, LookupError } from '../python/codec.ts'

/** Throws aws-cli's Failure for an encoding unknown to Python, or an empty name (awscli/compat.py, 2.36.7). */
export function outputEncoder(encoding: string): (text: string) => Uint8Array {
  try {
    decode(new Uint8Array(), encoding)
  } catch (error) {
    if (!(error instanceof LookupError)) throw error
    throw new Failure(`Unknown codec \`${encoding}\` specified for AWS_CLI_OUTPUT_ENCODING.`)
  }
  // utf-8-sig begins with a byte order mark. For UTF-16 and UTF-32 aws-cli writes none to a pipe.
  const marks = /^utf[-_ ]?8[-_ ]sig$/i.test(encoding)
  const codec = marks ? 'utf-8' : encoding.replace(/^(?:utf[-_]?|u)(16|32)$/i, 'utf-$1-le')
  let mark = marks ? '\ufeff' : ''
  // aws-cli fails on a character that the encoding lacks, with the key created and not shown. UTF-8 has every character.
  return text => {
    if (text === '') return Buffer.alloc(0)
    const marked = mark + text
    mark = ''
    return encoded(marked, codec) ?? Buffer.from(marked)
  }
}

/** The host with an encoded standard error. With an unknown encoding it stays UTF-8, and the run reports the error. */
export function withEncodedStderr(host: Host, encoding: string): Host {
  const { stderr } = host
  try {
    const encode = outputEncoder(encoding)
    const write: Host['stderr']['write'] = (text, stop) => stderr.write(typeof text === 'string' ? encode(text) : text, stop)
    return Object.create(host, { stderr: { value: Object.create(stderr, { write: { value: write } }) } })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return host
  }
}

/** Undefined if the encoding lacks one of the characters. */
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

/** The bytes that decode to this character: tries the Unicode encodings, then single bytes, then pairs. */
function bytesOf(character: string, encoding: string): Uint8Array | undefined {
  const decodesToCharacter = (bytes: Uint8Array): boolean => {
    try {
      return decode(bytes, encoding) === character
    } catch {
      return false
    }
  }
  for (const bytes of candidates(character)) if (decodesToCharacter(bytes)) return bytes
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
