import { expect, test } from 'vitest'
import { loads } from '../../src/python/json-decoder.ts'
import { floatRepr, repr, str, typeName } from '../../src/python/repr.ts'

// All recorded from Python 3.11.

test.each([
  [1.0, '1.0'],
  [0.1, '0.1'],
  [1e16, '1e+16'],
  [1000000000000000.0, '1000000000000000.0'],
  [1.2345678901234568e17, '1.2345678901234568e+17'],
  [0.0001, '0.0001'],
  [1e-5, '1e-05'],
  [1e-7, '1e-07'],
  [1.5e300, '1.5e+300'],
  [5e-324, '5e-324'],
  [-0.0, '-0.0'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NaN, 'nan'],
])('the float %d shows as %s', (float, text) => expect(floatRepr(float)).toBe(text))

test.each([
  ['a', "'a'"],
  ["it's", '"it\'s"'],
  ['say "hi"', '\'say "hi"\''],
  ['it\'s "x"', "'it\\'s \"x\"'"],
  ['\\', "'\\\\'"],
  ['\n\r\t\u0000\u007f\u001f', "'\\n\\r\\t\\x00\\x7f\\x1f'"],
  ['\u00e9\ud83d\ude00', "'é😀'"],
  ['\u00a0\u00ad\u200b\u2028', "'\\xa0\\xad\\u200b\\u2028'"],
  ['\ud800', "'\\ud800'"],
  ['\udb40\udc01', "'\\U000e0001'"],
  ['\u3000 ', "'\\u3000 '"],
  ['', "''"],
])('the string %j shows as %s', (text, shown) => expect(repr(text)).toBe(shown))

test('str shows a string as it is, and what is in a list as repr does', () => {
  expect(str("it's")).toBe("it's")
  expect(str(loads('[null, true, 1, 1.0, {"a": "it\'s"}]'))).toBe(`[None, True, 1, 1.0, {'a': "it's"}]`)
})

test.each([
  ['null', 'NoneType'],
  ['false', 'bool'],
  ['1', 'int'],
  ['1.0', 'float'],
  ['""', 'str'],
  ['[]', 'list'],
  ['{}', 'dict'],
])('the type of %s is %s', (json, name) => expect(typeName(loads(json))).toBe(name))
