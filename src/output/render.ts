/** Renders a reply: converts dates, applies the query, prints the chosen format. Formats other than JSON are loaded on demand. */

import { dumps } from '../python/json.ts'
import { type Dict, isDict, type Value } from '../python/value.ts'
import type { Color } from './color.ts'

export type Format = 'json' | 'text' | 'table' | 'yaml' | 'yaml-stream' | 'off'

export interface View {
  readonly format: Format
  /** `--query`. Throws a Failure for a reply that it does not fit. */
  readonly search?: ((value: Value) => Value) | undefined
  /** Converts the reply's dates; absent if they are printed as sent. */
  readonly dates?: ((data: Dict) => Dict) | undefined
  /** The heading of a table: the operation's name, or `error`. */
  readonly title: string
  readonly color: Color
  /** The terminal's width; undefined without a terminal. */
  readonly columns: number | undefined
  /** A table is made to fit, where aws-cli has none that it must equal. */
  readonly fits?: boolean | undefined
}

type Print = (value: Value) => string

const FORMATS: Readonly<Record<Format, (view: View) => Print | Promise<Print>>> = {
  json: () => json,
  text: async () => (await import('./text.ts')).text,
  table: async view => {
    const { table } = await import('./table.ts')
    const wrap = view.fits ? (await import('./table-wrapping.ts')).wrapped : undefined
    return value => table(value, { ...view, wrap })
  },
  yaml: async () => (await import('./yaml.ts')).yaml,
  'yaml-stream': async () => (await import('./yaml.ts')).yamlStream,
  off: () => () => '',
}

export const isFormat = (name: string): name is Format => Object.hasOwn(FORMATS, name)

const json: Print = value => `${dumps(value, { indent: 4, ensureAscii: false })}\n`

/** aws-cli prints nothing for an empty dict, in any format. */
const isNothing = (value: Value): boolean => isDict(value) && value.size === 0

/**
 * A function that prints a reply. It throws a Failure if the query or the format does not fit the reply; call it with a sample first.
 */
export async function renderer(view: View): Promise<(data: Dict) => string> {
  const { search = value => value, dates = data => data } = view
  const print = await FORMATS[view.format](view)
  const render = (data: Dict) => {
    const found = search(dates(data))
    return isNothing(found) ? '' : print(found)
  }
  return render
}
