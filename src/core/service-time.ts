/**
 * A date in a reply → milliseconds since 1970, for decisions about keys. What it cannot read is undefined, never NaN: a comparison with NaN is
 * false, and then every key is a new one. Pure.
 */

/** ISO 8601 as AWS (`2015-03-09T18:39:23Z`), moto and LocalStack (microseconds), Eucalyptus (milliseconds) and others write it. */
const ISO_8601 = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(\S*)$/
/** Its basic form: `20180801T210558Z`. */
const ISO_8601_BASIC = /^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(\d\d)(?:[.,](\d+))?(\S*)$/
/** A Date header, and the form that botocore takes for a timestamp besides (RFC 1123): `Sat, 28 Nov 2026 02:39:40 GMT`. */
const RFC_1123 = /^(?:[A-Za-z]{3,9},?\s+)?(\d\d?)[ -]([A-Za-z]{3})[ -](\d{4})\s+(\d\d):(\d\d):(\d\d)\s*(\S*)$/
/** Seconds since 1970, which aws-cli reads, too (botocore/utils.py, `parse_timestamp`, 2.36.7). */
const EPOCH_SECONDS = /^\d+(?:\.\d*)?$/

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec'

/**
 * What is older is no date but the absence of one: Ceph writes `0.000000` for a key without a date (utime_t::gmtime), Go's zero time is
 * `0001-01-01T00:00:00Z`. No service of this protocol is as old as this.
 */
const EARLIEST = Date.UTC(2000, 0, 1)
/** Where four digits end. Milliseconds that stand where seconds belong come out later. */
const LATEST = Date.UTC(10_000, 0, 1)

/** A date without a zone is UTC, as botocore's `parse_to_aware_datetime` has it; undefined where the text says nothing. */
export function serviceTime(text: string | undefined): number | undefined {
  const time = read(text?.trim() ?? '')
  return time !== undefined && time >= EARLIEST && time < LATEST ? time : undefined
}

function read(text: string): number | undefined {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000
  const iso = ISO_8601.exec(text) ?? ISO_8601_BASIC.exec(text)
  if (iso) {
    const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = ''] = iso
    return moment([year, month, day, hour, minute, second].map(Number), zone, Number(`0.${fraction}`) * 1000)
  }
  const [, day, name = '', year, hour, minute, second, zone = ''] = RFC_1123.exec(text) ?? []
  const at = MONTHS.indexOf(name.toLowerCase())
  if (year === undefined || at % 3 !== 0) return undefined
  return moment([year, at / 3 + 1, day, hour, minute, second].map(Number), zone, 0)
}

/** Undefined for what no calendar or clock shows: the 31st of June, 24:61, a zone by its name. */
function moment([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[], zone: string, milliseconds: number) {
  const offset = minutesOf(zone)
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (offset === undefined || !isDay || hour > 23 || minute > 59 || second > 60) return undefined
  return date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + milliseconds
}

/** East of Greenwich, in minutes. */
function minutesOf(zone: string): number | undefined {
  if (/^(?:Z|UTC|GMT|UT)?$/i.test(zone)) return 0
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(zone) ?? []
  if (hours === undefined) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
