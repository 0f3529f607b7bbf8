/**
 * Calls that may be repeated: reading, and changes with the same effect when repeated. Attempts and waits are those of botocore's standard
 * mode (core/retry.ts). CreateAccessKey is not one of these; create.ts calls it.
 */

import { backoff } from '../core/backoff.ts'
import type { Context } from '../core/command.ts'
import { FailureWithRecovery, Interrupted } from '../core/errors.ts'
import { CallFailure, type Iam, type Operation, type Operations, OutcomeUnknown, type Reply } from '../core/iam.ts'
import { withRetries } from '../core/retry.ts'
import { type Dict, isDict, isList, type Value } from '../python/value.ts'

type RetryContext = Pick<Context, 'clock' | 'signals' | 'maxAttempts' | 'random' | 'debug'>

/**
 * The first reply.
 *
 * @throws Failure with aws-cli's message; a FailureWithRecovery if an earlier attempt without an answer may be why the key does not exist
 * @throws Interrupted as soon as a signal arrives: it ends the wait for the answer
 */
export async function callWithRetry<O extends Operation>(
  operation: O,
  input: Operations[O]['input'],
  context: RetryContext & { readonly iam: Iam<NoInfer<O>> },
): Promise<Reply<O>> {
  return retry(stop => context.iam.call(operation, input, stop), context)
}

/** `callWithRetry` for any function that throws as `Iam.call` does. */
export async function retry<T>(send: (stop: AbortSignal) => Promise<T>, context: RetryContext): Promise<T> {
  const { clock, signals, maxAttempts, debug } = context
  const throwIfInterrupted = () => {
    if (signals.received) throw new Interrupted(signals.received)
  }
  let unanswered = false
  throwIfInterrupted()
  return withRetries(() => send(signals.interrupt), {
    maxAttempts,
    explain(error, attempt) {
      throwIfInterrupted()
      if (!(error instanceof CallFailure)) throw error
      debug(`attempt ${attempt} of ${maxAttempts}: ${error.name}: ${error.failure.message}`)
      const hidden = unanswered
      unanswered ||= error instanceof OutcomeUnknown
      return {
        retryable: error.retryable,
        failure(retries) {
          const last = retries === undefined ? error.failure : error.withRetries(retries)
          // A mistyped id is refused in the same way: only the user can tell.
          return hidden && last.code === 'NoSuchEntity' ? new FailureWithRecovery(last, PERHAPS_DONE) : last
        },
      }
    },
    async wait(attempt) {
      await clock.sleep(backoff(attempt, context), signals.interrupt)
      throwIfInterrupted()
    },
  })
}

const PERHAPS_DONE = 'An earlier attempt got no answer; it may have done this already.'

/** The run of a command that makes one such call. `sample` is a reply of the documented shape. */
export async function callForOutput<O extends Operation>(
  operation: O,
  input: Operations[O]['input'],
  sample: Dict,
  context: RetryContext & { readonly iam: Iam<NoInfer<O>> },
): Promise<{ readonly output: Dict }> {
  const { output } = await callWithRetry(operation, input, context)
  return { output: inModelOrder(output, sample) }
}

/** The members of a reply in the order of the service's model, as the sample has them; the SDK's order differs. */
export function inModelOrder(reply: object, sample: Dict): Dict {
  const members = new Map(Object.entries(reply))
  const names = new Set([...sample.keys(), ...members.keys()])
  return new Map(
    [...names].flatMap(name => (members.get(name) === undefined ? [] : [[name, ordered(members.get(name), sample.get(name))]])),
  )
}

function ordered(member: unknown, sample: Value | undefined): Value {
  if (Array.isArray(member)) return member.map(item => ordered(item, isList(sample) ? sample[0] : undefined))
  if (typeof member === 'object' && member !== null) return inModelOrder(member, isDict(sample) ? sample : new Map())
  // An integer is a bigint (python/value.ts).
  if (typeof member === 'number') return Number.isInteger(member) ? BigInt(member) : member
  return typeof member === 'boolean' || typeof member === 'string' ? member : null
}
