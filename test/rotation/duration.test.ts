import { expect, test } from 'vitest'
import { milliseconds, moment } from '../../src/rotation/duration.ts'

test.each([
  ['90d', 7_776_000_000],
  ['12h', 43_200_000],
  ['30m', 1_800_000],
  ['0d', 0],
])('%s are %d milliseconds', (text, span) => {
  expect(milliseconds('--older-than', text)).toBe(span)
})

test.each(['', '90', 'd', '-1d', '1.5d', '90 d', '90days', '1w', '9999999d'])('%j is no span of time', text => {
  expect(() => milliseconds('--older-than', text)).toThrow(
    `Bad value for --older-than ${text}: days, hours or minutes, as in 90d, 12h or 30m`,
  )
})

test('a moment is written as the service writes it', () => {
  expect(moment(Date.UTC(2026, 0, 31, 4, 5, 6, 789))).toBe('2026-01-31T04:05:06Z')
})
