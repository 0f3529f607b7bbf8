/** A reply → the text that is printed: timestamps, then the query, then the chosen format. Each format but JSON is loaded where it is chosen. */

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

/** An empty dict is no output: the operation had nothing to say. */
const json: Print = value => (isDict(value) && value.size === 0 ? '' : `${dumps(value, { indent: 4, ensureAscii: false })}\n`)

/**
 * Answers with the function that prints a reply. That one throws a Failure where the query or the format cannot have the reply's shape:
 * try it on a sample before the call.
 */
export async function renderer(view: View): Promise<(data: Dict) => string> {
  const { search = value => value, dates = data => data } = view
  const print = await FORMATS[view.format](view)
  return data => print(search(dates(data)))
}
