/**
 * Retries throttled calls for minutes, for commands that make many calls beside other programs. aws-cli gives up after three
 * attempts, which is not enough for a nightly job with fifty users.
 */

import { backoff } from '../core/backoff.ts'
import type { Context } from '../core/command.ts'
import { type CallFailure, type Iam, type Operation, Refused } from '../core/iam.ts'

/** How long one call may be delayed, in milliseconds. */
const LONGEST_DELAY = 600_000

type ThrottlingContext = Pick<Context, 'clock' | 'signals' | 'random' | 'progress' | 'debug'>

/** Repeats throttled calls of the service. */
export const withThrottlingRetries = <Known extends Operation>(iam: Iam<Known>, context: ThrottlingContext): Iam<Known> => ({
  call: (operation, input, stop) => retryThrottled(operation, () => iam.call(operation, input, stop), context),
})

/**
 * Repeats `call` while it is throttled, with the waits of botocore's standard mode.
 *
 * @param name of the call, for the progress line
 * @throws any other error of `call`; if it is throttled for too long, that refusal, marked as final; after a signal, the refusal
 */
export async function retryThrottled<T>(
  name: string,
  call: () => Promise<T>,
  { clock, signals, progress, debug, ...context }: ThrottlingContext,
): Promise<T> {
  const until = clock.now() + LONGEST_DELAY
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!isThrottled(error) || signals.received) throw error
      const wait = backoff(attempt, context)
      if (clock.now() + wait > until) throw new Refused({ ...error, retryable: false, failure: error.withRetries(attempt - 1) })
      debug(`${name} was turned away, attempt ${attempt}: ${error.failure.message}`)
      if (wait >= 1000) progress.say(`${name}: too many requests, the next attempt in ${Math.round(wait / 1000)} s (Ctrl-C stops it)`)
      await clock.sleep(wait, signals.interrupt)
      progress.end()
    }
  }
}

/** The call was correct and had no effect: the same call may succeed later. */
const isThrottled = (error: unknown): error is CallFailure => error instanceof Refused && error.retryable
