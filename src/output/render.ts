/** A reply → the text that is printed: timestamps, then the query, then the chosen format. Each format but JSON is loaded where it is chosen. */

import type { PagedResult } from '../core/paging.ts'
import { dumps } from '../python/json.ts'
import { type Dict, isDict, type Value } from '../python/value.ts'
import type { Color } from './color.ts'

export type Format = 'json' | 'text' | 'table' | 'yaml' | 'yaml-stream' | 'off'

export interface View {
  readonly format: Format
  /** `--query`. Throws a Failure where the reply is not what it expects. */
  readonly search?: ((value: Value) => Value) | undefined
  /** Puts the reply's dates into another form; absent where they are printed as the service sent them. */
  readonly dates?: ((data: Dict) => Dict) | undefined
  /** Stands above a table: the operation's name, or `error`. */
  readonly title: string
  readonly color: Color
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined
}

type Print = (value: Value) => string

const FORMATS: Readonly<Record<Format, (view: View) => Print | Promise<Print>>> = {
  json: () => json,
  text: async () => (await import('./text.ts')).text,
  table: async view => {
    const { table } = await import('./table.ts')
    return value => table(value, view)
  },
  yaml: async () => (await import('./yaml.ts')).yaml,
  'yaml-stream': async () => (await import('./yaml.ts')).yamlStream,
  off: () => () => '',
}

export const isFormat = (name: string): name is Format => Object.hasOwn(FORMATS, name)

/** The formats that print a list page by page, each page through the query, and what they print of it (awscli/formatter.py, 2.36.7). */
const PAGE_BY_PAGE: Partial<Record<Format, (paged: PagedResult) => readonly Dict[]>> = {
  text: ({ pages, results, nextToken: NextToken }) => [
    ...pages.map(page => new Map([[results, page.get(results) ?? null]])),
    ...(NextToken === undefined ? [] : [new Map([['NextToken', new Map([['NextToken', NextToken]])]])]),
  ],
  'yaml-stream': ({ pages }) => pages,
}

const json: Print = value => `${dumps(value, { indent: 4, ensureAscii: false })}\n`

/** An empty dict is no output, in any format: the operation had nothing to say. */
const isNothing = (value: Value): boolean => isDict(value) && value.size === 0

/**
 * Answers with the function that prints a reply. That one throws a Failure where the query or the format cannot have the reply's shape:
 * try it on a sample before the call.
 */
export async function renderer(view: View): Promise<(data: Dict, paged?: PagedResult) => string> {
  const { search = value => value, dates = data => data } = view
  const print = await FORMATS[view.format](view)
  const render = (data: Dict) => {
    const found = search(dates(data))
    return isNothing(found) ? '' : print(found)
  }
  const pieces = PAGE_BY_PAGE[view.format]
  return (data, paged) => {
    if (paged && pieces) return pieces(paged).map(render).join('')
    return paged?.broken ? '' : render(data)
  }
}
