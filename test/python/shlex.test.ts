import { expect, test } from 'vitest'
import { split } from '../../src/python/shlex.ts'

// Recorded from Python 3.11: shlex.split(text).
test.each([
  ['profile prod', ['profile', 'prod']],
  ['profile "a b"', ['profile', 'a b']],
  ['  a \t b\r\n c ', ['a', 'b', 'c']],
  [`a"b c"'d e'f`, ['ab cd ef']],
  ['""', ['']],
  [`a '' b`, ['a', '', 'b']],
  ['a\\ b', ['a b']],
  [String.raw`"a\"b\\c\d"`, [String.raw`a"b\c\d`]],
  [String.raw`'a\b'`, [String.raw`a\b`]],
  ['a # b', ['a', '#', 'b']],
  ['a\u00a0b', ['a\u00a0b']],
  ['', []],
])('%j is %j', (text, words) => expect(split(text)).toEqual(words))

test.each([
  [`a 'b`, 'No closing quotation'],
  ['a "b', 'No closing quotation'],
  [String.raw`"a\"`, 'No closing quotation'],
  ['a\\', 'No escaped character'],
  ['"a\\', 'No escaped character'],
  [`'a\\`, 'No closing quotation'],
])('%j is refused: %s', (text, sentence) => expect(() => split(text)).toThrow(sentence))
