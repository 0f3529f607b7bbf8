/**
 * What all remote stores share: a request that is repeated until there is an answer, what is certain about its effect if there is none, and
 * messages that contain only the status and the error's name of a reply. Every request of a store has the same effect when repeated.
 */

import { Failure } from '../../core/errors.ts'
import type { Clock, Host } from '../../core/host.ts'
import { StoreFailure, StoreOutcomeUnknown } from '../../core/key-store.ts'
import type { RemoteReply } from '../../core/remote.ts'
import { TransportFailure } from '../../core/transport.ts'

/** The total number of attempts. */
const ATTEMPTS = 4
/** Milliseconds per attempt. */
const LONGEST_ATTEMPT = 20_000
/** Milliseconds per attempt after a signal: a pending request should still be answered. */
const ANSWER_SOON = 3000
/** Milliseconds before the second attempt; each further wait is twice as long. */
const FIRST_WAIT = 500
/** The longest wait that a service may request, in milliseconds. */
const LONGEST_WAIT = 30_000

/** The context of a store's requests. */
export interface Caller {
  /** The store's name, for messages. */
  readonly store: string
  readonly host: Pick<Host, 'clock' | 'debug'>
}

/** A request of a store. */
export interface Asking {
  /** For messages and the debug log: `GetSecretValue`. */
  readonly what: string
  readonly send: (stop: AbortSignal) => Promise<RemoteReply>
  /** The request changes something: without an answer its effect is unknown. */
  readonly changes?: boolean
  /** The total number of attempts; one if the place must be read before each. */
  readonly attempts?: number
  /** The reply shows that the request was not processed and may be repeated, in addition to status 429. */
  readonly isTurnedAway?: (reply: RemoteReply) => boolean
}

/** A final answer: a success or a refusal. */
export interface Answer extends RemoteReply {
  /** An earlier attempt may have had an effect, whatever this one says. */
  readonly doubtful: boolean
}

/** A request that no service refused: it may be repeated. */
export class Unanswered extends StoreFailure {}

/**
 * The first final answer.
 *
 * @throws StoreFailure if there is none and nothing has changed, an Unanswered unless the run gave up; StoreOutcomeUnknown if something
 * may have changed
 */
export async function ask(asking: Asking, stop: AbortSignal, caller: Caller): Promise<Answer> {
  const { what, changes = false, attempts = ATTEMPTS } = asking
  const { clock, debug } = caller.host
  let doubtful = false
  for (let attempt = 1; ; attempt++) {
    if (stop.aborted) throw failure('interrupted', doubtful, caller)
    const end = await once(asking, stop, clock)
    debug(`${caller.store}: ${what}: ${end.why}`)
    if (end.reply !== undefined) return { ...end.reply, doubtful }
    doubtful ||= changes && end.mayBeDone
    if (stop.aborted) throw failure('interrupted', doubtful, caller)
    const why = `${what}: ${end.why}`
    if (!end.isRepeatable) throw failure(why, doubtful, caller, end.cause)
    if (attempt >= attempts) throw new (doubtful ? StoreOutcomeUnknown : Unanswered)(caller.store, why, { cause: end.cause })
    await clock.sleep(Math.max(waitAfter(attempt), end.wait ?? 0), stop)
  }
}

/** Milliseconds between two attempts. */
export const waitAfter = (attempt: number): number => FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)

/** @param doubtful the store's content is unknown now */
export function failure(why: string, doubtful: boolean, { store }: Caller, cause?: unknown): StoreFailure {
  return new (doubtful ? StoreOutcomeUnknown : StoreFailure)(store, why, { cause })
}

interface End {
  /** Final. */
  readonly reply?: RemoteReply
  readonly why: string
  readonly mayBeDone: boolean
  readonly isRepeatable: boolean
  /** The wait that the service requests, in milliseconds. */
  readonly wait?: number
  readonly cause?: unknown
}

/** One attempt. Throws unexpected errors only. */
async function once({ send, isTurnedAway }: Asking, stop: AbortSignal, clock: Clock): Promise<End> {
  try {
    const reply = await patiently(send, stop, clock)
    const { status } = reply
    const why = `status ${status}`
    if (status === 429 || isTurnedAway?.(reply)) return { why, mayBeDone: false, isRepeatable: true, wait: waitAskedBy(reply) }
    if (status >= 500 || status === 408) return { why, mayBeDone: true, isRepeatable: true }
    return { why, mayBeDone: false, isRepeatable: false, reply }
  } catch (error) {
    if (error instanceof TransportFailure) {
      return { why: reasonOf(error), mayBeDone: error.sent, isRepeatable: error.retryable, cause: error }
    }
    if (error instanceof Failure) return { why: error.message, mayBeDone: false, isRepeatable: false, cause: error }
    throw error
  }
}

/** Not the message: it has the whole URL, which is long and adds nothing to the store's name. */
const reasonOf = ({ sent, message }: TransportFailure): string => {
  const [, tls] = /^(SSL validation failed) for /.exec(message) ?? []
  return tls ?? (sent ? 'no answer' : 'could not connect')
}

/** In milliseconds, from `Retry-After`. */
function waitAskedBy({ headers }: RemoteReply): number {
  const seconds = Number(headers['retry-after'] ?? 0)
  return seconds > 0 ? Math.min(seconds * 1000, LONGEST_WAIT) : 0
}

/** `send` with a time limit, which is shorter after `stop`. */
async function patiently<T>(send: (stop: AbortSignal) => Promise<T>, stop: AbortSignal, clock: Clock): Promise<T> {
  const late = new AbortController()
  const done = new AbortController()
  const limit = (ms: number) => clock.sleep(ms, done.signal).then(() => late.abort())
  const hurry = () => void limit(ANSWER_SOON)
  stop.addEventListener('abort', hurry)
  void limit(LONGEST_ATTEMPT)
  try {
    return await send(late.signal)
  } finally {
    done.abort()
    stop.removeEventListener('abort', hurry)
  }
}
