/**
 * Reads a date of a reply as milliseconds since 1970, for decisions about keys. Undefined for an unreadable date, never NaN: comparisons
 * with NaN are false, and every key would count as new. Pure.
 */

/** ISO 8601 as AWS (`2015-03-09T18:39:23Z`), moto, LocalStack and Ceph (microseconds), Eucalyptus (milliseconds) and others write it. */
const ISO_8601 = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(?:Z|UTC|GMT|([+-]\d\d):?(\d\d)?)?)?$/i
/** Seconds since 1970, which botocore reads as well (`parse_timestamp` of botocore/utils.py, 2.36.7). */
const EPOCH_SECONDS = /^\d+(?:\.\d*)?$/

/**
 * An earlier date stands for no date: Ceph writes `0.000000` for a key without one (utime_t::gmtime), and Go's zero time is
 * `0001-01-01T00:00:00Z`. No service of this protocol is that old.
 */
const EARLIEST = Date.UTC(2000)
/** The end of four-digit years. Milliseconds in place of seconds are later. */
const LATEST = Date.UTC(10_000)

/** Without a zone the date is in UTC, as in botocore's `parse_to_aware_datetime`. Undefined if it cannot be read. */
export function serviceTime(text = ''): number | undefined {
  const time = read(text.trim())
  return time >= EARLIEST && time < LATEST ? time : undefined
}

/** NaN if it cannot be read. */
function read(text: string): number {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000
  const [, day, time = '00:00', hours = '+00', minutes = '00'] = ISO_8601.exec(text) ?? []
  return Date.parse(`${day}T${time}${hours}:${minutes}`)
}

/** A Date header, in milliseconds since 1970. A date without a zone is ignored, because it would be read as local time. */
export function headerTime(date = ''): number | undefined {
  const time = date.endsWith(' GMT') ? Date.parse(date) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
