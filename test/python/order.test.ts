import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { byCodePoint } from '../../src/python/order.ts'

test('strings go by code point, not by UTF-16 unit', () => {
  expect(['\u{1f600}', '\ufffd', 'b', 'a', 'ab', 'B', ''].sort(byCodePoint)).toEqual(['', 'B', 'a', 'ab', 'b', '\ufffd', '\u{1f600}'])
})

test('UTF-8 has the same order', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\u07ff', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}') })
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(byCodePoint(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
})
