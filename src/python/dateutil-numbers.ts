/** The numbers in a date, as dateutil's parser (2.8) tells them apart: clock times, dates with and without separators. Pure. */

import { daysInMonth } from './datetime.ts'
import {
  addMember,
  addMonth,
  isDigits,
  isJump,
  isNumber,
  type Member,
  meridiemOf,
  monthOf,
  onTwelveHours,
  peek,
  type Reader,
  type Reading,
  Unreadable,
} from './dateutil-words.ts'

/** Ways to read a number, in the order in which they are tried. */
export const NUMBER_READERS: readonly Reader[] = [
  // 19990101T23[59]: two or four digits behind a whole date, but not the first of 23:59
  reading => {
    const text = peek(reading) ?? ''
    const follows = reading.members.length === 3 && reading.hour === undefined && peek(reading, 1) !== ':'
    if (!follows || (text.length !== 2 && text.length !== 4)) return false
    reading.hour = Number(text.slice(0, 2))
    if (text.length === 4) reading.minute = Number(text.slice(2))
    reading.at++
    return true
  },
  // YYMMDD, or HHMMSS[.ss] behind a date
  reading => {
    const text = peek(reading) ?? ''
    if (text.length !== 6 && text.indexOf('.') !== 6) return false
    if (reading.members.length === 0 && !text.includes('.')) {
      for (const start of [0, 2, 4]) addMember(reading, text.slice(start, start + 2))
    } else {
      reading.hour = Number(text.slice(0, 2))
      reading.minute = Number(text.slice(2, 4))
      setSeconds(reading, text.slice(4))
    }
    reading.at++
    return true
  },
  // YYYYMMDD[hhmm[ss]]
  reading => {
    const text = peek(reading) ?? ''
    if (![8, 12, 14].includes(text.length)) return false
    addMember(reading, text.slice(0, 4), 'year')
    addMember(reading, text.slice(4, 6))
    addMember(reading, text.slice(6, 8))
    if (text.length > 8) {
      reading.hour = Number(text.slice(8, 10))
      reading.minute = Number(text.slice(10, 12))
    }
    if (text.length > 12) reading.second = Number(text.slice(12))
    reading.at++
    return true
  },
  // HH:MM[:SS[.ss]]
  reading => {
    if (peek(reading, 1) !== ':') return false
    const minutes = peek(reading, 2)
    if (minutes === undefined) return false
    if (!isNumber(minutes)) throw new Unreadable(minutes)
    reading.hour = Math.trunc(Number(peek(reading)))
    reading.minute = Math.trunc(Number(minutes))
    if (minutes.includes('.')) reading.second = Math.trunc((Number(minutes) % 1) * 60)
    reading.at += 3
    const seconds = peek(reading, 1)
    if (peek(reading) !== ':' || seconds === undefined) return true
    if (!isNumber(seconds)) throw new Unreadable(seconds)
    setSeconds(reading, seconds)
    reading.at += 2
    return true
  },
  // 01-02[-03], 01/Feb[/03], 1.2.3
  reading => {
    const separator = peek(reading, 1)
    if (separator !== '-' && separator !== '/' && separator !== '.') return false
    addMember(reading, peek(reading) ?? '')
    reading.at += 2
    const second = peek(reading)
    if (second === undefined || isJump(second)) return true
    addMonthOrNumber(reading, second)
    reading.at++
    if (peek(reading) !== separator) return true
    addMonthOrNumber(reading, peek(reading, 1) ?? '')
    reading.at += 2
    return true
  },
  // 12 am, or a number that stands alone
  reading => {
    const next = peek(reading, 1)
    if (next !== undefined && !isJump(next)) return false
    const meridiem = meridiemOf(peek(reading, 2))
    if (meridiem !== undefined) {
      reading.hour = onTwelveHours(Math.trunc(Number(peek(reading))), meridiem)
      reading.at += 3
    } else {
      addMember(reading, peek(reading) ?? '')
      reading.at += 2
    }
    return true
  },
  // 12am
  reading => {
    const value = Number(peek(reading))
    const meridiem = meridiemOf(peek(reading, 1))
    if (meridiem === undefined || value >= 24) return false
    reading.hour = onTwelveHours(Math.trunc(value), meridiem)
    reading.at += 2
    return true
  },
  // a day that sticks to what follows
  reading => {
    const text = peek(reading) ?? ''
    if (!couldBeDay(reading.members, Number(text))) return false
    addMember(reading, text)
    reading.at++
    return true
  },
]

function setSeconds(reading: Reading, text: string): void {
  const [whole = '', fraction = ''] = text.split('.')
  reading.second = Number(whole)
  reading.microsecond = Number(fraction.padEnd(6, '0').slice(0, 6))
}

function addMonthOrNumber(reading: Reading, word: string): void {
  const month = monthOf(word)
  if (month !== undefined) addMonth(reading, month)
  else if (isDigits(word)) addMember(reading, word)
  else throw new Unreadable(word)
}

function couldBeDay(members: readonly Member[], value: number): boolean {
  const [day, month, year] = (['day', 'month', 'year'] as const).map(role => members.find(member => member.role === role)?.value)
  if (day !== undefined) return false
  return value >= 1 && value <= (month === undefined ? 31 : daysInMonth(year ?? 2000, month))
}
