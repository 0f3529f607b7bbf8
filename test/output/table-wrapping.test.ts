import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { table } from '../../src/output/table.ts'
import { wrapped } from '../../src/output/table-wrapping.ts'
import type { Dict, Value } from '../../src/python/value.ts'

const plain = { styled: false, resets: false, ending: '' }
const drawn = (value: Dict, columns: number, wrap = wrapped) => table(value, { title: 'Title', color: plain, columns, wrap })
const widest = (text: string) => Math.max(...text.split('\n').map(line => line.length))
const asAws: typeof wrapped = sheet => sheet
const dict = (members: Readonly<Record<string, Value>>): Dict => new Map(Object.entries(members))

test('a cell that is too long is wrapped', () => {
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

test('a table that fits stays as aws-cli draws it', () => {
  const value = dict({ A: 'one two', B: 'three' })
  expect(drawn(value, 80)).toBe(drawn(value, 80, asAws))
})

describe('rows that are too wide', () => {
  const id = 'AKIA377E7XPSK6QW5UDO'
  const step = (Step: string, Store: string) => dict({ Step, Store, AccessKeyId: id, Time: '2026-11-28T04:12:00Z' })
  const steps = dict({ Steps: [step('store', 'profile:alice'), step('verify', '')] })

  test('break behind a colon or a slash, and not in a time', () => {
    expect(drawn(steps, 78)).toBe(`\
--------------------------------------------------------------------------
|                                  Title                                 |
+------------------------------------------------------------------------+
||                                 Steps                                ||
|+-----------------------+---------+-----------+------------------------+|
||      AccessKeyId      |  Step   |   Store   |         Time           ||
|+-----------------------+---------+-----------+------------------------+|
||  AKIA377E7XPSK6QW5UDO |  store  |  profile: |  2026-11-28T04:12:00Z  ||
||                       |         |  alice    |                        ||
||  AKIA377E7XPSK6QW5UDO |  verify |           |  2026-11-28T04:12:00Z  ||
|+-----------------------+---------+-----------+------------------------+|
`)
  })

  test('are shown below each other where even that is too wide', () => {
    expect(drawn(steps, 60)).toBe(`\
-------------------------------------------
|                  Title                  |
+-----------------------------------------+
||                 Steps                 ||
|+--------------+------------------------+|
||  AccessKeyId |  AKIA377E7XPSK6QW5UDO  ||
||  Step        |  store                 ||
||  Store       |  profile:alice         ||
||  Time        |  2026-11-28T04:12:00Z  ||
|+--------------+------------------------+|
||  AccessKeyId |  AKIA377E7XPSK6QW5UDO  ||
||  Step        |  verify                ||
||  Store       |                        ||
||  Time        |  2026-11-28T04:12:00Z  ||
|+--------------+------------------------+|
`)
  })

  test('break anywhere on the narrowest terminal', () => {
    expect(drawn(steps, 36)).toBe(`\
------------------------------------
|               Title              |
+----------------------------------+
||              Steps             ||
|+--------------+-----------------+|
||  AccessKeyId |  AKIA377E7XPSK  ||
||              |  6QW5UDO        ||
||  Step        |  store          ||
||  Store       |  profile:alice  ||
||  Time        |  2026-11-28T04  ||
||              |  :12:00Z        ||
|+--------------+-----------------+|
||  AccessKeyId |  AKIA377E7XPSK  ||
||              |  6QW5UDO        ||
||  Step        |  verify         ||
||  Store       |                 ||
||  Time        |  2026-11-28T04  ||
||              |  :12:00Z        ||
|+--------------+-----------------+|
`)
  })
})

test('a word that is cut begins a line', () => {
  expect(drawn(dict({ Result: 'Planned', Why: 'it is due at 2026-11-28T04:12:00Z again' }), 30)).toBe(`\
------------------------------
|            Title           |
+---------+------------------+
|  Result |  Planned         |
|  Why    |  it is due at    |
|         |  2026-11-28T04:  |
|         |  12:00Z again    |
+---------+------------------+
`)
})

test('whatever the words: it fits, and nothing is lost', () => {
  const word = fc.stringMatching(/^[a-z]{1,30}$/)
  const text = fc.array(word, { minLength: 1, maxLength: 30 }).map(words => words.join(' '))
  const row = fc.record({ First: text, Second: text, Third: text })
  const letters = (shown: string) => (shown.replaceAll(/Title|Rows|First|Second|Third/g, '').match(/[a-z]/g) ?? []).sort().join('')
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), fc.integer({ min: 24, max: 120 }), (rows, columns) => {
      const shown = drawn(dict({ Rows: rows.map(dict) }), columns)
      expect(widest(shown)).toBeLessThanOrEqual(columns)
      expect(letters(shown)).toBe(letters(JSON.stringify(rows)))
    }),
  )
})
