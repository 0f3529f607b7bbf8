import { expect, test } from 'vitest'
import { float } from '../../src/python/float.ts'

// Recorded from Python 3.11: float(text).
test.each([
  ['1', 1],
  [' 1.5\n', 1.5],
  ['.5', 0.5],
  ['5.', 5],
  ['+1_0.2_5e-1_0', 10.25e-10],
  ['1E400', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['inf', Number.POSITIVE_INFINITY],
  ['nAn', Number.NaN],
])('%j is %d', (text, number) => expect(float(text)).toBe(number))

test.each(['', 'x', '.', '1e', '1__0', '_1', '0x10', 'infinit', '1 2'])('%j is no number', text => {
  expect(() => float(text)).toThrow(`could not convert string to float: '${text}'`)
})
