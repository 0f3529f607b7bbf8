/**
 * A date in a reply → milliseconds since 1970, for decisions about keys. What it cannot read is undefined, never NaN: a comparison with NaN is
 * false, and then every key is a new one. Pure.
 */

/** ISO 8601 as AWS (`2015-03-09T18:39:23Z`), moto, LocalStack and Ceph (microseconds), Eucalyptus (milliseconds) and others write it. */
const ISO_8601 = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(?:Z|UTC|GMT|([+-]\d\d):?(\d\d)?)?)?$/i
/** Seconds since 1970, which aws-cli reads, too (botocore/utils.py, `parse_timestamp`, 2.36.7). */
const EPOCH_SECONDS = /^\d+(?:\.\d*)?$/

/**
 * What is older is no date but the absence of one: Ceph writes `0.000000` for a key without a date (utime_t::gmtime), Go's zero time is
 * `0001-01-01T00:00:00Z`. No service of this protocol is as old as this.
 */
const EARLIEST = Date.UTC(2000)
/** Where four digits end. Milliseconds that stand where seconds belong come out later. */
const LATEST = Date.UTC(10_000)

/** A date without a zone is UTC, as botocore's `parse_to_aware_datetime` has it; undefined where the text says nothing. */
export function serviceTime(text = ''): number | undefined {
  const time = read(text.trim())
  return time >= EARLIEST && time < LATEST ? time : undefined
}

/** NaN where it cannot be read. */
function read(text: string): number {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000
  const [, day, time = '00:00', hours = '+00', minutes = '00'] = ISO_8601.exec(text) ?? []
  return Date.parse(`${day}T${time}${hours}:${minutes}`)
}
