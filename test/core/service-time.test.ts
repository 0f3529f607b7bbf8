/** Each form of a date that a service sends, and what decisions about a key read from it. */
import * as fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { serviceTime } from '../../src/core/service-time.ts'

const NOON = Date.UTC(2024, 4, 1, 12, 0, 0)

afterEach(() => vi.unstubAllEnvs())

test.each<[form: string, text: string, time: number]>([
  ['AWS, NooBaa, Floci, Dell ECS', '2024-05-01T12:00:00Z', NOON],
  ['Eucalyptus', '2024-05-01T12:00:00.250Z', NOON + 250],
  ['moto, LocalStack, Ceph', '2024-05-01T12:00:00.250743Z', NOON + 250],
  ['nanoseconds, as Go writes them', '2024-05-01T12:00:00.250000000Z', NOON + 250],
  ['no zone', '2024-05-01T12:00:00', NOON],
  ['no zone, and a blank', '2024-05-01 12:00:00', NOON],
  ['no zone, and a fraction', '2024-05-01T12:00:00.25', NOON + 250],
  ['an offset', '2024-05-01T14:00:00+02:00', NOON],
  ['an offset without a colon', '2024-05-01T06:30:00-0530', NOON],
  ['an offset of hours', '2024-05-01 14:00:00 +02', NOON],
  ['a zone by its name', '2024-05-01 12:00:00 UTC', NOON],
  ['no seconds', '2024-05-01T12:00Z', NOON],
  ['a day alone', '2024-05-01', Date.UTC(2024, 4, 1)],
  ['seconds since 1970', '1714564800', NOON],
  ['the same with a fraction', '1714564800.25', NOON + 250],
  ['pretty-printed', '\n    2024-05-01T12:00:00Z\n  ', NOON],
])('%s: %s', (_, text, time) => {
  for (const zone of ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati']) {
    vi.stubEnv('TZ', zone)
    expect(serviceTime(text)).toBe(time)
  }
})

test.each<[what: string, text: string | undefined]>([
  ['absent', undefined],
  ['empty', ''],
  ['blank', '  '],
  ['moto 0.4', '2024-05-01-12-00-00'],
  ['Ceph, of a key without a date', '0.000000'],
  ['zero', '0'],
  ["Go's zero time", '0001-01-01T00:00:00Z'],
  ["Java's and SQL's zero time", '1970-01-01T00:00:00Z'],
  ['milliseconds since 1970', '1714564800000'],
  ['no such month', '2024-13-01T12:00:00Z'],
  ['no such day', '2024-05-32T12:00:00Z'],
  ['no such hour', '2024-05-01T25:00:00Z'],
  ['a date in words', 'Wed, 01 May 2024 12:00:00 GMT'],
  ['no such minute', '2024-05-01T12:60:00Z'],
  ['a zone by an unknown name', '2024-05-01T12:00:00 PST'],
  ['words', 'yesterday'],
  ['N/A', 'N/A'],
  ['an exponent', '1e9'],
  ['hexadecimal', '0x6631b0c0'],
  ['infinite', 'Infinity'],
  ['other digits', '١٧١٤٥٦٤٨٠٠'],
])('nothing is read from what says nothing: %s', (_, text) => {
  expect(serviceTime(text)).toBe(undefined)
})

test('whatever is sent, it is a moment or undefined, never NaN', () => {
  const parts = fc.array(fc.constantFrom('2024', '-', '05', 'T', ':', '12', 'Z', '+', '.', ' ', 'GMT', 'May', '0', '9'.repeat(20)))
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        parts.map(all => all.join('')),
      ),
      text => {
        const time = serviceTime(text)
        if (time !== undefined) expect(new Date(time).getUTCFullYear()).toBeGreaterThanOrEqual(2000)
      },
    ),
  )
})

test('what AWS sends is read as it is', () => {
  const moments = fc.date({ min: new Date('2000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(moments, moment => {
      expect(serviceTime(moment.toISOString())).toBe(moment.getTime())
    }),
  )
})
