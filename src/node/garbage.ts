/** Telling V8 to free what is no longer used. Loaded for long lists. */

import * as v8 from 'node:v8'
import * as vm from 'node:vm'

let collect: (() => void) | undefined

/** Does nothing where the runtime cannot be told. */
export function collectGarbage(): void {
  if (collect === undefined) {
    v8.setFlagsFromString('--expose-gc')
    const found: unknown = vm.runInNewContext('typeof gc === "function" ? gc : undefined')
    collect = typeof found === 'function' ? () => void found() : () => {}
  }
  collect()
}
