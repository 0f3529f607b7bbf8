import { describe, expect, test } from 'vitest'
import { assertEncodable, decode, detectEncoding, LookupError, readText, UnicodeDecodeError, UnicodeError } from '../../src/python/codec.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

// Recorded from Python 3.11: open(file, encoding=name).read().
describe('a text file', () => {
  test.each([
    ['utf-8', 'Bob\r\nx\ry\n', 'Bob\nx\ny\n'],
    ['UTF8', 'caf\xc3\xa9', 'café'],
    ['utf-8', '\xef\xbb\xbfBob', '\ufeffBob'],
    ['utf-8-sig', '\xef\xbb\xbfBob', 'Bob'],
    ['UTF 8 ', 'Bob', 'Bob'],
    ['utf-16', '\xff\xfeB\0o\0', 'Bo'],
    ['utf16', '\xfe\xff\0B\0o', 'Bo'],
    ['utf-16', '', ''],
    ['utf-16-le', '\xff\xfeB\0', '\ufeffB'],
    ['utf-32', '\xff\xfe\0\0\0\xf6\x01\0', '😀'],
    ['latin-1', '\x80\xe9', '\x80é'],
    ['cp1252', '\x80', '€'],
    ['iso-8859-15', '\xa4', '€'],
    ['shift_jis', '\x93\xfa\x96{', '日本'],
  ])('in %s: %j', (encoding, content, text) => {
    expect(readText(bytes(content), encoding)).toBe(text)
  })

  test.each([
    ['utf-8', 'caf\xe9'],
    ['utf-8', '\xed\xa0\x80'],
    ['utf-16', '\xff\xfeB'],
    ['utf-16', '\xff\xfe\x00\xd8'],
    ['utf-16', 'odd'],
    ['ascii', '\x80'],
    ['cp1252', '\x81'],
  ])('is not in %s: %j', (encoding, content) => {
    expect(() => decode(bytes(content), encoding)).toThrow(UnicodeDecodeError)
  })

  test.each([
    ['utf-16', 'B\0o\0', new UnicodeError('UTF-16 stream does not start with BOM')],
    ['utf-32', 'B\0\0\0', new UnicodeError('UTF-32 stream does not start with BOM')],
    ['nope', '', new LookupError('unknown encoding: nope')],
    ['', '', new LookupError('unknown encoding: ')],
  ])('in %s cannot be %j', (encoding, content, error) => {
    expect(() => decode(bytes(content), encoding)).toThrow(error)
  })
})

test.each([
  ['{}', 'utf-8'],
  ['', 'utf-8'],
  ['\xef\xbb\xbf{}', 'utf-8-sig'],
  ['\xff\xfe{\0}\0', 'utf-16'],
  ['{\0}\0', 'utf-16-le'],
  ['\0{\0}', 'utf-16-be'],
  ['5\0', 'utf-16-le'],
  ['\xff\xfe\0\0{\0\0\0', 'utf-32'],
  ['{\0\0\0}\0\0\0', 'utf-32-le'],
  ['\0\0\0{', 'utf-32-be'],
])('JSON that begins with %j is in %s', (content, encoding) => {
  expect(detectEncoding(bytes(content))).toBe(encoding)
})

test('a text without surrogates can be encoded', () => {
  expect(() => assertEncodable('a😀é')).not.toThrow()
})

test.each([
  ['a\ud800', "'utf-8' codec can't encode character '\\ud800' in position 1: surrogates not allowed"],
  ['😀\udce9\udce8b\udce9', "'utf-8' codec can't encode characters in position 1-2: surrogates not allowed"],
])('%j cannot', (text, message) => {
  expect(() => assertEncodable(text)).toThrow(new UnicodeError(message))
})
