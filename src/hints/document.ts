/** `--cli-input-json in.json`: a file name in place of a document. */

import { ParameterError } from '../core/errors.ts'
import { INPUT_OPTIONS, keyOf } from '../core/options.ts'
import { shellQuote } from '../core/shell-quote.ts'
import type { Hint } from './index.ts'

export const unreadDocument: Hint = (failure, { invocation }, { host }) => {
  if (!(failure instanceof ParameterError) || invocation === undefined) return undefined
  for (const { name } of INPUT_OPTIONS) {
    const typed = invocation.flags[keyOf(name)]
    if (typeof typed !== 'string' || host.files.stat(typed)?.isDirectory !== false) continue
    return `${typed} is a file. To read it: --${name} ${shellQuote(`file://${typed}`)}`
  }
  return undefined
}
