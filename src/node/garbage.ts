/** Keeps V8's heap small. Loaded for long lists. */

import * as v8 from 'node:v8'
import * as vm from 'node:vm'
import type { SmallHeap } from '../core/host.ts'

/** Flags, and their opposites. */
const SMALL: readonly (readonly [flag: string, opposite: string])[] = [
  // The young generation stays as large as it is. Otherwise it grows to 32 MB (Node 24: 64).
  ['--semi-space-growth-factor=1', '--semi-space-growth-factor=2'],
  // V8's slowest compiler takes 8 MB on Node 24, and about as much time as its code saves on a hundred pages.
  ['--no-opt', '--opt'],
]

/** Has no effect where the runtime cannot be told. Code that is loaded before the release is not found in the code cache. */
export function keepHeapSmall(): SmallHeap {
  for (const [flag] of SMALL) v8.setFlagsFromString(flag)
  let collect: (() => void) | undefined
  return {
    collect() {
      collect ??= findCollector()
      collect()
    },
    release() {
      for (const [, opposite] of SMALL) v8.setFlagsFromString(opposite)
    },
  }
}

/** V8's `gc`. No flag stays changed: V8 rejects code that was cached under other flags. */
function findCollector(): () => void {
  v8.setFlagsFromString('--expose-gc')
  const found: unknown = vm.runInNewContext('typeof gc === "function" ? gc : undefined')
  v8.setFlagsFromString('--no-expose-gc')
  return typeof found === 'function' ? () => found() : () => {}
}
