/**
 * Patience with a service that is asked too much: for commands that make many calls, and run beside others of their kind. aws-cli gives up
 * after three attempts; a nightly job for fifty users must not.
 */

import { backoff } from '../core/backoff.ts'
import type { Context } from '../core/command.ts'
import { type CallFailure, type Iam, type Operation, Refused } from '../core/iam.ts'

/** How long one call is put off, in milliseconds. */
const PATIENCE = 600_000

type Needed = Pick<Context, 'clock' | 'signals' | 'random' | 'progress' | 'debug'>

/** The same service: a call that it turned away unseen, because there were too many, is made again later. */
export const patientIam = <Known extends Operation>(iam: Iam<Known>, means: Needed): Iam<Known> => ({
  call: (operation, input, stop) => patiently(operation, () => iam.call(operation, input, stop), means),
})

/**
 * Asks until it is not turned away any more, with the waits of aws-cli's standard mode.
 *
 * @param name of the question, as a terminal shows it
 * @throws what `ask` throws besides, and where it is turned away for too long, that refusal, as one that is not to be tried again. After a
 * signal, the refusal.
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
    }
  }
}

/** A refusal that may be another the next time: nothing was done, and nothing was wrong with the call. */
const isTurnedAway = (error: unknown): error is CallFailure => error instanceof Refused && error.retryable
