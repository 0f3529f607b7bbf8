import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { yaml, yamlStream } from '../../src/output/yaml.ts'
import { loads } from '../../src/python/json-decoder.ts'
import { recorded } from './recorded.ts'

test.each(recorded('yaml.txt'))('$name', ({ value, printed }) => expect(yaml(value)).toBe(printed))

// Recorded from aws-cli 2.36.7.
test.each([
  ['', "''"],
  ['plain', 'plain'],
  ['two words', 'two words'],
  ['true', "'true'"],
  ['True', "'True'"],
  ['tRUE', 'tRUE'],
  ['yes', 'yes'],
  ['null', "'null'"],
  ['~', "'~'"],
  ['123', "'123'"],
  ['-1', "'-1'"],
  ['1_000', "'1_000'"],
  ['_', '_'],
  ['1.5', "'1.5'"],
  ['1.', "'1.'"],
  ['.5', "'.5'"],
  ['1e5', "'1e5'"],
  ['0x1F', "'0x1F'"],
  ['0b1', "'0b1'"],
  ['0o17', "'0o17'"],
  ['.inf', "'.inf'"],
  ['.nan', "'.nan'"],
  ['2015-03-09', "'2015-03-09'"],
  ['2015-03-09T18:39:23.411Z', "'2015-03-09T18:39:23.411Z'"],
  ['2015-03-09 18:39:23 +02:00', "'2015-03-09 18:39:23 +02:00'"],
  ['12:30:45', '12:30:45'],
  ['=', "'='"],
  ['<<', "'<<'"],
  ['---', "'---'"],
  ['--- a', "'--- a'"],
  ['...', "'...'"],
  ['-', "'-'"],
  ['-a', '-a'],
  ['- a', "'- a'"],
  ['?', "'?'"],
  ['?a', '?a'],
  [':', "':'"],
  ['a:', "'a:'"],
  ['a: b', "'a: b'"],
  ['a:b', 'a:b'],
  ['a #b', "'a #b'"],
  ['a#b', 'a#b'],
  ['#a', "'#a'"],
  ['@a', "'@a'"],
  ['%a', "'%a'"],
  ['*a', "'*a'"],
  ['&a', "'&a'"],
  ['!a', "'!a'"],
  ['|', "'|'"],
  ['>', "'>'"],
  ['`a`', "'`a`'"],
  ['[a', "'[a'"],
  ['a]', 'a]'],
  ['{a', "'{a'"],
  ['a,b', 'a,b'],
  [',a', "',a'"],
  ["it's", "it's"],
  ["'a", "'''a'"],
  ['"a', "'\"a'"],
  ['a"b', 'a"b'],
  ['back\\slash', 'back\\slash'],
  [' lead', "' lead'"],
  ['trail ', "'trail '"],
  ['a\nb', "'a\n\n  b'"],
  ['a\n\nb', "'a\n\n\n  b'"],
  ['\na', "'\n\n  a'"],
  ['a\n', "'a\n\n  '"],
  ['a\n b', '"a\\n b"'],
  ['a \nb', '"a \\nb"'],
  ['a\tb', '"a\\tb"'],
  ['a\rb', '"a\\rb"'],
  ['\u0000\u0007\u001b\u007f', '"\\0\\a\\e\\x7F"'],
  ['\u0085', '"\\N"'],
  ['\u00a0', '\u00a0'],
  ['é', 'é'],
  ['日本', '日本'],
  ['😀', '"\\U0001F600"'],
  ['\u2028', "'\u2028  '"],
  ['a\ufeff', '"a\\uFEFF"'],
])('%j', (text, printed) => expect(yaml([text])).toBe(`- ${printed}\n`))

// Recorded from aws-cli 2.36.7: `--query '[AccessKey, AccessKey]'` answers with one object twice.
test('what comes twice is written once', () => {
  const twice = loads('{"b": 1, "a": [2]}')
  expect(yaml([twice, [], [twice], []])).toBe('- &id001\n  a:\n  - 2\n  b: 1\n- []\n- - *id001\n- []\n')
})

test('anchors are numbered as they come again', () => {
  const [inner, empty] = [loads('[1]'), loads('{}')]
  const outer = [inner, empty]
  expect(yaml([outer, empty, outer, inner])).toBe('- &id002\n  - &id003\n    - 1\n  - &id001 {}\n- *id001\n- *id002\n- *id003\n')
})

// Recorded from aws-cli 2.36.7.
test.each([
  ['"hi"', '- hi\n'],
  ['null', '- null\n'],
  ['[]', '- []\n'],
  ['[[1, 2], [3]]', '- - - 1\n    - 2\n  - - 3\n'],
  ['{"a": {"b": "1"}}', "- a:\n    b: '1'\n"],
])('a stream wraps %s in a list', (json, printed) => expect(yamlStream(loads(json))).toBe(printed))

test('what is printed reads as the same value', () => {
  const text = fc.string({
    unit: fc.constantFrom(...'aZ09 :-#\'"\\,[]{}&*!|>%@`?=<~.+_\n\té語😀', 'true', 'null', 'word ', '\u0000', '\u007f'),
  })
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.constantFrom(null, true, 0, 12, -1.5),
      fc.array(tie('value')),
      fc.dictionary(text, tie('value')),
    ),
  }))
  fc.assert(
    fc.property(value, data => {
      const json = JSON.stringify([data])
      expect(parse(yaml(loads(json)))).toEqual(JSON.parse(json))
    }),
  )
})
