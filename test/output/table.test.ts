import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/core/errors.ts'
import { COLORLESS } from '../../src/output/color.ts'
import { table } from '../../src/output/table.ts'
import { loads } from '../../src/python/json-decoder.ts'
import { isWide } from '../../src/python/unicodedata.ts'
import type { Value } from '../../src/python/value.ts'
import { recorded } from './recorded.ts'

const plain = (value: Value, columns?: number) => table(value, { title: 'CreateAccessKey', color: COLORLESS, columns })

test.each(recorded('table.txt'))('$name', ({ name, value, printed }) => {
  const columns = /\((\d+) columns\)/.exec(name)?.[1]
  expect(plain(value, columns === undefined ? undefined : Number(columns))).toBe(printed)
})

test.each(['null', 'false', '0', '0.0', '""', '[]', '{}'])('%s is no table', json => expect(plain(loads(json))).toBe(''))

// Recorded from aws-cli 2.36.7.
test.each([
  ['rows of different lengths', '[[1], [1, 2]]', 'Row should have 1 elements, instead it has 2'],
  ['an empty row first', '[[], "a"]', 'Row should have 0 elements, instead it has 1'],
  ['headers longer than the rows before', '[[{"a": 1}], [{"a": 1, "b": 2}]]', 'list index out of range'],
  ['a number among dicts', '[{"a": 1}, 5]', "'int' object is not iterable"],
  ['a text among dicts', '[{"a": 1}, "x"]', "string indices must be integers, not 'str'"],
  ['a list among dicts', '[{"a": 1}, ["x"]]', 'list indices must be integers or slices, not str'],
])('%s are refused', (_, json, sentence) => expect(() => plain(loads(json))).toThrow(new Failure(sentence)))

describe('colour', () => {
  const value = loads('{"a": {"b": "c"}}')
  const frame = '\x1b[2m\x1b[33m|\x1b[0m'
  const cell = (text: string) => `\x1b[1m\x1b[34m${text}\x1b[0m`

  test('frames are dim yellow, cells bright blue', () => {
    const color = { styled: true, resets: false, ending: '' }
    expect(table(value, { title: 'CreateAccessKey', color, columns: 80 }).split('\n')).toEqual([
      '-----------------',
      '|CreateAccessKey|',
      '+---------------+',
      `${frame}|      a      |${frame}`,
      `${frame}+-----+-------+${frame}`,
      `${frame}|  ${cell('b')}  |  ${cell('c')}    |${frame}`,
      `${frame}+-----+-------+${frame}`,
      '',
    ])
  })

  // Recorded from aws-cli 2.36.7 --color on: colorama resets after each of a line's writes (frame, text, frame, line end).
  test('written directly, every write is followed by a reset', () => {
    const color = { styled: true, resets: true, ending: '' }
    const reset = '\x1b[0m'
    const line = (text: string, edge: string) => [edge, text, edge, '\n'].map(part => part + reset).join('')
    expect(table(value, { title: 'CreateAccessKey', color, columns: 80 })).toBe(
      [
        `-----------------\n${reset}`,
        line('|CreateAccessKey|', ''),
        line('+---------------+', ''),
        line('|      a      |', frame),
        line('+-----+-------+', frame),
        line(`|  ${cell('b')}  |  ${cell('c')}    |`, frame),
        line('+-----+-------+', frame),
      ].join(''),
    )
  })
})

test('all lines of a table are equally wide', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '語', '±', '😀', ' ', 'word') })
  const dict = fc.dictionary(text, text, { minKeys: 1 })
  const nested = fc.dictionary(text, fc.oneof(text, dict, fc.array(dict, { minLength: 1 })), { minKeys: 1 })
  const widthOf = (line: string) => Array.from(line).reduce((width, character) => width + (isWide(character) ? 2 : 1), 0)
  const toValue = (data: unknown): Value => loads(JSON.stringify(data))
  fc.assert(
    fc.property(nested, fc.integer({ min: 1, max: 200 }), (data, columns) => {
      const lines = plain(toValue(data), columns).split('\n').slice(0, -1)
      expect(new Set(lines.map(widthOf)).size).toBe(1)
    }),
  )
})
