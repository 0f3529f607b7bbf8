/** ruamel.yaml's `!!timestamp` (`create_timestamp` of util.py, 0.17.21): a date, or a naive time in UTC. */

import { Failure } from '../core/errors.ts'
import { type DateTime, dateOf, daysInMonth, isoformat } from '../python/datetime.ts'
import { ValueError } from '../python/exceptions.ts'
import { PythonObject } from './parameter.ts'

const TIMESTAMP = /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(?:Z|([-+])(\d\d?)(?::(\d\d))?))?)?$/

/**
 * @throws ValueError for another format
 * @throws Failure for a date that does not exist, with the message of Python's datetime
 */
export function timestamp(text: string): PythonObject {
  const [match, year, month, day, hour, minute = '0', second = '0', fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] =
    TIMESTAMP.exec(text) ?? []
  if (match === undefined) throw new ValueError(`failed to construct timestamp from "${text}"`)
  const date = { year: Number(year), month: Number(month), day: Number(day) }
  if (hour === undefined) {
    const fields = checked({ ...date, hour: 0, minute: 0, second: 0, microsecond: 0, offset: undefined })
    return new PythonObject('datetime.date', isoformat(fields).slice(0, 10), undefined, `datetime.date(${Object.values(date).join(', ')})`)
  }
  const rounded = Number(fraction.slice(0, 6).padEnd(6, '0')) + (Number(fraction[6] ?? 0) > 4 ? 1 : 0)
  const overflow = rounded > 999_999
  const microsecond = overflow ? 0 : rounded
  const fields = checked({
    ...date,
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    microsecond,
    offset: undefined,
  })
  const zone = 3600 * Number(zoneHours) + 60 * Number(zoneMinutes) + (overflow ? 1 : 0)
  const delta = sign === undefined ? (overflow ? -1 : 0) : sign === '-' ? -zone : zone
  const moment = { ...dateOf(Date.parse(`${isoformat({ ...fields, microsecond: 0 })}Z`) - delta * 1000), microsecond }
  if (moment.year < 1 || moment.year > 9999) throw new Failure('date value out of range')
  return new PythonObject('datetime.datetime', isoformat(moment).replace('T', ' '), undefined, reprOf(moment))
}

function checked(fields: DateTime): DateTime {
  const { year, month, day, hour, minute, second } = fields
  if (year < 1) throw new Failure(`year ${year} is out of range`)
  if (month < 1 || month > 12) throw new Failure('month must be in 1..12')
  if (day < 1 || day > daysInMonth(year, month)) throw new Failure('day is out of range for month')
  if (hour > 23) throw new Failure('hour must be in 0..23')
  if (minute > 59) throw new Failure('minute must be in 0..59')
  if (second > 59) throw new Failure('second must be in 0..59')
  return fields
}

/** Omits seconds and microseconds that are zero. */
function reprOf({ year, month, day, hour, minute, second, microsecond }: DateTime): string {
  const last = microsecond === 0 ? (second === 0 ? [] : [second]) : [second, microsecond]
  return `datetime.datetime(${[year, month, day, hour, minute, ...last].join(', ')})`
}
