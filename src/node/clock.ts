/** The Clock of Node. */

import type { Clock } from '../core/host.ts'

export const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, wake) =>
    new Promise(resolve => {
      if (ms <= 0 || wake?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        wake?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      wake?.addEventListener('abort', done, { once: true })
    }),
}
