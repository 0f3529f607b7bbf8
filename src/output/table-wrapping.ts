/** Breaks the cells of a table between words so that the table fits a terminal. For commands that aws-cli does not have; its tables grow. Pure. */

import { addHeaders, addRow, openSection, ROOM_PER_COLUMN, ROOM_PER_SECTION, type Section, type Sheet, widthOf } from './table-drawing.ts'

/** @param columns of the terminal. A section that cannot fit, for a word that is too long, stays as it is. */
export const wrapped = (sheet: Sheet, columns: number): Sheet =>
  sheet.flatMap(section => wrappedSection(section, columns - 2 * section.level))

function wrappedSection(section: Section, room: number): Sheet {
  const { title, level, headers, rows, widths } = section
  const narrow = narrowed(widths, leastWidths(section), room - ROOM_PER_SECTION - ROOM_PER_COLUMN * widths.length)
  if (narrow === undefined) return [section]
  const sheet: Sheet = []
  openSection(sheet, title, level)
  if (headers.length > 0) addHeaders(sheet, headers)
  for (const row of rows) {
    const cells = row.map((text, index) => lines(text, narrow[index] ?? 0))
    const height = Math.max(...cells.map(cell => cell.length))
    for (let line = 0; line < height; line++)
      addRow(
        sheet,
        cells.map(cell => cell[line] ?? ''),
      )
  }
  return sheet
}

/** Headers are not broken, and neither are words. */
function leastWidths({ headers, rows, widths }: Section): number[] {
  const least = widths.map((_, index) => widthOf(headers[index] ?? ''))
  for (const row of rows) {
    for (const [index, text] of row.entries()) {
      for (const word of text.split(' ')) least[index] = Math.max(least[index] ?? 0, widthOf(word))
    }
  }
  return least
}

/** The widths with the widest columns made narrower until all fit; undefined if they fit anyway, or cannot. */
function narrowed(widths: readonly number[], least: readonly number[], room: number): number[] | undefined {
  const narrow = [...widths]
  let excess = sum(widths) - room
  if (excess <= 0 || sum(least) > room) return undefined
  for (; excess > 0; excess--) {
    const widest = narrow.reduce((best, width, index) => {
      const isNarrowable = width > (least[index] ?? 0)
      return isNarrowable && (best === -1 || width > (narrow[best] ?? 0)) ? index : best
    }, -1)
    narrow[widest] = (narrow[widest] ?? 0) - 1
  }
  return narrow
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

function lines(text: string, width: number): string[] {
  const broken: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${broken.at(-1)} ${word}`
    if (broken.length > 0 && widthOf(longer) <= width) broken.splice(-1, 1, longer)
    else broken.push(word)
  }
  return broken
}
