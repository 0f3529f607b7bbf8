import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecursionError, ValueError } from '../../src/python/exceptions.ts'
import { dumps } from '../../src/python/json.ts'
import { JSONDecodeError, loads } from '../../src/python/json-decoder.ts'
import { repr } from '../../src/python/repr.ts'
import type { Value } from '../../src/python/value.ts'

describe('loads, recorded from Python 3.11', () => {
  test.each([
    ['null', 'None'],
    ['true', 'True'],
    ['1', '1'],
    ['-0', '0'],
    ['-0.0', '-0.0'],
    ['1.0', '1.0'],
    ['1e5', '100000.0'],
    ['1E400', 'inf'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['NaN', 'nan'],
    ['-Infinity', '-inf'],
    ['"\\ud83d\\ude00"', "'😀'"],
    ['"\\ud800"', "'\\ud800'"],
    ['"\\/\\b\\u00e9"', "'/\\x08é'"],
    ['{"2":1,"1":2,"2":3}', "{'2': 3, '1': 2}"],
    ['[]', '[]'],
    ['{}', '{}'],
    [' [ 1 , {"a" : [] } ] ', "[1, {'a': []}]"],
  ])('%s is %s', (text, value) => expect(repr(loads(text))).toBe(value))

  test.each([
    ['', 'Expecting value: line 1 column 1 (char 0)'],
    ['  ', 'Expecting value: line 1 column 3 (char 2)'],
    ['\ufeff{}', 'Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)'],
    ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
    ['{"a"', "Expecting ':' delimiter: line 1 column 5 (char 4)"],
    ['{"a":', 'Expecting value: line 1 column 6 (char 5)'],
    ['{"a":1', "Expecting ',' delimiter: line 1 column 7 (char 6)"],
    ['{"a":1,}', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
    ['{1:2}', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
    ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
    ['{"a":1 "b":2}', "Expecting ',' delimiter: line 1 column 8 (char 7)"],
    ['[', 'Expecting value: line 1 column 2 (char 1)'],
    ['[1', "Expecting ',' delimiter: line 1 column 3 (char 2)"],
    ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
    ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
    ['[1]x', 'Extra data: line 1 column 4 (char 3)'],
    ['nul', 'Expecting value: line 1 column 1 (char 0)'],
    ['-', 'Expecting value: line 1 column 1 (char 0)'],
    ['+1', 'Expecting value: line 1 column 1 (char 0)'],
    ['01', 'Extra data: line 1 column 2 (char 1)'],
    ['.5', 'Expecting value: line 1 column 1 (char 0)'],
    ['1.', 'Extra data: line 1 column 2 (char 1)'],
    ['"abc', 'Unterminated string starting at: line 1 column 1 (char 0)'],
    ['"\\', 'Unterminated string starting at: line 1 column 1 (char 0)'],
    ['"a\x01"', 'Invalid control character at: line 1 column 3 (char 2)'],
    ['"a\nb"', 'Invalid control character at: line 1 column 3 (char 2)'],
    ['"\\q"', 'Invalid \\escape: line 1 column 2 (char 1)'],
    ['"\\u12"', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
    ['"\\u1234', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
    ['"\\ud83d\\u00"', 'Invalid \\uXXXX escape: line 1 column 9 (char 8)'],
    ["'a'", 'Expecting value: line 1 column 1 (char 0)'],
    ['["😀" 1]', "Expecting ',' delimiter: line 1 column 6 (char 5)"],
    ['[1,\n\n2,\n x]', 'Expecting value: line 4 column 2 (char 9)'],
    ['\xa01', 'Expecting value: line 1 column 1 (char 0)'],
    ['NaNx', 'Extra data: line 1 column 4 (char 3)'],
  ])('%j is refused: %s', (text, message) =>
    expect(() => loads(text)).toThrow(expect.objectContaining({ name: 'JSONDecodeError', message })),
  )

  test('a refusal has its reason apart from the place', () => {
    expect(() => loads('"\\q"')).toThrow(expect.objectContaining({ reason: 'Invalid \\escape' }))
  })

  test('an integer of more than 4300 digits is refused', () => {
    expect(loads('1'.repeat(4300))).toBe(BigInt('1'.repeat(4300)))
    expect(() => loads('1'.repeat(4301))).toThrow(ValueError)
    expect(() => loads('1'.repeat(4301))).not.toThrow(JSONDecodeError)
  })

  test.each([
    ['[', 'array'],
    ['{"a":', 'object'],
  ])('too many %s are refused', (open, kind) => {
    const message = `maximum recursion depth exceeded while decoding a JSON ${kind} from a unicode string`
    expect(() => loads(open.repeat(100_000))).toThrow(new RecursionError(message))
  })
})

describe('dumps, recorded from Python 3.11', () => {
  const value = loads(`{"b": [1, 1.0, true, null, "é😀\\"\\n\x7f"], "a": {}, "c": [], "\uffff": {"x": -0.0}, "😀": NaN}`)

  test('in one line', () => {
    expect(dumps(value)).toBe(
      '{"b": [1, 1.0, true, null, "\\u00e9\\ud83d\\ude00\\"\\n\\u007f"], "a": {}, "c": [], "\\uffff": {"x": -0.0}, "\\ud83d\\ude00": NaN}',
    )
  })

  test('compact, keys in the order of code points', () => {
    expect(dumps(value, { compact: true, sortKeys: true })).toBe(
      '{"a":{},"b":[1,1.0,true,null,"\\u00e9\\ud83d\\ude00\\"\\n\\u007f"],"c":[],"\\uffff":{"x":-0.0},"\\ud83d\\ude00":NaN}',
    )
  })

  test('indented, without escapes for what is not ASCII', () => {
    expect(dumps(value, { indent: 4, ensureAscii: false })).toBe(`{
    "b": [
        1,
        1.0,
        true,
        null,
        "é😀\\"\\n\x7f"
    ],
    "a": {},
    "c": [],
    "\uffff": {
        "x": -0.0
    },
    "😀": NaN
}`)
  })
})

const { value } = fc.letrec<{ value: Value }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.bigInt(),
    fc.double(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value')),
    fc.array(fc.tuple(fc.string(), tie('value'))).map(members => new Map(members)),
  ),
}))

test('what dumps writes, loads reads back', () => {
  fc.assert(
    fc.property(value, fc.boolean(), fc.option(fc.nat(4), { nil: undefined }), (value, ensureAscii, indent) => {
      expect(loads(dumps(value, { ensureAscii, ...(indent !== undefined && { indent }) }))).toEqual(value)
    }),
  )
})
