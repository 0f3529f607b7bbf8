/**
 * Makes a table as narrow as the terminal: breaks cells, or turns rows into records. For commands that aws-cli does not have; its tables
 * grow. Pure.
 */

import { addHeaders, addRow, ROOM_PER_COLUMN, ROOM_PER_SECTION, type Sheet, type TableSection, widthOf } from './table-drawing.ts'

/** Splits a text where a line may end. */
type Split = (text: string) => readonly string[]

const words: Split = text => text.split(/(?<= )/)
/** Also within `profile:bob`, an ARN or a path, but not within a time. */
const parts: Split = text => text.split(/(?<= |[a-z][:/])/i)
const characters: Split = text => [...text]

/** @param columns of the terminal. A section that cannot fit stays as it is. */
export const wrapped = (sheet: Sheet, columns: number): Sheet => sheet.map(section => fitting(section, columns - 2 * section.level))

function fitting(section: TableSection, room: number): TableSection {
  if (sum(section.widths) <= roomForText(section, room)) return section
  const within = (candidate: TableSection, least: Split) => narrowed(candidate, least, room)
  const asTable = within(section, words) ?? within(section, parts)
  if (asTable !== undefined) return asTable
  const records = section.headers.length > 0 ? recordsOf(section) : section
  return within(records, words) ?? within(records, parts) ?? within(records, characters) ?? section
}

const roomForText = ({ widths }: TableSection, room: number): number => room - ROOM_PER_SECTION - ROOM_PER_COLUMN * widths.length

/** Each row as lines of a name and a value. */
function recordsOf({ title, level, headers, rows }: TableSection): TableSection {
  const section = newSection(title, level)
  for (const row of rows) {
    section.groups.push(section.rows.length)
    for (const [index, header] of headers.entries()) addRow([section], [header, row[index] ?? ''])
  }
  return section
}

const newSection = (title: string | undefined, level: number): TableSection & { readonly groups: number[] } => ({
  title,
  level,
  headers: [],
  rows: [],
  columns: undefined,
  widths: [],
  groups: [],
})

/**
 * @param least what stays on one line
 * @returns undefined if the section cannot fit
 */
function narrowed(section: TableSection, least: Split, room: number): TableSection | undefined {
  const { title, level, headers, rows, widths, groups } = section
  const narrow = narrowedWidths(widths, leastWidths(section, least), roomForText(section, room))
  if (narrow === undefined) return undefined
  const isFirstOfGroup = new Set(groups)
  const result = newSection(title, level)
  if (headers.length > 0) addHeaders([result], headers)
  for (const [index, row] of rows.entries()) {
    if (isFirstOfGroup.has(index)) result.groups.push(result.rows.length)
    const cells = row.map((text, column) => lines(text, least, narrow[column] ?? 0))
    const height = Math.max(...cells.map(cell => cell.length))
    for (let line = 0; line < height; line++) {
      const texts = cells.map(cell => cell[line] ?? '')
      addRow([result], texts)
    }
  }
  return result
}

/** Headers are not broken. */
function leastWidths({ headers, rows, widths }: TableSection, split: Split): number[] {
  const least = widths.map((_, index) => widthOf(headers[index] ?? ''))
  for (const row of rows) {
    for (const [index, text] of row.entries()) {
      for (const part of split(text)) least[index] = Math.max(least[index] ?? 0, widthOf(part.trimEnd()))
    }
  }
  return least
}

/** The widths with the widest columns made narrower until all fit; undefined if they cannot. */
function narrowedWidths(widths: readonly number[], least: readonly number[], room: number): readonly number[] | undefined {
  const narrow = [...widths]
  if (sum(least) > room) return undefined
  for (let excess = sum(widths) - room; excess > 0; excess--) {
    const widest = narrow.reduce((best, width, index) => {
      const isNarrowable = width > (least[index] ?? 0)
      return isNarrowable && (best === -1 || width > (narrow[best] ?? 0)) ? index : best
    }, -1)
    narrow[widest] = (narrow[widest] ?? 0) - 1
  }
  return narrow
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Breaks between words where it can; a word that is too long begins a line, and breaks where `least` allows it. */
function lines(text: string, least: Split, width: number): readonly string[] {
  const broken: string[] = []
  for (const word of words(text)) {
    const isTooLong = widthOf(word.trimEnd()) > width
    for (const [index, part] of (isTooLong ? least(word) : [word]).entries()) {
      const longer = `${broken.at(-1)}${part}`
      const begins = isTooLong && index === 0
      if (broken.length > 0 && !begins && widthOf(longer.trimEnd()) <= width) broken.splice(-1, 1, longer)
      else broken.push(part)
    }
  }
  return broken.map(line => line.trimEnd())
}
