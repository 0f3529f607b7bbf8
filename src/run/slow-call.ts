/** Shows a progress line on a terminal while a call takes long. */

import type { Clock, HeldSignals } from '../core/host.ts'
import type { Iam, Operation } from '../core/iam.ts'
import type { Progress } from '../core/progress.ts'

/** Milliseconds: when the line appears, how often it is updated, and when updates end. */
const FIRST = 3000
const EVERY = 1000
const LAST = 600_000

interface Audience {
  readonly progress: Progress
  readonly clock: Clock
  readonly signals: HeldSignals
}

/** The same service, with a progress line for slow calls. */
export const withSlowCallNotice = (iam: Iam, audience: Audience): Iam => ({
  async call(operation, input, stop) {
    const done = new AbortController()
    tell(operation, audience, done.signal)
    try {
      return await iam.call(operation, input, stop)
    } finally {
      done.abort()
      audience.progress.end()
    }
  },
})

async function tell(operation: Operation, { progress, clock, signals }: Audience, done: AbortSignal): Promise<void> {
  await clock.sleep(FIRST, done)
  for (let waited = FIRST; waited < LAST && !done.aborted; waited += EVERY) {
    progress.say(
      `${operation}: ${signals.received ? 'interrupted, waiting a little longer for the answer' : `no answer for ${waited / 1000} s (${interrupting(operation)})`}`,
    )
    await clock.sleep(EVERY, done)
  }
}

/** What Ctrl-C would do, short enough for a terminal of 80 columns. */
const interrupting = (operation: Operation): string =>
  operation === 'CreateAccessKey' ? 'Ctrl-C stops it and looks for the key' : 'Ctrl-C stops it'
