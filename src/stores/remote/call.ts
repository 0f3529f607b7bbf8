/**
 * What all stores at a service have in common: a request that is asked again until there is an answer, what is certain about its effect when
 * there is none, and sentences that hold no more of a reply than a status and the name of an error. Every request of a store may be made
 * twice: it comes to the same.
 */

import { Failure } from '../../core/errors.ts'
import type { Clock, Host } from '../../core/host.ts'
import { StoreFailure, StoreOutcomeUnknown } from '../../core/key-store.ts'
import type { RemoteReply } from '../../core/remote.ts'
import { TransportFailure } from '../../core/transport.ts'

/** Attempts in all. */
const ATTEMPTS = 4
/** Milliseconds for one of them. */
const LONGEST_ATTEMPT = 20_000
/** The same once the run has been interrupted: a request under way is worth an answer. */
const ANSWER_SOON = 3000
/** Milliseconds before the second attempt; each further wait is twice as long. */
const FIRST_WAIT = 500
/** The longest wait that a service may ask for, in milliseconds. */
const LONGEST_WAIT = 30_000

/** What a store's requests are made with. */
export interface Caller {
  /** The store's name, for sentences. */
  readonly store: string
  readonly host: Pick<Host, 'clock' | 'debug'>
}

/** One request of a store. */
export interface Asking {
  /** In sentences and in the debug log: `GetSecretValue`. */
  readonly what: string
  readonly send: (stop: AbortSignal) => Promise<RemoteReply>
  /** The request changes something: where it got no answer, what became of it is unknown. */
  readonly changes?: boolean
  /** In all; one where the place has to be looked at before each. */
  readonly attempts?: number
  /** The reply says that the request was not looked at, and may be made again: beyond the status 429. */
  readonly isTurnedAway?: (reply: RemoteReply) => boolean
}

/** An answer that is final: the service did it, or refused. */
export interface Answer extends RemoteReply {
  /** An attempt before this one may have been carried out, whatever this one says. */
  readonly doubtful: boolean
}

/** A request to which no service has said no: it may be made again. */
export class Unanswered extends StoreFailure {}

/**
 * The first final answer.
 *
 * @throws StoreFailure where there is none and nothing has changed, as Unanswered unless it was given up; StoreOutcomeUnknown where
 * something may have changed
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

/** Milliseconds between an attempt and the next. */
export const waitAfter = (attempt: number): number => FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)

/** @param doubtful what the store holds now is not known */
export function failure(why: string, doubtful: boolean, { store }: Caller, cause?: unknown): StoreFailure {
  return new (doubtful ? StoreOutcomeUnknown : StoreFailure)(store, why, { cause })
}

interface End {
  /** A final one. */
  readonly reply?: RemoteReply
  readonly why: string
  readonly mayBeDone: boolean
  readonly isRepeatable: boolean
  /** Milliseconds that the service asks to wait. */
  readonly wait?: number
  readonly cause?: unknown
}

/** One attempt. Throws only what nobody foresaw. */
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

/** Not the sentence: it has the whole URL, which is long and names nothing that the store's name does not. */
const reasonOf = ({ sent, message }: TransportFailure): string => {
  const [, tls] = /^(SSL validation failed) for /.exec(message) ?? []
  return tls ?? (sent ? 'no answer' : 'could not connect')
}

/** Milliseconds, by `Retry-After`. */
function waitAskedBy({ headers }: RemoteReply): number {
  const seconds = Number(headers['retry-after'] ?? 0)
  return seconds > 0 ? Math.min(seconds * 1000, LONGEST_WAIT) : 0
}

/** `send`, ended when it takes too long, or soon after `stop`. */
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
