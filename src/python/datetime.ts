/** Python's datetime, as far as aws-cli shows it: calendar fields, the ways to get them, and isoformat(). Pure. */

import { ValueError } from './exceptions.ts'
import { float } from './float.ts'

/** Fields of the proleptic Gregorian calendar, months and days from 1. */
export interface DateTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  /** Seconds east of UTC; undefined for a naive datetime. */
  readonly offset: number | undefined
}

/** The offset of local time at a moment in milliseconds since 1970, in seconds east of UTC. */
export type LocalOffset = (moment: number) => number

export const daysInMonth = (year: number, month: number): number => new Date(utc(year, month + 1, 0)).getUTCDate()

/** Milliseconds since 1970. `Date.UTC` moves the years below 100 into the 20th century. */
const utc = (year: number, month: number, day: number): number => new Date(0).setUTCFullYear(year, month - 1, day)

/** The fields if that moment exists, otherwise undefined (Python raises a ValueError). */
export function existing(fields: DateTime): DateTime | undefined {
  const { year, month, day, hour, minute, second } = fields
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return hour < 24 && minute < 60 && second < 60 ? fields : undefined
}

/** `datetime.fromtimestamp(seconds, tzlocal())`; undefined for NaN and beyond the years 1 to 9999. */
export function fromTimestamp(seconds: number, localOffset: LocalOffset): DateTime | undefined {
  const whole = Math.floor(seconds)
  const microseconds = Math.round((seconds - whole) * 1e6)
  const moment = (whole + Math.floor(microseconds / 1e6)) * 1000
  if (!(Math.abs(moment) < 8.64e15)) return undefined
  const offset = localOffset(moment)
  return existing({ ...dateOf(moment + offset * 1000), microsecond: microseconds % 1e6, offset })
}

/** The calendar fields in UTC of a moment in milliseconds since 1970. */
export function dateOf(moment: number): DateTime {
  const date = new Date(moment)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: 0,
    offset: undefined,
  }
}

/** ISO 8601, extended or basic: `2015-03-09T18:39:23Z`, `2015-03-09 18:39:23.411 +05:30`, `20150309T183923Z`, `2015-03-09`. */
const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(\S*)$|^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(\d\d)(?:[.,](\d+))?(\S*)$/
/** As in a Date header (RFC 1123): `Mon, 09 Mar 2015 18:39:23 GMT`. */
const RFC_1123 = /^(?:[A-Za-z]{3,9},?\s+)?(\d\d?)[ -]([A-Za-z]{3})[ -](\d{4})\s+(\d\d):(\d\d):(\d\d)\s*(\S*)$/
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec'

/**
 * A date in ISO 8601 or in the form of RFC 1123; undefined for any other text and for a moment that does not exist. Python's dateutil, which
 * aws-cli uses, reads far more; no service of AWS sends it.
 */
export function parseDate(text: string): DateTime | undefined {
  const iso = ISO_8601.exec(text.trim())
  if (iso) {
    const [year, month, day, hour, minute, second, fraction, zone] = iso[1] === undefined ? iso.slice(9) : iso.slice(1)
    return dateOfParts([year, month, day, hour, minute, second], fraction, zone)
  }
  const [, day, name = '', year, hour, minute, second, zone] = RFC_1123.exec(text.trim()) ?? []
  const at = MONTHS.indexOf(name.toLowerCase())
  return year === undefined || at % 3 !== 0 ? undefined : dateOfParts([year, String(at / 3 + 1), day, hour, minute, second], '', zone)
}

function dateOfParts(parts: readonly (string | undefined)[], fraction = '', zone = ''): DateTime | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(part => Number(part ?? 0))
  const microsecond = Number(fraction.slice(0, 6).padEnd(6, '0'))
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(zone) ?? []
  if (hours === undefined && !/^(Z|UTC|GMT)?$/i.test(zone)) return undefined
  const named = zone === '' ? undefined : 0
  const offset = hours === undefined ? named : (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes))
  return existing({ year, month, day, hour, minute, second, microsecond, offset })
}

/** A date, or a number of seconds since 1970, which is given in local time (`parse_timestamp` of botocore/utils.py, 2.36.7). */
export const parseTimestamp = (text: string, localOffset: LocalOffset): DateTime | undefined =>
  fromTimestamp(numberIn(text), localOffset) ?? parseDate(text)

function numberIn(text: string): number {
  try {
    return float(text)
  } catch (error) {
    if (error instanceof ValueError) return Number.NaN
    throw error
  }
}

/** Of the process's time zone (`TZ`). */
export const localOffset: LocalOffset = moment => -60 * new Date(moment).getTimezoneOffset()

/** `isoformat()`: microseconds unless they are zero, the offset if there is one. */
export function isoformat({ year, month, day, hour, minute, second, microsecond, offset }: DateTime): string {
  const date = `${digits(year, 4)}-${digits(month)}-${digits(day)}`
  const fraction = microsecond === 0 ? '' : `.${digits(microsecond, 6)}`
  return `${date}T${digits(hour)}:${digits(minute)}:${digits(second)}${fraction}${offset === undefined ? '' : isoOffset(offset)}`
}

function isoOffset(offset: number): string {
  const size = Math.abs(offset)
  const seconds = size % 60 === 0 ? '' : `:${digits(size % 60)}`
  return `${offset < 0 ? '-' : '+'}${digits(Math.floor(size / 3600))}:${digits(Math.floor(size / 60) % 60)}${seconds}`
}

const digits = (value: number, width = 2): string => String(value).padStart(width, '0')
