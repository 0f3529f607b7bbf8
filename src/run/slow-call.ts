/** Shows a progress line on a terminal while a call takes long. */

import type { Clock, HeldSignals } from '../core/host.ts'
import type { Iam, Operation } from '../core/iam.ts'
import type { Progress } from '../core/progress.ts'

/** Milliseconds: when the line appears, how often it is updated, and when updates end. */
const SHOW_AFTER = 3000
const UPDATE_EVERY = 1000
const UPDATE_UNTIL = 600_000

interface NoticeContext {
  readonly progress: Progress
  readonly clock: Clock
  readonly signals: HeldSignals
}

/** Adds a progress line to slow calls. */
export const withSlowCallNotice = (iam: Iam, context: NoticeContext): Iam => ({
  async call(operation, input, stop) {
    const done = new AbortController()
    showProgress(operation, context, done.signal)
    try {
      return await iam.call(operation, input, stop)
    } finally {
      done.abort()
      context.progress.end()
    }
  },
})

async function showProgress(operation: Operation, { progress, clock, signals }: NoticeContext, done: AbortSignal): Promise<void> {
  await clock.sleep(SHOW_AFTER, done)
  for (let waited = SHOW_AFTER; waited < UPDATE_UNTIL && !done.aborted; waited += UPDATE_EVERY) {
    progress.say(
      `${operation}: ${signals.received ? 'interrupted, waiting a little longer for the answer' : `no answer for ${waited / 1000} s (${interrupting(operation)})`}`,
    )
    await clock.sleep(UPDATE_EVERY, done)
  }
}

/** What Ctrl-C would do, short enough for a terminal of 80 columns. */
const interrupting = (operation: Operation): string =>
  operation === 'CreateAccessKey' ? 'Ctrl-C stops it and looks for the key' : 'Ctrl-C stops it'
