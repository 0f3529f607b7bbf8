/** The end of a session, in the notation of each provider. */

import { Failure } from '../../core/errors.ts'
import type { Clock } from '../../core/host.ts'
import { parseDate } from '../../python/datetime.ts'
import { typeName } from '../../python/repr.ts'
import type { Value } from '../../python/value.ts'

export interface Expiration {
  /** Milliseconds left, negative after the end. Throws a Failure without a time zone: Python cannot compare such a time. */
  remaining(clock: Clock): number
}

/** ISO 8601 to the second, as the files have it; `moment` is in milliseconds since 1970. */
export const writtenAs = (moment: number): string => new Date(moment).toISOString().replace(/\.\d+Z$/, 'Z')

/** Throws a Failure with dateutil's message (2.8) if `value` is not text or not a date. */
export function expirationOf(value: Value): Expiration {
  if (typeof value !== 'string') throw new Failure(`Parser must be a string or character stream, not ${typeName(value)}`)
  const date = parseDate(value)
  if (date === undefined)
    throw new Failure(value.trim() === '' ? `String does not contain a date: ${value}` : `Unknown string format: ${value}`)
  const { offset } = date
  const local = new Date(0).setUTCFullYear(date.year, date.month - 1, date.day)
  const time = ((date.hour * 60 + date.minute) * 60 + date.second) * 1000 + date.microsecond / 1000
  return {
    remaining(clock) {
      if (offset === undefined) throw new Failure("can't subtract offset-naive and offset-aware datetimes")
      return local + time - offset * 1000 - clock.now()
    },
  }
}
