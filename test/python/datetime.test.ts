import { expect, test } from 'vitest'
import { dateOf, fromTimestamp, isoformat, parseDate } from '../../src/python/datetime.ts'

const shown = (seconds: number, offset = 0) => {
  const date = fromTimestamp(seconds, () => offset)
  return date && isoformat(date)
}

// Recorded from Python 3.11: datetime.fromtimestamp(seconds, timezone(timedelta(seconds=offset))).isoformat().
test.each([
  [0, 0, '1970-01-01T00:00:00+00:00'],
  [-0.5, 0, '1969-12-31T23:59:59.500000+00:00'],
  [1425926363.411, 0, '2015-03-09T18:39:23.411000+00:00'],
  [1425926363.9999998, 0, '2015-03-09T18:39:24+00:00'],
  [0, 19800, '1970-01-01T05:30:00+05:30'],
  [0, -12600, '1969-12-31T20:30:00-03:30'],
  [0, 3615, '1970-01-01T01:00:15+01:00:15'],
  [253402300799, 0, '9999-12-31T23:59:59+00:00'],
  [-62135596800, 0, '0001-01-01T00:00:00+00:00'],
])('%d seconds, %d east of UTC', (seconds, offset, text) => expect(shown(seconds, offset)).toBe(text))

test.each([253402300800, -62135596801, 1e300, Number.POSITIVE_INFINITY, Number.NaN])('%d seconds are no date', seconds =>
  expect(shown(seconds)).toBeUndefined(),
)

test('without an offset nothing is said of it', () => expect(isoformat(dateOf(0))).toBe('1970-01-01T00:00:00'))

// Recorded from dateutil 2.8.2 with GMT as UTC, as aws-cli 2.36.7 calls it.
test.each([
  ['2015-03-09T18:39:23Z', '2015-03-09T18:39:23+00:00'],
  ['2015-03-09T18:39:23UTC', '2015-03-09T18:39:23+00:00'],
  ['2015-03-09 18:39:23.5 +05:30', '2015-03-09T18:39:23.500000+05:30'],
  ['2015-03-09T18:39:23.123456789-07', '2015-03-09T18:39:23.123456-07:00'],
  ['2015-03-09T18:39', '2015-03-09T18:39:00'],
  ['2015-03-09', '2015-03-09T00:00:00'],
  ['20150309T183923Z', '2015-03-09T18:39:23+00:00'],
  ['Mon, 09 Mar 2015 18:39:23 GMT', '2015-03-09T18:39:23+00:00'],
  ['9-Mar-2015 18:39:23', '2015-03-09T18:39:23'],
])('%s is read', (text, printed) => {
  const date = parseDate(text)
  expect(date && isoformat(date)).toBe(printed)
})

test.each([
  '',
  'soon',
  '18:39',
  '2015-02-29',
  '2015-13-01T00:00:00Z',
  '2015-03-09T24:00:00Z',
  '2015-03-09T18:39:23 EST',
  '09 Xxx 2015 18:39:23',
])('%j is no date', text => expect(parseDate(text)).toBeUndefined())
