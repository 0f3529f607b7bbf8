/** `cli_timestamp_format`: in which form the dates of a reply are printed. */

import { ConfigurationError } from '../errors.ts'
import { type DateTime, fromTimestamp, isoformat, type LocalOffset } from '../python/datetime.ts'
import { dayOf, parse } from '../python/dateutil.ts'
import { type Dict, isDict, isList, type Value } from '../python/value.ts'

export type TimestampFormat = 'wire' | 'iso8601'

/** Throws aws-cli's ConfigurationError for any other word, an empty one too (customizations/timestampformat.py, 2.36.7). */
export function timestampFormat(configured: string): TimestampFormat {
  if (configured === 'wire' || configured === 'iso8601') return configured
  throw new ConfigurationError('Configuration', `Unknown cli_timestamp_format value: ${configured}, valid values are "wire" or "iso8601"`)
}

/** The local clock: what completes a date that says only part of it, and which offset an epoch number is shown with. */
export interface LocalTime {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly offset: LocalOffset
}

/** The members that are timestamps in the service's model. Their values arrive as the service sent them. */
const TIMESTAMPS = new Set(['CreateDate'])

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

/** What Python's `float()` accepts, but for nan and the infinities, which are no dates. */
const FLOAT = /^\s*[-+]?(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:e[-+]?\d+)?\s*$/i

/** Seconds since 1970 if it is a number and such a moment exists, else what dateutil reads (botocore/utils.py, 2.36.7). */
function parseTimestamp(text: string, { now, offset }: LocalTime): DateTime | undefined {
  const epoch = FLOAT.test(text) ? fromTimestamp(Number(text.replaceAll('_', '')), offset) : undefined
  return epoch ?? parse(text, dayOf(now, offset(now)))
}
