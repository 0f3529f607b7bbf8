/**
 * Calls that may be made twice: reading, and changes that come to the same when they are made again. Attempts and waits are those of
 * aws-cli's standard mode (botocore/retries/standard.py, 2.36.7). CreateAccessKey is none of these; it has `creation.ts`.
 */

import type { Context } from '../core/command.ts'
import { Aftermath, Interrupted } from '../core/errors.ts'
import { CallFailure, type Operation, type Operations, type Reply, Unclear } from '../core/iam.ts'
import { type Dict, isDict, isList, type Value } from '../python/value.ts'
import { backoff } from './backoff.ts'

type Means = Pick<Context, 'iam' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'debug'>

/**
 * The first reply.
 *
 * @throws Failure as aws-cli words it; as an Aftermath where an earlier attempt without an answer may be why a key is not there.
 * @throws Interrupted as soon as a signal comes: nobody waits for the answer.
 */
export async function repeat<O extends Operation>(operation: O, input: Operations[O]['input'], means: Means): Promise<Reply<O>> {
  return again(stop => means.iam.call(operation, input, stop), means)
}

/** The same for any question that throws as `Iam.call` does. */
export async function again<T>(ask: (stop: AbortSignal) => Promise<T>, means: Omit<Means, 'iam'>): Promise<T> {
  const { clock, signals, maxAttempts, debug } = means
  let unanswered = false
  for (let attempt = 1; ; attempt++) {
    if (signals.received) throw new Interrupted(signals.received)
    try {
      return await ask(signals.came)
    } catch (error) {
      if (signals.received) throw new Interrupted(signals.received)
      if (!(error instanceof CallFailure)) throw error
      debug(`attempt ${attempt} of ${maxAttempts}: ${error.name}: ${error.failure.message}`)
      if (!error.retryable || attempt >= maxAttempts) {
        const last = attempt >= maxAttempts ? error.withRetries(attempt - 1) : error.failure
        // A wrong name would be refused alike: only whoever typed it can tell the two apart.
        throw unanswered && last.code === 'NoSuchEntity' ? new Aftermath(last, PERHAPS_DONE) : last
      }
      unanswered ||= error instanceof Unclear
    }
    await clock.sleep(backoff(attempt, means), signals.came)
  }
}

const PERHAPS_DONE = 'An earlier attempt got no answer; it may have done this already.'

/** What a command that makes one such call does. `sample` is a reply of the documented shape. */
export async function ask<O extends Operation>(
  operation: O,
  input: Operations[O]['input'],
  sample: Dict,
  means: Means,
): Promise<{ readonly output: Dict }> {
  const { output } = await repeat(operation, input, means)
  return { output: inOrder(output, sample) }
}

/** The members of a reply in the order of the service's model, which the sample keeps and the SDK does not. */
export function inOrder(reply: object, sample: Dict): Dict {
  const members = new Map(Object.entries(reply))
  const names = new Set([...sample.keys(), ...members.keys()])
  return new Map(
    [...names].flatMap(name => (members.get(name) === undefined ? [] : [[name, ordered(members.get(name), sample.get(name))]])),
  )
}

function ordered(member: unknown, sample: Value | undefined): Value {
  if (Array.isArray(member)) return member.map(item => ordered(item, isList(sample) ? sample[0] : undefined))
  if (typeof member === 'object' && member !== null) return inOrder(member, isDict(sample) ? sample : new Map())
  return typeof member === 'boolean' || typeof member === 'string' ? member : null
}
