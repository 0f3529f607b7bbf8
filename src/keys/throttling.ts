/**
 * Retries throttled calls for minutes, for commands that make many calls beside other programs. aws-cli gives up after three
 * attempts, which is not enough for a nightly job with fifty users.
 */

import { backoff } from '../core/backoff.ts'
import type { Context } from '../core/command.ts'
import { type CallFailure, type Iam, type Operation, Refused } from '../core/iam.ts'

/** How long one call may be delayed, in milliseconds. */
const PATIENCE = 600_000

type Needed = Pick<Context, 'clock' | 'signals' | 'random' | 'progress' | 'debug'>

/** The same service, whose throttled calls are repeated later. */
export const patientIam = <Known extends Operation>(iam: Iam<Known>, means: Needed): Iam<Known> => ({
  call: (operation, input, stop) => patiently(operation, () => iam.call(operation, input, stop), means),
})

/**
 * Repeats `ask` while it is throttled, with the waits of botocore's standard mode.
 *
 * @param name of the call, for the progress line
 * @throws any other error of `ask`; if it is throttled for too long, that refusal, marked as final; after a signal, the refusal
 */
export async function patiently<T>(name: string, ask: () => Promise<T>, { clock, signals, progress, debug, ...means }: Needed): Promise<T> {
  const until = clock.now() + PATIENCE
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      if (!isTurnedAway(error) || signals.received) throw error
      const wait = backoff(attempt, means)
      if (clock.now() + wait > until) throw new Refused({ ...error, retryable: false, failure: error.withRetries(attempt - 1) })
      debug(`${name} was turned away, attempt ${attempt}: ${error.failure.message}`)
      if (wait >= 1000) progress.say(`${name}: too many requests, the next attempt in ${Math.round(wait / 1000)} s (Ctrl-C stops it)`)
      await clock.sleep(wait, signals.interrupt)
      progress.end()
    }
  }
}

/** A refusal that may not come again: nothing was done, and the call was correct. */
const isTurnedAway = (error: unknown): error is CallFailure => error instanceof Refused && error.retryable
