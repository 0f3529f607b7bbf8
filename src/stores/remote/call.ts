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
const ANSWER_WITHIN_AFTER_SIGNAL = 3000
/** Milliseconds before the second attempt; each further wait is twice as long. */
const FIRST_WAIT = 500
/** The longest wait that a service may request, in milliseconds. */
const LONGEST_WAIT = 30_000

/** The context of a store's requests. */
export interface RequestContext {
  /** The store's name, for messages. */
  readonly store: string
  readonly host: Pick<Host, 'clock' | 'debug'>
}

/** A request of a store. */
export interface StoreRequest {
  /** For messages and the debug log: `GetSecretValue`. */
  readonly what: string
  readonly send: (stop: AbortSignal) => Promise<RemoteReply>
  /** The request changes something: without an answer its effect is unknown. */
  readonly changes?: boolean
  /** The total number of attempts; one if the place must be read before each. */
  readonly attempts?: number
  /** The reply shows that the request was not processed and may be repeated, in addition to status 429. */
  readonly isUnprocessed?: (reply: RemoteReply) => boolean
}

/** A final answer: a success or a refusal. */
export interface FinalAnswer extends RemoteReply {
  /** An earlier attempt may have had an effect, whatever this one says. */
  readonly doubtful: boolean
}

/** The request has no final answer, and may be repeated. */
export class Unanswered extends StoreFailure {}

/**
 * The first final answer.
 *
 * @throws StoreFailure if there is none and nothing has changed, an Unanswered unless the run gave up; StoreOutcomeUnknown if something
 * may have changed
 */
export async function sendUntilAnswered(request: StoreRequest, stop: AbortSignal, context: RequestContext): Promise<FinalAnswer> {
  const { what, changes = false, attempts = ATTEMPTS } = request
  const { clock, debug } = context.host
  let doubtful = false
  for (let attempt = 1; ; attempt++) {
    if (stop.aborted) throw failure('interrupted', doubtful, context)
    const end = await attemptRequest(request, stop, clock)
    debug(`${context.store}: ${what}: ${end.why}`)
    if (end.reply !== undefined) return { ...end.reply, doubtful }
    doubtful ||= changes && end.mayBeDone
    if (stop.aborted) throw failure('interrupted', doubtful, context)
    const why = `${what}: ${end.why}`
    if (!end.isRepeatable) throw failure(why, doubtful, context, end.cause)
    if (attempt >= attempts) throw new (doubtful ? StoreOutcomeUnknown : Unanswered)(context.store, why, { cause: end.cause })
    await clock.sleep(Math.max(waitAfter(attempt), end.wait ?? 0), stop)
  }
}

/** Milliseconds between two attempts. */
export const waitAfter = (attempt: number): number => FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)

/** @param doubtful the store's content is unknown now */
export function failure(why: string, doubtful: boolean, { store }: RequestContext, cause?: unknown): StoreFailure {
  return new (doubtful ? StoreOutcomeUnknown : StoreFailure)(store, why, { cause })
}

interface AttemptResult {
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
async function attemptRequest({ send, isUnprocessed }: StoreRequest, stop: AbortSignal, clock: Clock): Promise<AttemptResult> {
  try {
    const reply = await withAttemptTimeout(send, stop, clock)
    const { status } = reply
    const why = `status ${status}`
    if (status === 429 || isUnprocessed?.(reply)) return { why, mayBeDone: false, isRepeatable: true, wait: retryAfter(reply) }
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

/** A short reason. The failure's message has the whole URL, which adds nothing to the store's name. */
const reasonOf = ({ sent, message }: TransportFailure): string => {
  const [, tls] = /^(SSL validation failed) for /.exec(message) ?? []
  return tls ?? (sent ? 'no answer' : 'could not connect')
}

/** In milliseconds, from `Retry-After`. */
function retryAfter({ headers }: RemoteReply): number {
  const seconds = Number(headers['retry-after'] ?? 0)
  return seconds > 0 ? Math.min(seconds * 1000, LONGEST_WAIT) : 0
}

/** `send` with a time limit, which is shorter after `stop`. */
async function withAttemptTimeout<T>(send: (stop: AbortSignal) => Promise<T>, stop: AbortSignal, clock: Clock): Promise<T> {
  const late = new AbortController()
  const done = new AbortController()
  const limit = (ms: number) => clock.sleep(ms, done.signal).then(() => late.abort())
  const hurry = () => void limit(ANSWER_WITHIN_AFTER_SIGNAL)
  stop.addEventListener('abort', hurry)
  void limit(LONGEST_ATTEMPT)
  try {
    return await send(late.signal)
  } finally {
    done.abort()
    stop.removeEventListener('abort', hurry)
  }
}
