/** `cli_timestamp_format = iso8601`: the dates of a reply as aws-cli prints them by itself; iamkey prints them as sent unless asked. */

import { type DateTime, fromTimestamp, isoformat, type LocalOffset } from '../python/datetime.ts'
import { dayOf, parse } from '../python/dateutil.ts'
import { ValueError } from '../python/exceptions.ts'
import { float } from '../python/float.ts'
import { type Dict, isDict, isList, type Value } from '../python/value.ts'

/** The local clock: what completes a date that says only part of it, and which offset an epoch number is shown with. */
interface LocalTime {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly offset: LocalOffset
}

/** The members that are timestamps in the service's model. Their values arrive as the service sent them. */
const TIMESTAMPS = new Set(['CreateDate', 'LastUsedDate'])

/** A copy of the reply with its dates in ISO 8601. */
export const withIsoDates = (reply: Dict, local: LocalTime): Dict =>
  new Map([...reply].map(([name, value]) => [name, TIMESTAMPS.has(name) ? isoDate(value, local) : isoDates(value, local)]))

function isoDates(value: Value, local: LocalTime): Value {
  if (isDict(value)) return withIsoDates(value, local)
  return isList(value) ? value.map(item => isoDates(item, local)) : value
}

/** A date that aws-cli cannot read ends its run, with the key made and not shown; here it is printed as it came. */
function isoDate(value: Value, local: LocalTime): Value {
  const date = typeof value === 'string' ? parseTimestamp(value, local) : undefined
  return date ? isoformat(date) : value
}

/** Seconds since 1970 if it is a number and such a moment exists, else what dateutil reads (botocore/utils.py, 2.36.7). */
const parseTimestamp = (text: string, { now, offset }: LocalTime): DateTime | undefined =>
  fromTimestamp(numberIn(text), offset) ?? parse(text, dayOf(now, offset(now)))

function numberIn(text: string): number {
  try {
    return float(text)
  } catch (error) {
    if (error instanceof ValueError) return Number.NaN
    throw error
  }
}
