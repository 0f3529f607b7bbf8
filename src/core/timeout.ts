/** A limit on how long something may take. */

import type { Clock } from './host.ts'

/**
 * What `act` gives. Its signal is aborted after `ms` milliseconds, and then it is `act` that ends; nothing is left waiting once it has.
 */
export async function withTimeout<T>(ms: number, clock: Clock, act: (late: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController()
  const done = new AbortController()
  clock.sleep(ms, done.signal).then(() => late.abort())
  try {
    return await act(late.signal)
  } finally {
    done.abort()
  }
}
