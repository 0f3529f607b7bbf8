/**
 * `csv:PATH`: the table that `aws configure import --csv` reads (awscli/customizations/configure/importer.py, 2.36.7): one row per user,
 * split at every comma without regard to quotes, with the columns found by their titles.
 */

import { fileStore, lineEndIn, pairOf, pathIn, type TextFormat, UnsupportedContent } from './file.ts'
import type { OpenStore } from './open.ts'

export const summary = 'a table that `aws configure import` reads'

export const open: OpenStore = (path, name, { user, host }) =>
  fileStore({ name, kind: 'csv', path: pathIn(path, name, host), format: csvFormat }, user, host)

const TITLES = ['User Name', 'Access key ID', 'Secret access key'] as const

export const csvFormat: TextFormat = {
  read(text, UserName) {
    const table = tableOf(text)
    const [, id, secret] = table.columns
    const { cells = [] } = (UserName === undefined ? lastRow(table, () => true) : rowOf(UserName, table)) ?? {}
    return pairOf(cells[id]?.trim(), cells[secret]?.trim())
  },
  write(text, { UserName, AccessKeyId, SecretAccessKey }) {
    const values = [UserName ?? '', AccessKeyId, SecretAccessKey]
    if (values.some(value => value.trim() === '' || /[,\r\n]/.test(value)))
      throw new UnsupportedContent('a cell can be neither empty nor have a comma in it')
    if (text.trim() === '') return `${TITLES.join(',')}\n${values.join(',')}\n`
    const table = tableOf(text)
    const { columns, width } = table
    const row = rowOf(UserName, table)
    const cells = Array.from({ length: Math.max(width, row?.cells.length ?? 0) }, (_, index) => row?.cells[index] ?? '')
    for (const [index, value] of values.entries()) cells[columns[index] ?? index] = value
    const line = cells.join(',')
    const ending = lineEndIn(text)
    if (row === undefined) return `${text}${/[\r\n]$/.test(text) ? '' : ending}${line}${ending}`
    return text.slice(0, row.start) + line + text.slice(row.start + row.cells.join(',').length)
  },
  remove(text, UserName) {
    const row = rowOf(UserName, tableOf(text))
    return row === undefined ? text : text.slice(0, row.start) + text.slice(row.end)
  },
  entries(text) {
    const { rows, columns } = tableOf(text)
    return Array.from(rows()).flatMap(({ cells }) => (cells[columns[0]]?.trim() ? `the row of ${cells[columns[0]]?.trim()}` : []))
  },
}

interface Row {
  readonly cells: readonly string[]
  readonly start: number
  /** After its line end. */
  readonly end: number
}

interface Table {
  /** The positions of the three titles. */
  readonly columns: readonly [number, number, number]
  /** Those below the titles. Read one by one, each time they are asked for: all at once take twenty times the memory of the text. */
  readonly rows: () => Iterable<Row>
  readonly width: number
}

/** The lines with something in them, the titles first. */
function* rowsOf(text: string): Generator<Row> {
  for (const { index, 0: whole, 1: line = '' } of text.matchAll(/([^\r\n]+)(\r\n|\r|\n|$)/g)) {
    const cells = line.split(',')
    if (cells.join('').trim() !== '') yield { cells, start: index, end: index + whole.length }
  }
}

function tableOf(text: string): Table {
  const [head] = rowsOf(text)
  const titles =
    head?.cells.map(title =>
      title
        .replace(/^\ufeff/, '')
        .trim()
        .toLowerCase(),
    ) ?? TITLES.map(title => title.toLowerCase())
  const [user, id, secret] = TITLES.map(title => titles.indexOf(title.toLowerCase()))
  if (user === undefined || id === undefined || secret === undefined || Math.min(user, id, secret) < 0) {
    throw new UnsupportedContent(`its first line does not have the titles ${TITLES.join(', ')}`)
  }
  const rows = () => {
    const all = rowsOf(text)
    all.next()
    return all
  }
  return { columns: [user, id, secret], rows, width: titles.length }
}

function lastRow({ rows }: Table, matches: (row: Row) => boolean): Row | undefined {
  let last: Row | undefined
  for (const row of rows()) if (matches(row)) last = row
  return last
}

const rowOf = (UserName: string | undefined, table: Table): Row | undefined =>
  lastRow(table, ({ cells }) => cells[table.columns[0]]?.trim() === UserName)
