/**
 * Dates as people and RFCs write them: what `dateutil.parser.parse` (2.8) makes of a text. What its words and numbers are is in
 * `dateutil-words.ts` and `dateutil-numbers.ts`; here they become a date. Left out are hours spelled with letters (`10h36m`) and
 * `Jan of 2015`. Pure.
 */

import { type DateTime, dateOf, daysInMonth, existing, plusDays, weekdayOf } from './datetime.ts'
import { NUMBER_READERS } from './dateutil-numbers.ts'
import { isNumber, type Member, peek, type Reading, type Role, Unreadable, UTC_NAMES, WORD_READERS } from './dateutil-words.ts'

/**
 * `today` lends the parts of its date that the text does not say; the time of day is then midnight. Undefined where dateutil raises an
 * error: no date, a word it does not know, a day that does not exist. A time zone that is only a name (EST) stays unknown.
 */
export function parse(text: string, today: DateTime): DateTime | undefined {
  try {
    return assemble(read(text), today)
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

/** The day a moment falls on. `moment` is in milliseconds since 1970, `offset` in seconds east of UTC. */
export const dayOf = (moment: number, offset: number): DateTime => ({ ...dateOf(moment + offset * 1000), hour: 0, minute: 0, second: 0 })

/** Throws Unreadable for a word that has no place in a date. */
function read(text: string): Reading {
  const reading: Reading = { tokens: tokenize(text), at: 0, members: [], centuryGiven: false }
  while (reading.at < reading.tokens.length) {
    const readers = isNumber(peek(reading)) ? NUMBER_READERS : WORD_READERS
    if (!readers.some(read => read(reading))) throw new Unreadable(text)
  }
  return reading
}

/** Numbers (with a fraction, where there is just one point in them), words, and every other character on its own. */
function tokenize(text: string): string[] {
  const pieces = text.match(/\d+(?:\.[\d.]*|(?<=\d\d),[\d.]*)?|\p{L}+|[^\0]/gsu) ?? []
  return pieces.flatMap(piece => {
    if (/^\d+[.,]\d+$/.test(piece)) return piece.replace(',', '.')
    return /^\d/.test(piece) ? piece.split(/([.,])/).filter(part => part !== '') : piece.replace(/\s/, ' ')
  })
}

function assemble(reading: Reading, today: DateTime): DateTime | undefined {
  const date = resolve(reading.members)
  const said = { hour: reading.hour, minute: reading.minute, second: reading.second, weekday: reading.weekday, offset: reading.offset }
  if (Object.values({ ...date, ...said }).every(part => part === undefined)) return undefined
  const year = date.year === undefined ? today.year : fullYear(date.year, reading.centuryGiven, today.year)
  const month = date.month ?? today.month
  if (month < 1 || month > 12) return undefined
  const found = existing({
    year,
    month,
    day: date.day ?? Math.min(today.day, daysInMonth(year, month)),
    hour: reading.hour ?? 0,
    minute: reading.minute ?? 0,
    second: reading.second ?? 0,
    microsecond: reading.microsecond ?? 0,
    offset: reading.zone !== undefined && UTC_NAMES.has(reading.zone) ? 0 : reading.offset,
  })
  if (!found || reading.weekday === undefined || date.day !== undefined) return found
  return plusDays(found, (reading.weekday - weekdayOf(found) + 7) % 7)
}

/** Two digits are the year closest to this one. */
function fullYear(year: number, centuryGiven: boolean, thisYear: number): number {
  if (year >= 100 || centuryGiven) return year
  const near = year + Math.floor(thisYear / 100) * 100
  return near >= thisYear + 50 ? near - 100 : near < thisYear - 50 ? near + 100 : near
}

type Parts = Partial<Record<Role, number>>

/** Which member is what: roles that are known, then what can only be a year (above 31) or a day (above 12), then month first. */
function resolve(members: readonly Member[]): Parts {
  if (members.length > 3) throw new Unreadable('more than three members')
  const known = members.filter(member => member.role !== undefined)
  if (members.length === known.length || (members.length === 3 && known.length === 2)) return byRole(members)
  const values = members.map(member => member.value)
  const [a = 0, b = 0] = values
  const month = members.findIndex(member => member.role === 'month')
  const assign = (...roles: readonly Role[]): Parts => Object.fromEntries(roles.map((role, index) => [role, values[index]]))
  if (values.length === 1) return a > 31 ? assign('year') : assign('day')
  if (values.length === 2) {
    if (month !== -1) {
      const other: Role = (month === 0 ? b : a) > 31 ? 'year' : 'day'
      return month === 0 ? assign('month', other) : assign(other, 'month')
    }
    return a > 31 ? assign('year', 'month') : b > 31 ? assign('month', 'year') : assign('month', 'day')
  }
  if (month === 0) return b > 31 ? assign('month', 'year', 'day') : assign('month', 'day', 'year')
  if (month === 1) return a > 31 ? assign('year', 'month', 'day') : assign('day', 'month', 'year')
  if (month === 2) return b > 31 ? assign('day', 'year', 'month') : assign('year', 'day', 'month')
  if (a > 31 || members[0]?.role === 'year') return assign('year', 'month', 'day')
  return a > 12 ? assign('day', 'month', 'year') : assign('month', 'day', 'year')
}

/** Two roles that are known leave only one for the third member. */
function byRole(members: readonly Member[]): Parts {
  const missing = (['year', 'month', 'day'] as const).find(role => !members.some(member => member.role === role)) ?? 'day'
  return Object.fromEntries(members.map(({ value, role = missing }) => [role, value]))
}
