import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DateTime, daysInMonth, isoformat } from '../../src/python/datetime.ts'
import { dayOf, parse } from '../../src/python/dateutil.ts'

const today = dayOf(Date.UTC(2026, 10, 30, 12), 0)
const read = (text: string) => {
  const date = parse(text, today)
  return date && isoformat(date)
}

// Recorded from dateutil 2.8.2 with GMT as UTC, as aws-cli 2.36.7 calls it, on 30 November 2026.
test.each([
  ['2015-03-09', '2015-03-09T00:00:00'],
  ['2015-03-09T18:39Z', '2015-03-09T18:39:00+00:00'],
  ['2015-03-09T18:39:23.1234567Z', '2015-03-09T18:39:23.123456+00:00'],
  ['2015-03-09T18:39:23,411Z', '2015-03-09T18:39:23.411000+00:00'],
  ['2015-03-09t18:39:23z', '2015-03-09T18:39:23+00:00'],
  ['2015-03-09 18:39:23 UTC', '2015-03-09T18:39:23+00:00'],
  ['2015-03-09T18', '2015-03-09T18:00:00'],
  ['2015-03-09T1839', '2015-03-09T18:39:00'],
  ['2015-03-09T183923.5', '2015-03-09T18:39:23.500000'],
  ['20150309T183923Z', '2015-03-09T18:39:23+00:00'],
  ['201503091839', '2015-03-09T18:39:00'],
  ['150309', '2009-03-15T00:00:00'],
  ['150309T18:39', '2009-03-15T18:39:00'],
  ['  2015-03-09T18:39:23Z ', '2015-03-09T18:39:23+00:00'],
  ['2015-03-09T18:39:23-0730', '2015-03-09T18:39:23-07:30'],
  ['2015-03-09T18:39:23+02', '2015-03-09T18:39:23+02:00'],
  ['2015-03-09T18:39:23 GMT+3', '2015-03-09T18:39:23-03:00'],
  ['2015-03-09T18:39:23 UTC-5', '2015-03-09T18:39:23+05:00'],
  ['2015-03-09T18:39:23 EST', '2015-03-09T18:39:23'],
  ['Mon, 09 Mar 2015 18:39:23 -0700 (PDT)', '2015-03-09T18:39:23-07:00'],
  ['Monday, 09-Mar-15 18:39:23 GMT', '2015-03-09T18:39:23+00:00'],
  ['Mon Mar  9 18:39:23 2015', '2015-03-09T18:39:23'],
  ['March 9 2015 6pm', '2015-03-09T18:00:00'],
  ['9th of March 2015', '2015-03-09T00:00:00'],
  ['March 9th, 2015 at 6:39 pm', '2015-03-09T18:39:00'],
  ['12:30 am', '2026-11-30T00:30:00'],
  ['12am 9 Mar', '2026-03-09T00:00:00'],
  ['9 March', '2026-03-09T00:00:00'],
  ['March 2015', '2015-03-30T00:00:00'],
  ['Mar-09-15', '2015-03-09T00:00:00'],
  ['9/Mar/2015', '2015-03-09T00:00:00'],
  ['03/09/2015', '2015-03-09T00:00:00'],
  ['31/12/2014', '2014-12-31T00:00:00'],
  ['12/31/2014', '2014-12-31T00:00:00'],
  ['9.3.2015', '2015-09-03T00:00:00'],
  ['2015.03.09', '2015-03-09T00:00:00'],
  ['99-01-02', '1999-01-02T00:00:00'],
  ['70-01-02', '2070-01-02T00:00:00'],
  ['80-01-02', '1980-01-02T00:00:00'],
  ['Feb', '2026-02-28T00:00:00'],
  ['Sunday', '2026-12-06T00:00:00'],
  ['Tue 18:39', '2026-12-01T18:39:00'],
  ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999+00:00'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00+00:00'],
  ['12:30.5', '2026-11-30T12:30:30'],
])('%j is %s', (text, date) => expect(read(text)).toBe(date))

test.each([
  '',
  'x',
  '2015-13-01',
  '2015-02-29',
  '2015-03-09T24:00',
  '2015-03-09T18:60',
  '2015-03-09T18:39:60',
  '13-13-13',
  '1-2-3-4',
  'pm',
  '2015-03-09T18:39:23+123',
  '2015-03-09T18:39:23Z junk',
  '0000-01-01',
  'nan',
  'Mar Apr 2015',
  '2015-03-',
  '2015-03-09T18:39:23 +',
])('%j is no date', text => expect(read(text)).toBeUndefined())

test('every date is read back from its ISO form', () => {
  const date: fc.Arbitrary<DateTime> = fc
    .record({
      year: fc.integer({ min: 1, max: 9999 }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 31 }),
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
      second: fc.integer({ min: 0, max: 59 }),
      microsecond: fc.integer({ min: 0, max: 999_999 }),
      offset: fc.option(
        fc.integer({ min: -23 * 60, max: 23 * 60 }).map(minutes => minutes * 60),
        { nil: undefined },
      ),
    })
    .filter(({ year, month, day }) => day <= daysInMonth(year, month))
  fc.assert(
    fc.property(date, date => {
      expect(parse(isoformat(date), today)).toEqual(date)
    }),
  )
})

test('no text makes it fail', () => {
  const word = fc.constantFrom(
    '2015',
    '03',
    '9',
    'Mar',
    'Mon',
    'pm',
    'T',
    ':',
    '-',
    '/',
    '.',
    ',',
    ' ',
    '+',
    '(',
    ')',
    'GMT',
    'Z',
    '0.5',
    '18:39',
  )
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.array(word).map(words => words.join('')),
  )
  fc.assert(
    fc.property(text, text => {
      expect(read(text) ?? 'none').toEqual(expect.any(String))
    }),
  )
})
