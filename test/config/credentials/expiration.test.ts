import { describe, expect, test } from 'vitest'
import { expirationOf } from '../../../src/config/credentials/expiration.ts'
import { lasting, type Session } from '../../../src/config/credentials/provider.ts'

const NOW = Date.UTC(2026, 0, 1)
const clock = { now: () => NOW, sleep: async () => {} }
const MINUTE = 60_000

test.each([
  ['2026-01-01T00:01:00Z', MINUTE],
  ['2026-01-01T00:01:00UTC', MINUTE],
  ['2026-01-01T02:01:00+02:00', MINUTE],
  ['2026-01-01 00:01:00.500 GMT', MINUTE + 500],
  ['2025-12-31T23:59:00Z', -MINUTE],
  ['20260101T000100Z', MINUTE],
])('%s ends in %d ms', (text, left) => {
  expect(expirationOf(text).remaining(clock)).toBe(left)
})

test.each([
  ['garbage', 'Unknown string format: garbage'],
  ['', 'String does not contain a date: '],
  [null, 'Parser must be a string or character stream, not NoneType'],
  [5n, 'Parser must be a string or character stream, not int'],
])('%s is no date', (value, sentence) => {
  expect(() => expirationOf(value)).toThrow(sentence)
})

describe('a session is renewed near its end', () => {
  const sessionOf = (accessKeyId: string, left: number): Session => ({
    credentials: { accessKeyId, secretAccessKey: 's' },
    expiration: { remaining: () => left },
  })
  const fresh = () => sessionOf('NEW', 60 * MINUTE)
  const fails = () => {
    throw new Error('no answer')
  }
  const signing = async (left: number, renew: () => Session) => (await lasting(sessionOf('OLD', left), renew, clock)).accessKeyId

  test('in its last 15 minutes, not before', async () => {
    expect(await signing(15 * MINUTE, fresh)).toBe('OLD')
    expect(await signing(15 * MINUTE - 1, fresh)).toBe('NEW')
  })

  test('and failing to do so is no harm until the last 10', async () => {
    expect(await signing(10 * MINUTE, fails)).toBe('OLD')
    await expect(signing(10 * MINUTE - 1, fails)).rejects.toThrow('no answer')
  })

  test('with one that has ended as well is an error', async () => {
    const ended = () => sessionOf('NEW', -1)
    await expect(signing(0, ended)).rejects.toThrow('Credentials were refreshed, but the refreshed credentials are still expired.')
  })
})
