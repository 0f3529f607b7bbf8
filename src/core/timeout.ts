/** Time limits. */

import type { Clock } from './host.ts'

/**
 * Runs `act` with a signal that is aborted after `ms` milliseconds; `act` must end then. Its timer ends with it.
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
