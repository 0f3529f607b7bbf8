import { describe, expect, test } from 'vitest'
import { search } from '../../src/jmespath/evaluate.ts'
import { parse } from '../../src/jmespath/parser.ts'
import { RecursionError } from '../../src/python/exceptions.ts'
import { dumps } from '../../src/python/json.ts'
import { loads } from '../../src/python/json-decoder.ts'

const DATA = loads(`{
  "n": [3, 1.0, 2],
  "s": ["b", "a", "B", "😀", "\\uffff"],
  "o": [{"k": 2, "v": "x", "z": [1]}, {"k": 1, "v": "y", "z": [2, 3]}, {"k": 1.0, "v": "z"}],
  "m": {"2": "two", "1": "one"},
  "t": "é😀",
  "big": 100000000000000000000,
  "e": [],
  "nil": null,
  "mixed": [true, "a", null]
}`)

const ask = (query: string): string => dumps(search(parse(query), DATA))

describe('answers recorded from jmespath.py 1.0.1', () => {
  test.each([
    ['big', '100000000000000000000'],
    ['n[0] == `3.0`', 'true'],
    ['n', '[3, 1.0, 2]'],
    ['avg(`[2,2]`)', '2.0'],
    ['sum(n)', '6.0'],
    ['sum(`[]`)', '0'],
    ['sum(`[1e308,1e308]`)', 'Infinity'],
    ['ceil(`1.2`)', '2'],
    ['floor(`-1.2`)', '-2'],
    ['abs(`-0.0`)', '0.0'],
    ['`1e-7`', '1e-07'],
    ['`1e16`', '1e+16'],
    ['`123456789012345678901`', '123456789012345678901'],
    ["to_number('1_000')", '1000'],
    ["to_number(' 7 ')", '7'],
    ["to_number('')", 'null'],
    ["to_number('1e3')", '1000.0'],
    ["to_number('inf')", 'Infinity'],
    ["to_number('0x1')", 'null'],
    ['to_number(`true`)', 'null'],
    ['to_string(m)', '"{\\"2\\":\\"two\\",\\"1\\":\\"one\\"}"'],
    ['to_string(`1.0`)', '"1.0"'],
    ['to_string(t)', '"\\u00e9\\ud83d\\ude00"'],
    ['to_string(`["é"]`)', '"[\\"\\\\u00e9\\"]"'],
    ['length(t)', '2'],
    ['reverse(t)', '"\\ud83d\\ude00\\u00e9"'],
    ['sort(s)', '["B", "a", "b", "\\uffff", "\\ud83d\\ude00"]'],
    ['sort(n)', '[1.0, 2, 3]'],
    ['max(s)', '"\\ud83d\\ude00"'],
    ['min(n)', '1.0'],
    ['sort_by(o, &k)[].v', '["y", "z", "x"]'],
    ['sort_by(o, &v)[].k', '[2, 1, 1.0]'],
    ['max_by(o, &k).v', '"x"'],
    ['min_by(o, &k).v', '"y"'],
    ['max_by(e, &k)', 'null'],
    ['map(&z[0], o)', '[1, 2, null]'],
    ['keys(m)', '["2", "1"]'],
    ['m.*', '["two", "one"]'],
    ['merge(m, `{"2":0}`, `[["a",1]]`)', '{"2": 0, "1": "one", "a": 1}'],
    ['contains(mixed, `1`)', 'true'],
    ["contains(t, 'é')", 'true'],
    ['mixed[0] == `1`', 'false'],
    ['`[1]` == `[true]`', 'true'],
    ['`0` == `false`', 'false'],
    ['!`0`', 'false'],
    ['!e', 'true'],
    ['!nil', 'true'],
    ["'a' < 'b'", 'true'],
    ['t > `null`', 'null'],
    ['nil < `1`', 'null'],
    ['n[?@ > `1`]', '[3, 2]'],
    ["o[?v >= 'y'].k", '[1, 1.0]'],
    ['o[0].z[0]', '1'],
    ['n[-1]', '2'],
    ['n[9]', 'null'],
    ['n[::-1]', '[2, 1.0, 3]'],
    ['n[1:]', '[1.0, 2]'],
    ['n[-2:][0]', '[]'],
    ['n[:99:2]', '[3, 2]'],
    ['n[-9::-1]', '[]'],
    ['o[0:2].z[]', '[1, 2, 3]'],
    ['o[].z[]', '[1, 2, 3]'],
    ['o[*].z[*]', '[[1], [2, 3]]'],
    ['[n[0], nil]', '[3, null]'],
    ['{a: n[0], b: t, a: nil}', '{"a": null, "b": "\\u00e9\\ud83d\\ude00"}'],
    ['nil.{a: a}', 'null'],
    ['nil.[a]', 'null'],
    ['e[*].a', '[]'],
    ['m.*.k', '[]'],
    ['`foo`', '"foo"'],
    ['` foo `', '"foo "'],
    ["'it\\'s'", `"it's"`],
    ['`"\\u00e9"`', '"\\u00e9"'],
    ['"\\u006e"[0]', '3'],
    ['`[1,2`', '"[1,2"'],
    ["starts_with('bob', 'b')", 'true'],
    ["ends_with('bob', '')", 'true'],
    ["join(',', s[:2])", '"b,a"'],
    ['not_null(nil, nope, `0`)', '0'],
    ['to_array(t)', '["\\u00e9\\ud83d\\ude00"]'],
    ['type(nil)', '"null"'],
    ['type(&a)', 'null'],
    ['o[?&a].k', '[2, 1, 1.0]'],
    ['o[0].z[0][1:]', 'null'],
    ['[[n]][0][0][1:].a', 'null'],
    ['{a: n[0] b: n[1]}', '{"a": 3, "b": 1.0}'],
    ['sum(n,)', '6.0'],
    ['nil || t && n[0]', '3'],
    ['n | [0]', '3'],
    ['n[*] | [0]', '3'],
    ['n[*].[@][0]', '[3]'],
    ['`NaN` == `NaN`', 'false'],
    ['[`NaN`] == [`NaN`]', 'true'],
  ])('%s is %s', (query, answer) => expect(ask(query)).toBe(answer))
})

describe('refusals recorded from jmespath.py 1.0.1', () => {
  test.each([
    ['nope(t)', 'Unknown function: nope()'],
    ['nope(abs(t))', `In function abs(), invalid type for value: é😀, expected one of: ['number'], received: "string"`],
    ['abs()', 'Expected 1 argument for function abs(), received 0'],
    ['abs(n, n)', 'Expected 1 argument for function abs(), received 2'],
    ['not_null()', 'Expected at least 1 argument for function not_null(), received 0'],
    ['merge()', 'Expected at least 1 argument for function merge(), received 0'],
    ['contains(n)', 'Expected 2 arguments for function contains(), received 1'],
    ['abs(t)', `In function abs(), invalid type for value: é😀, expected one of: ['number'], received: "string"`],
    ['abs(nil)', `In function abs(), invalid type for value: None, expected one of: ['number'], received: "null"`],
    ['abs(`true`)', `In function abs(), invalid type for value: True, expected one of: ['number'], received: "boolean"`],
    ['length(n[0])', `In function length(), invalid type for value: 3, expected one of: ['string', 'array', 'object'], received: "number"`],
    ["join(', ', n)", `In function join(), invalid type for value: 3, expected one of: ['array-string'], received: "int"`],
    ['join(n, n)', `In function join(), invalid type for value: [3, 1.0, 2], expected one of: ['string'], received: "array"`],
    ['sum(s)', `In function sum(), invalid type for value: b, expected one of: ['array-number'], received: "str"`],
    ['sum(mixed)', `In function sum(), invalid type for value: True, expected one of: ['array-number'], received: "bool"`],
    ['max(mixed)', `In function max(), invalid type for value: True, expected one of: ['array-number', 'array-string'], received: "bool"`],
    [
      'max(`[1,"a",2]`)',
      `In function max(), invalid type for value: a, expected one of: ['array-number', 'array-string'], received: "str"`,
    ],
    [
      'sort(`["a",1]`)',
      `In function sort(), invalid type for value: 1, expected one of: ['array-string', 'array-number'], received: "int"`,
    ],
    [
      'sort(m)',
      `In function sort(), invalid type for value: {'2': 'two', '1': 'one'}, expected one of: ['array-string', 'array-number'], received: "object"`,
    ],
    ['keys(n)', `In function keys(), invalid type for value: [3, 1.0, 2], expected one of: ['object'], received: "array"`],
    [
      'sort_by(o, &z)',
      `In function sort_by(), invalid type for value: {'k': 2, 'v': 'x', 'z': [1]}, expected one of: ['string', 'number'], received: "array"`,
    ],
    [
      'sort_by(`[{"a":1},{"a":"x"}]`, &a)',
      `In function sort_by(), invalid type for value: x, expected one of: ['number'], received: "string"`,
    ],
    ['max_by(`[{"a":1},{"a":"x"}]`, &a)', "'>' not supported between instances of 'str' and 'int'"],
    ['min_by(`[{"a":"x"},{"a":1}]`, &a)', "'<' not supported between instances of 'int' and 'str'"],
    ['max_by(o, &nope)', `In function max_by(), invalid type for value: None, expected one of: ['number', 'string'], received: "null"`],
    ['sort_by(n, k)', `In function sort_by(), invalid type for value: None, expected one of: ['expref'], received: "null"`],
    ['map(n, &a)', `In function map(), invalid type for value: [3, 1.0, 2], expected one of: ['expref'], received: "array"`],
    ['merge(m, `null`)', "'NoneType' object is not iterable"],
    ['merge(m, `[1]`)', 'cannot convert dictionary update sequence element #0 to a sequence'],
    ['merge(m, `["abc"]`)', 'dictionary update sequence element #0 has length 3; 2 is required'],
    ['merge(m, `[[[],1]]`)', "unhashable type: 'list'"],
    ['merge(`null`)', `In function merge(), invalid type for value: None, expected one of: ['object'], received: "null"`],
    ["contains('abc', `1`)", "'in <string>' requires string as left operand, not int"],
    ["'a' < `1`", "'<' not supported between instances of 'str' and 'int'"],
    ["`1.5` >= 'a'", "'>=' not supported between instances of 'float' and 'str'"],
    ['n[1:2:0]', 'slice step cannot be zero'],
    ['ceil(`Infinity`)', 'cannot convert float infinity to integer'],
    ['floor(`NaN`)', 'cannot convert float NaN to integer'],
    ['&a', 'Encountered unrecognized type in JSON encoder.'],
    ['[&a]', 'Encountered unrecognized type in JSON encoder.'],
    [`abs('é\\'"')`, `In function abs(), invalid type for value: é'", expected one of: ['number'], received: "string"`],
    [
      'abs(`{"a":[1.0,true,null,"x"]}`)',
      `In function abs(), invalid type for value: {'a': [1.0, True, None, 'x']}, expected one of: ['number'], received: "object"`,
    ],
  ])('%s: %s', (query, message) => expect(() => ask(query)).toThrow(expect.objectContaining({ message })))
})

test('every name that is looked up in vain is told', () => {
  const missing: string[] = []
  search(parse('{a: x, b: m."3" || m."2", c: o[*].z | [].y, d: nil.w}'), DATA, name => missing.push(name))
  expect(missing).toEqual(['x', '3', 'z', 'y', 'y', 'y', 'w'])
})

test('a query nested too deep for evaluation is refused', () => {
  expect(() => ask(`n${' || n'.repeat(50_000)}`)).toThrow(new RecursionError('maximum recursion depth exceeded'))
})
