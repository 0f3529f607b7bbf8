/** The words in a date, as dateutil's parser (2.8) tells them apart: names of months, days and zones, offsets, fillers. Pure. */

/** What has been read so far. `members` are numbers that are a year, a month or a day, mostly not known yet which. */
export interface Reading {
  readonly tokens: readonly string[]
  at: number
  readonly members: Member[]
  /** A year was written in full, so 15 is not 2015. */
  centuryGiven: boolean
  hour?: number
  minute?: number
  second?: number
  microsecond?: number
  weekday?: number
  zone?: string
  /** Seconds east of UTC. */
  offset?: number
  /** `GMT+3`: by the old POSIX reading the sign says what to add to local time to have UTC. */
  signFlipped?: boolean
}

export type Role = 'year' | 'month' | 'day'
export interface Member {
  readonly value: number
  readonly role?: Role
}

/** Reads what starts at `reading.at` and moves behind it, or answers false and leaves it. */
export type Reader = (reading: Reading) => boolean

/** dateutil would raise an error. */
export class Unreadable extends Error {}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH_NAMES = 'january february march april may june july august september october november december'.split(' ')
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const WEEKDAY_NAMES = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ')
const JUMPS = new Set([' ', '.', ',', ';', '-', '/', "'", 'at', 'on', 'and', 'ad', 'm', 't', 'of', 'st', 'nd', 'rd', 'th'])
export const UTC_NAMES = new Set(['UTC', 'GMT', 'Z', 'z'])

const nameIndex = (word: string | undefined, ...lists: readonly (readonly string[])[]): number | undefined => {
  const name = word?.toLowerCase() ?? ''
  return lists.map(list => list.indexOf(name)).find(index => index !== -1)
}

export function monthOf(word: string | undefined): number | undefined {
  const index = word?.toLowerCase() === 'sept' ? 8 : nameIndex(word, MONTHS, MONTH_NAMES)
  return index === undefined ? undefined : index + 1
}

const weekdayNamed = (word: string | undefined): number | undefined => nameIndex(word, WEEKDAYS, WEEKDAY_NAMES)
/** 0 for the morning, 1 for the afternoon. */
export const meridiemOf = (word: string | undefined): number | undefined => nameIndex(word, ['am', 'pm'], ['a', 'p'])
export const isJump = (word: string | undefined): boolean => word !== undefined && JUMPS.has(word.toLowerCase())
export const isNumber = (word: string | undefined): word is string => word !== undefined && /^\d/.test(word)
export const isDigits = (word: string | undefined): word is string => word !== undefined && /^\d+$/.test(word)

/** The token so many places on. */
export const peek = ({ tokens, at }: Reading, ahead = 0): string | undefined => tokens[at + ahead]

/** Throws Unreadable for what is no number, and for a second member of the same role. */
export function addMember(reading: Reading, text: string, role?: Role): void {
  const value = Math.trunc(Number(text))
  if (Number.isNaN(value)) throw new Unreadable(text)
  const isYear = value > 100 || /^\d{3,}$/.test(text)
  if (isYear && role !== undefined && role !== 'year') throw new Unreadable(text)
  if (isYear) reading.centuryGiven = true
  const known = isYear ? 'year' : role
  if (known !== undefined && reading.members.some(member => member.role === known)) throw new Unreadable(text)
  reading.members.push(known === undefined ? { value } : { value, role: known })
}

export const addMonth = (reading: Reading, month: number): void => addMember(reading, String(month), 'month')

/** By 12-hour clocks: 12 am is midnight. */
export const onTwelveHours = (hour: number, meridiem: number): number =>
  meridiem === 1 && hour < 12 ? hour + 12 : meridiem === 0 && hour === 12 ? 0 : hour

/** Ways to read what is no number, in the order in which they are tried. */
export const WORD_READERS: readonly Reader[] = [
  reading => {
    const weekday = weekdayNamed(peek(reading))
    if (weekday === undefined) return false
    reading.weekday = weekday
    reading.at++
    return true
  },
  // Jan, Jan-01, Jan-01-99
  reading => {
    const month = monthOf(peek(reading))
    if (month === undefined) return false
    addMonth(reading, month)
    reading.at++
    const separator = peek(reading)
    for (let count = 0; count < 2 && (separator === '-' || separator === '/') && peek(reading) === separator; count++) {
      addMember(reading, peek(reading, 1) ?? 'nothing')
      reading.at += 2
    }
    return true
  },
  reading => {
    const meridiem = meridiemOf(peek(reading))
    if (meridiem === undefined) return false
    if (reading.hour === undefined || reading.hour > 12) throw new Unreadable(peek(reading))
    reading.hour = onTwelveHours(reading.hour, meridiem)
    reading.at++
    return true
  },
  // EST, Z, GMT+3
  reading => {
    const name = peek(reading) ?? ''
    if (!couldBeZone(reading, name) || reading.offset !== undefined) return false
    const sign = peek(reading, 1)
    reading.signFlipped = sign === '+' || sign === '-'
    if (!reading.signFlipped || !UTC_NAMES.has(name)) reading.zone = name
    if (!reading.signFlipped && UTC_NAMES.has(name)) reading.offset = 0
    reading.at++
    return true
  },
  // +0200, +02:00, -3 and (EST) behind it
  reading => {
    const sign = peek(reading)
    if (reading.hour === undefined || (sign !== '+' && sign !== '-')) return false
    const digits = peek(reading, 1)
    if (!isDigits(digits)) throw new Unreadable(digits)
    const minutes = peek(reading, 3)
    const direction = (sign === '+') === !reading.signFlipped ? 1 : -1
    if (digits.length === 4) {
      reading.offset = direction * (Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60)
      reading.at += 2
    } else if (peek(reading, 2) === ':') {
      if (!isDigits(minutes)) throw new Unreadable(minutes)
      reading.offset = direction * (Number(digits) * 3600 + Number(minutes) * 60)
      reading.at += 4
    } else if (digits.length <= 2) {
      reading.offset = direction * Number(digits) * 3600
      reading.at += 2
    } else {
      throw new Unreadable(digits)
    }
    const name = peek(reading, 2) ?? ''
    if (isJump(peek(reading)) && peek(reading, 1) === '(' && peek(reading, 3) === ')' && name.length >= 3 && couldBeZone(reading, name)) {
      reading.zone = name
      reading.at += 4
    }
    return true
  },
  reading => {
    if (!isJump(peek(reading))) return false
    reading.at++
    return true
  },
]

const couldBeZone = ({ hour, zone }: Reading, name: string): boolean =>
  hour !== undefined && zone === undefined && (/^[A-Z]{1,5}$/.test(name) || UTC_NAMES.has(name))
