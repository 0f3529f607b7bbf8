import { expect, test } from 'vitest'
import { int } from '../../src/python/int.ts'

// Recorded from Python 3.11: int(text).
test.each([
  ['3', 3n],
  [' 2\n', 2n],
  ['+3', 3n],
  ['-1', -1n],
  ['007', 7n],
  ['1_0', 10n],
  ['99999999999999999999', 99999999999999999999n],
  ['２', 2n],
  ['-1٣', -13n],
  ['１_०', 10n],
  ['𝟗𝟘', 90n],
])('%j is %d', (text, number) => expect(int(text)).toBe(number))

test.each(['', 'x', '1.5', '1e3', '0x10', '_1', '1__0', '- 1', '--1', 'Ⅷ', '①', '２.5'])('%j is no number', text => {
  expect(() => int(text)).toThrow(`invalid literal for int() with base 10: '${text}'`)
})
