/** Telling V8 to free what is no longer used. Loaded for long lists. */

import * as v8 from 'node:v8'
import * as vm from 'node:vm'

/** V8's `gc`, with the options of its extension (src/extensions/gc-extension.cc, V8 12.4). */
type Collect = (options?: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void

let collect: (() => void) | undefined

/** Does nothing where the runtime cannot be told. */
export function collectGarbage(): void {
  if (collect === undefined) {
    v8.setFlagsFromString('--expose-gc')
    const found: unknown = vm.runInNewContext('typeof gc === "function" ? gc : undefined')
    collect = typeof found === 'function' ? collectorOf(found as Collect) : () => {}
  }
  collect()
}

/**
 * From Node 22 on, a plain collection leaves the young generation as large as it has grown (60 MB); the last resort shrinks it. Node 20 does
 * not know that option, and with options it keeps more than without.
 */
const collectorOf = (gc: Collect) =>
  Number.parseInt(process.versions.node, 10) < 22 ? () => gc() : () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
