import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { table } from '../../src/output/table.ts'
import { wrapped } from '../../src/output/table-wrapping.ts'
import type { Dict, Value } from '../../src/python/value.ts'

const plain = { styled: false, resets: false, ending: '' }
const drawn = (value: Dict, columns: number, wrap: typeof wrapped | undefined = wrapped) =>
  table(value, { title: 'Title', color: plain, columns, wrap })
const widest = (text: string) => Math.max(...text.split('\n').map(line => line.length))
const dict = (members: Readonly<Record<string, Value>>): Dict => new Map(Object.entries(members))

test('a cell that is too long goes on below, and all else is as ever', () => {
  const why = 'AKIA377E7XPSK6QW5UDO was created at 2026-11-28T04:11:56Z and has been due since 2027-02-26T04:11:56Z'
  const rotation = dict({
    Result: 'Rotated',
    Why: why,
    Steps: [dict({ Step: 'create', Time: '04:12' }), dict({ Step: 'wait', Time: '04:13' })],
  })
  expect(drawn(rotation, 60)).toBe(`\
-----------------------------------------------------------
|                          Title                          |
+--------+------------------------------------------------+
|  Result|  Rotated                                       |
|  Why   |  AKIA377E7XPSK6QW5UDO was created at           |
|        |  2026-11-28T04:11:56Z and has been due since   |
|        |  2027-02-26T04:11:56Z                          |
+--------+------------------------------------------------+
||                         Steps                         ||
|+----------------------------+--------------------------+|
||            Step            |          Time            ||
|+----------------------------+--------------------------+|
||  create                    |  04:12                   ||
||  wait                      |  04:13                   ||
|+----------------------------+--------------------------+|
`)
})

describe('a table stays as aws-cli draws it', () => {
  test.each([
    ['that fits', dict({ A: 'one two', B: 'three' }), 80],
    ['with a word too long for the terminal', dict({ A: `x${'y'.repeat(100)} z`, B: 'three' }), 80],
  ])('%s', (_, value, columns) => {
    expect(drawn(value, columns)).toBe(drawn(value, columns, undefined))
  })
})

test('whatever the words: it fits if it can, and no word is lost', () => {
  const word = fc.stringMatching(/^[a-z]{1,9}$/)
  const text = fc.array(word, { minLength: 1, maxLength: 30 }).map(words => words.join(' '))
  const row = fc.record({ First: text, Second: text, Third: text })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), fc.integer({ min: 60, max: 120 }), (rows, columns) => {
      const shown = drawn(dict({ Rows: rows.map(dict) }), columns)
      expect(widest(shown)).toBeLessThanOrEqual(columns)
      const words = (texts: readonly string[]) => texts.flatMap(each => each.match(/\b[a-z]+\b/g) ?? []).sort()
      expect(words([shown])).toEqual(words(rows.flatMap(each => Object.values(each))))
    }),
  )
})
