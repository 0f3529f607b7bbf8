import { describe, expect, test } from 'vitest'
import { split, splitCommand } from '../../src/python/shlex.ts'

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

describe('on Windows', () => {
  // Recorded from botocore's compat_shell_split(text, 'win32') in aws-cli 2.36.7.
  test.each([
    ['C:\\tools\\get.exe --x', ['C:\\tools\\get.exe', '--x']],
    ['"C:\\Program Files\\get.exe" a', ['C:\\Program Files\\get.exe', 'a']],
    ['a\\"b', ['a"b']],
    ['a\\\\"b c"', ['a\\b c']],
    ['"a\\\\\\"b"', ['a\\"b']],
    ["'a b'", ["'a", "b'"]],
    ['a\tb  c', ['a', 'b', 'c']],
    ['""', ['']],
    ['a\\ b', ['a\\', 'b']],
    ['a\\', ['a\\']],
    ['a\nb', ['a\nb']],
    ['', []],
  ])('%j is %j', (text, words) => expect(splitCommand(text, 'win32')).toEqual(words))

  test('a quotation that is not closed is refused', () => {
    expect(() => splitCommand('a "b', 'win32')).toThrow('No closing quotation in string: a "b')
  })
})
