/** Classifies how a call through the SDK ended: sent or not, with or without effect, retryable or not. Knows no client. */

import { clientErrorMessage, Failure, ServiceError } from '../core/errors.ts'
import { type CallFailure, NotSent, OutcomeUnknown, Refused } from '../core/iam.ts'
import { TransportFailure } from '../core/transport.ts'
import { str } from '../python/repr.ts'
import { ErrorReply, UnreadableReply } from './protocol.ts'
import { isThrottling, isTransient } from './retryable-errors.ts'

/** Refusals because of the signature's time: once the SDK has corrected its clock by the reply, the same request may succeed. */
const CLOCK = new Set([
  'SignatureDoesNotMatch',
  'RequestTimeTooSkewed',
  'RequestExpired',
  'RequestInTheFuture',
  'InvalidSignatureException',
])

/** The least correction of the clock that makes a retry worthwhile. It may be backwards: a portal's reply may have set the clock wrong. */
const CLOCK_STEP = 240_000

/** The arguments of a CallFailure. */
export type FailureDetails = ConstructorParameters<typeof CallFailure>[0] & {
  readonly kind: typeof NotSent | typeof Refused | typeof OutcomeUnknown
  readonly acknowledged?: boolean
}

/**
 * @param operation for the message of a refusal
 * @param clockMoved by how many milliseconds the reply's Date header has moved the SDK's clock
 */
export function explainFailure(error: unknown, operation: string, clockMoved: number): FailureDetails {
  if (error instanceof TransportFailure) return { kind: error.sent ? OutcomeUnknown : NotSent, retryable: error.retryable, failure: error }
  if (error instanceof UnreadableReply) {
    const kind = error.status >= 400 && error.status < 500 ? Refused : OutcomeUnknown
    return { kind, retryable: isTransient(error.status), failure: new Failure(error.message), acknowledged: error.isEmpty }
  }
  // No known error ends here. The call may have had an effect.
  if (!(error instanceof ErrorReply)) {
    const what = error instanceof Error ? error.name : 'end'
    return { kind: OutcomeUnknown, retryable: false, failure: new Failure(`unexpected ${what} of the call`) }
  }
  const { status, members } = error
  const code = members?.get('Code')
  const throttled = typeof code === 'string' && isThrottling(code)
  const clock = Math.abs(clockMoved) >= CLOCK_STEP && typeof code === 'string' && CLOCK.has(code)
  const transient = isTransient(status, typeof code === 'string' ? code : undefined)
  return {
    // A throttled call was rejected before it was processed, whatever its status.
    kind: throttled || (status >= 400 && status < 500) ? Refused : OutcomeUnknown,
    retryable: throttled || transient || clock,
    failure: serviceError(operation, members),
    withRetries: retries => serviceError(operation, members, retries),
  }
}

/** With the members that errorhandler.py shows (2.36.7). */
function serviceError(operation: string, members: ErrorReply['members'], retries?: number): ServiceError {
  const textOf = (name: string): string => str(members?.has(name) ? (members.get(name) ?? null) : 'Unknown')
  const code = textOf('Code')
  const shown = [...(members ?? [])].filter(([name]) => /^(code|message)$/i.test(name))
  return new ServiceError(code, clientErrorMessage(operation, code, textOf('Message'), retries), new Map(shown))
}
