/** Draws sections of rows as a framed table, byte for byte as awscli/table.py (2.36.7). Works on text only. */

import { Failure } from '../core/errors.ts'
import { isWide } from '../python/unicodedata.ts'
import { type Color, RESET } from './color.ts'

/** Sections from top to bottom. Headers and rows are added to the last one. */
export type Sheet = TableSection[]

export interface TableSection {
  /** Undefined for a section without a title. */
  readonly title: string | undefined
  /** The number of frames around the section, each a `|` on either side. */
  readonly level: number
  headers: readonly string[]
  readonly rows: (readonly string[])[]
  /** The cell count of the first header or row; all rows must have it. */
  columns: number | undefined
  /** The widest cell of each column. */
  readonly widths: number[]
  /** The indices of the rows that begin a group; groups are separated by a line. */
  readonly groups?: number[]
}

export const openSection = (sheet: Sheet, title: string | undefined, level: number): void => {
  sheet.push({ title, level, headers: [], rows: [], columns: undefined, widths: [] })
}

/** Throws a Failure if the section already has rows with fewer cells. */
export function addHeaders(sheet: Sheet, headers: readonly string[]): void {
  const section = last(sheet)
  widen(section, headers)
  section.columns ??= headers.length
  section.headers = headers
}

/** Throws a Failure if the cell count differs from the first row's. */
export function addRow(sheet: Sheet, row: readonly string[]): void {
  const section = last(sheet)
  section.columns ??= row.length
  if (row.length !== section.columns) throw new Failure(`Row should have ${section.columns} elements, instead it has ${row.length}`)
  section.rows.push(row)
  widen(section, row)
}

function last(sheet: Sheet): TableSection {
  const section = sheet.at(-1)
  if (!section) throw new Error('no section was opened')
  return section
}

function widen({ widths }: TableSection, cells: readonly string[]): void {
  if (widths.length > 0 && cells.length > widths.length) throw new Failure('list index out of range')
  for (const [index, cell] of cells.entries()) widths[index] = Math.max(widthOf(cell), widths[index] ?? 0)
}

/** The number of terminal columns that a text takes. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += isWide(character) ? 2 : 1
  return width
}

/** So many lines are drawn at a time. They are garbage again before V8 moves them out of its young generation. */
const LINES = 100

/**
 * The table, some lines at a time. Sections with a single row are drawn one cell per line if the table is wider than `columns`.
 *
 * @param wrap breaks cells that are too long even so; aws-cli has none
 */
export function* draw(sheet: Sheet, color: Color, columns: number, wrap = (turned: Sheet, _columns: number) => turned): Generator<string> {
  const fitting = widest(sheet) > columns ? wrap(sheet.flatMap(turned), columns) : sheet
  const width = widest(fitting)
  const pen = newPen(color)
  let lines = [pen.written(`${'-'.repeat(width)}\n`)]
  for (const section of fitting) {
    for (const line of drawSection(pen, section, width - 2 * section.level)) {
      if (lines.push(line) < LINES) continue
      yield lines.join('')
      lines = []
    }
  }
  yield lines.join('')
}

function turned(section: TableSection): Sheet {
  const { title, level, headers, rows } = section
  const [row, ...more] = rows
  if (!row || more.length > 0 || headers.length === 0) return [section]
  const sheet: Sheet = []
  openSection(sheet, title, level)
  for (const [index, header] of headers.slice(0, row.length).entries()) addRow(sheet, [header, row[index] ?? ''])
  return sheet
}

/** The edges of a section, and the blanks and the line around a cell. */
export const ROOM_PER_SECTION = 2
export const ROOM_PER_COLUMN = 4

// Not by arguments: there may be a section for each of a hundred thousand rows.
const widest = (sheet: Sheet): number =>
  sheet.reduce((widest, { title, level, widths }) => {
    const rows = widths.reduce((total, width) => total + width + ROOM_PER_COLUMN, ROOM_PER_SECTION)
    // A missing title counts as wide as Python's `None`.
    return Math.max(widest, Math.max(widthOf(title ?? 'None') + ROOM_PER_SECTION, rows) + 2 * level)
  }, 0)

interface Pen {
  readonly written: (...parts: readonly string[]) => string
  readonly element: (text: string) => string
  readonly frame: string
}

/** With `resets`, every write is followed by a reset, including the parts of a line, as with colorama's wrapper of standard output. */
const newPen = ({ styled, resets }: Color): Pen => ({
  written: (...parts) => parts.map(part => (resets ? part + RESET : part)).join(''),
  element: text => (styled ? `\x1b[1m\x1b[34m${text}${RESET}` : text),
  frame: styled ? `\x1b[2m\x1b[33m|${RESET}` : '|',
})

/** Line by line. */
function* drawSection(pen: Pen, section: TableSection, width: number): Generator<string> {
  const frames = pen.frame.repeat(section.level)
  const line = (text: string): string => pen.written(frames, text, frames, '\n')
  const widths = columnWidths(section.widths, width)
  if (section.title) {
    yield line(centred(section.title, width, '|'))
    if (section.headers.length === 0 && section.rows.length === 0) yield line(`+${'-'.repeat(width - ROOM_PER_SECTION)}+`)
  }
  if (section.headers.length > 0) {
    yield line(ruler(widths))
    yield line(cells(widths, section.headers, centred))
  }
  if (section.rows.length === 0 || widths.length === 0) return
  yield line(ruler(widths))
  const isFirstOfGroup = new Set(section.groups)
  for (const [index, row] of section.rows.entries()) {
    if (index > 0 && isFirstOfGroup.has(index)) yield line(ruler(widths))
    yield line(cells(widths, row, (text, room, edge) => leftAligned(pen, text, room, edge)))
  }
  yield line(ruler(widths))
}

/**
 * Stretches the columns to `room` in proportion. Rounding errors are taken from the left or added on the right, one column at a time.
 */
function columnWidths(widths: readonly number[], room: number): number[] {
  if (widths.length === 0) return []
  const padded = widths.map(width => width + ROOM_PER_COLUMN)
  const factor = room / padded.reduce((total, width) => total + width)
  const scaled = padded.map(width => roundHalfEven(factor * width))
  for (let excess = scaled.reduce((total, width) => total + width) - room, turn = 0; excess !== 0; turn++) {
    const step = Math.sign(excess)
    const index = turn % scaled.length
    const column = step > 0 ? index : scaled.length - 1 - index
    scaled[column] = (scaled[column] ?? 0) - step
    excess -= step
  }
  return scaled
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

const ruler = (widths: readonly number[]): string => widths.map((width, index) => ruled(width, index === 0)).join('')
const ruled = (width: number, isFirst: boolean): string => (isFirst ? `+${dashes(width - 2)}+` : `${dashes(width - 1)}+`)
const dashes = (count: number): string => '-'.repeat(Math.max(0, count))
const spaces = (count: number): string => ' '.repeat(Math.max(0, count))

/** Only the first cell has a left edge. */
const cells = (widths: readonly number[], texts: readonly string[], align: (text: string, room: number, edge: string) => string): string =>
  texts
    .slice(0, widths.length)
    .map((text, index) => align(text, widths[index] ?? 0, index === 0 ? '|' : ''))
    .join('')

function centred(text: string, room: number, edge: string): string {
  const width = widthOf(text)
  const left = Math.floor(room / 2) - Math.floor(width / 2) - 1
  return `${edge}${spaces(left)}${text}${spaces(room - 1 - edge.length - left - width)}|`
}

function leftAligned(pen: Pen, text: string, room: number, edge: string): string {
  const width = widthOf(text)
  const padding = room - width - 2 - edge.length - 1 >= 0 ? 2 : 0
  return `${edge}${spaces(padding)}${pen.element(text)}${spaces(room - edge.length - padding - width - 1)}|`
}
