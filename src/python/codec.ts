/** Decodes bytes as Python's strict codecs and text files do (3.11). Encodings have Python's names and aliases. */

import { ValueError } from './exceptions.ts'

/** An encoding that Python does not know. */
export class LookupError extends Error {
  override readonly name = 'LookupError'
}

/** Bytes that are invalid in this encoding. */
export class UnicodeDecodeError extends ValueError {
  override readonly name = 'UnicodeDecodeError'
}

/** Text that cannot be decoded or encoded at all: a missing byte order mark, a lone surrogate. */
export class UnicodeError extends ValueError {
  override readonly name = 'UnicodeError'
}

type Decoder = (bytes: Uint8Array) => string

/** Control characters that some of Python's legacy encodings leave undefined. */
const C1 = /[\x80-\x9f]/u

/** A WHATWG decoder, for encodings that both define alike. What only WHATWG defines decodes to a C1 control, which is an error. */
const whatwg =
  (label: string, refused?: RegExp): Decoder =>
  bytes => {
    const text = new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes)
    if (refused?.test(text)) throw new TypeError(`not ${label}`)
    return text
  }

const strictUtf8 = whatwg('utf-8')
/** The strict decoder takes long to load, and is needed only if the lenient one returns a replacement character. */
const utf8: Decoder = bytes => {
  const text = (bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString()
  return text.includes('\ufffd') ? strictUtf8(bytes) : text
}
const latin1: Decoder = bytes => Buffer.from(bytes).toString('latin1')
const ascii: Decoder = bytes => {
  if (bytes.some(byte => byte > 0x7f)) throw new TypeError('not ascii')
  return latin1(bytes)
}

/** 0x80 to 0x9f. Not a TextDecoder: Node 20's decodes latin-1 as windows-1252. */
const CP1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

const cp1252: Decoder = bytes => {
  const text = latin1(bytes).replace(/[\x80-\x9f]/g, control => CP1252[control.charCodeAt(0) - 0x80] ?? control)
  if (C1.test(text)) throw new TypeError('not cp1252')
  return text
}

const utf32 =
  (littleEndian: boolean): Decoder =>
  bytes => {
    if (bytes.length % 4 !== 0) throw new TypeError('truncated data')
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const codePoints = Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(4 * index, littleEndian))
    if (codePoints.some(codePoint => codePoint >= 0xd800 && codePoint < 0xe000)) throw new TypeError('a surrogate')
    return codePoints.map(codePoint => String.fromCodePoint(codePoint)).join('')
  }

const utf16le = whatwg('utf-16le')
const utf16be = whatwg('utf-16be')
const utf32le = utf32(true)
const utf32be = utf32(false)

const startsWith = (bytes: Uint8Array, ...start: readonly number[]): boolean => start.every((byte, index) => bytes[index] === byte)

/** The mark determines the byte order, and a text file must have one. */
const marked =
  (name: string, unit: number, little: Decoder, big: Decoder): Decoder =>
  bytes => {
    const mark = unit === 2 ? [0xff, 0xfe] : [0xff, 0xfe, 0, 0]
    if (startsWith(bytes, ...mark)) return little(bytes.subarray(unit))
    if (startsWith(bytes, ...mark.toReversed())) return big(bytes.subarray(unit))
    const text = little(bytes)
    if (text !== '') throw new UnicodeError(`${name} stream does not start with BOM`)
    return text
  }

/** By Python's normalized names and aliases. Legacy encodings are those that WHATWG defines alike. */
const decoders = (): readonly (readonly [names: RegExp, decoder: (name: string) => Decoder])[] => [
  [/^(utf_?8|u8|utf|cp65001)$/, () => utf8],
  [/^utf_?8_sig$/, () => bytes => utf8(startsWith(bytes, 0xef, 0xbb, 0xbf) ? bytes.subarray(3) : bytes)],
  [/^(utf_?16|u16)$/, () => marked('UTF-16', 2, utf16le, utf16be)],
  [/^(utf_?16_?le|unicodelittleunmarked)$/, () => utf16le],
  [/^(utf_?16_?be|unicodebigunmarked)$/, () => utf16be],
  [/^(utf_?32|u32)$/, () => marked('UTF-32', 4, utf32le, utf32be)],
  [/^utf_?32_?le$/, () => utf32le],
  [/^utf_?32_?be$/, () => utf32be],
  [/^(latin_?1|latin|l1|iso_?8859_1|8859|iso8859|cp819)$/, () => latin1],
  [/^(ascii|us_ascii|us|646|iso646_us)$/, () => ascii],
  [/^(cp|windows_)1252$/, () => cp1252],
  [/^(cp|windows_)125[0-8]$/, name => whatwg(`windows-${name.slice(-4)}`, C1)],
  [/^iso_?8859_([2-8]|1[0345])$/, name => whatwg(`iso-8859-${name.split('_').at(-1)}`)],
  [/^koi8_[ru]$|^cp866$|^gbk$|^gb18030$|^big5$/, name => whatwg(name.replace('_', '-'))],
  [/^s(hift_?)?jis$/, () => whatwg('shift_jis')],
  [/^(euc_?jp|ujis)$/, () => whatwg('euc-jp')],
  [/^(euc_?kr)$/, () => whatwg('euc-kr')],
  [/^(mac_?roman|macintosh)$/, () => whatwg('macintosh')],
]

/**
 * `bytes.decode(encoding)`.
 *
 * @throws LookupError for an unknown encoding
 * @throws UnicodeDecodeError for invalid bytes
 * @throws UnicodeError for UTF-16 and UTF-32 without a byte order mark
 */
export function decode(bytes: Uint8Array, encoding: string): string {
  const decoder = encoding === 'utf-8' ? utf8 : decoderFor(encoding)
  if (decoder === undefined) throw new LookupError(`unknown encoding: ${encoding}`)
  try {
    return decoder(bytes)
  } catch (error) {
    throw error instanceof UnicodeError ? error : new UnicodeDecodeError(`the bytes are not ${encoding}`)
  }
}

function decoderFor(encoding: string): Decoder | undefined {
  const name = (encoding.toLowerCase().match(/[a-z0-9.]+/g) ?? []).join('_')
  return decoders().find(([names]) => names.test(name))?.[1](name)
}

/** The content of a file opened as text: decoded, every line end a line feed. Throws as `decode` does. */
export const readText = (bytes: Uint8Array, encoding: string): string => decode(bytes, encoding).replace(/\r\n?/g, '\n')

/** `json.detect_encoding`: the Unicode encoding of a JSON text, from its mark or the position of its zero bytes. */
export function detectEncoding(bytes: Uint8Array): string {
  if (startsWith(bytes, 0xff, 0xfe, 0, 0) || startsWith(bytes, 0, 0, 0xfe, 0xff)) return 'utf-32'
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) return 'utf-16'
  if (startsWith(bytes, 0xef, 0xbb, 0xbf)) return 'utf-8-sig'
  const [first, second, third, fourth] = bytes
  if (bytes.length >= 4 && first === 0) return second === 0 ? 'utf-32-be' : 'utf-16-be'
  if (bytes.length >= 4 && second === 0) return third === 0 && fourth === 0 ? 'utf-32-le' : 'utf-16-le'
  if (bytes.length === 2 && first === 0) return 'utf-16-be'
  if (bytes.length === 2 && second === 0) return 'utf-16-le'
  return 'utf-8'
}

/**
 * Throws the error of `text.encode('utf-8')` for a lone surrogate, which UTF-8 cannot encode. Positions are counted in code points.
 *
 * @throws UnicodeError
 */
export function assertEncodable(text: string): void {
  if (text.isWellFormed()) return
  const characters = Array.from(text)
  const isSurrogate = (character: string | undefined) => character !== undefined && /^[\ud800-\udfff]$/.test(character)
  const start = characters.findIndex(isSurrogate)
  if (start === -1) return
  let end = start
  while (isSurrogate(characters[end + 1])) end++
  const what =
    start === end
      ? `character '\\u${characters[start]?.charCodeAt(0).toString(16)}' in position ${start}`
      : `characters in position ${start}-${end}`
  throw new UnicodeError(`'utf-8' codec can't encode ${what}: surrogates not allowed`)
}
