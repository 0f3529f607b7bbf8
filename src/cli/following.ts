/** Options that belong to the values of another option: `--store command:a --read-command b`. Loaded on demand. */

import { ParameterError } from '../core/errors.ts'
import { keyOf, type Option } from '../core/options.ts'
import type { Parsed } from './argparse.ts'

type Values = readonly (string | undefined)[]

/**
 * @returns for each row, the values that follow those of the option it belongs to, in order
 * @throws ParameterError for a value that follows none, or a second one
 */
export const following = (rows: readonly Option[], options: Parsed['options']): Readonly<Record<string, Values>> =>
  Object.fromEntries(rows.map(row => [keyOf(row.name), valuesOf(row, options)]))

function valuesOf({ name, follows }: Option, options: Parsed['options']): Values {
  const values: (string | undefined)[] = []
  for (const [option, value] of options) {
    if (option === `--${follows}`) values.push(undefined)
    if (option !== `--${name}`) continue
    if (values.length === 0 || values.at(-1) !== undefined)
      throw new ParameterError(`--${name} belongs to the --${follows} before it, one to each`)
    values[values.length - 1] = value
  }
  return values
}
