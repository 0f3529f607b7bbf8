/** How a call through the SDK ended, in our own words: sent or not, done or not, worth another try. Knows no client. */

import { Failure, ServiceError } from '../core/errors.ts'
import { type CallFailure, NotSent, OutcomeUnknown, Refused } from '../core/iam.ts'
import { TransportFailure } from '../core/transport.ts'
import { str } from '../python/repr.ts'
import { ErrorReply, UnreadableReply } from './protocol.ts'
import { isThrottling, isTransient } from './retryable-errors.ts'

/** Refusals over the signature's time: once the SDK has set its clock by the reply's, the same request can pass. */
const CLOCK = new Set([
  'SignatureDoesNotMatch',
  'RequestTimeTooSkewed',
  'RequestExpired',
  'RequestInTheFuture',
  'InvalidSignatureException',
])

/** So far a reply must move the clock for a new signature to be worth a try. Also back: a portal's reply may have moved it wrong. */
const CLOCK_STEP = 240_000

/** What a CallFailure is made of. */
export type FailureDetails = ConstructorParameters<typeof CallFailure>[0] & {
  readonly kind: typeof NotSent | typeof Refused | typeof OutcomeUnknown
  readonly acknowledged?: boolean
}

/**
 * @param operation as it goes into the sentence of a refusal
 * @param clockMoved by how many milliseconds the reply's Date has moved the SDK's clock
 */
export function explainFailure(error: unknown, operation: string, clockMoved: number): FailureDetails {
  if (error instanceof TransportFailure) return { kind: error.sent ? OutcomeUnknown : NotSent, retryable: error.retryable, failure: error }
  if (error instanceof UnreadableReply) {
    const kind = error.status >= 400 && error.status < 500 ? Refused : OutcomeUnknown
    return { kind, retryable: isTransient(error.status), failure: new Failure(error.message), acknowledged: error.isEmpty }
  }
  // Nothing we know of ends here. If it does, the call may have been made.
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
    // A throttled call was turned away before it was looked at, whatever its status.
    kind: throttled || (status >= 400 && status < 500) ? Refused : OutcomeUnknown,
    retryable: throttled || transient || clock,
    failure: serviceError(operation, members),
    withRetries: retries => serviceError(operation, members, ` (reached max retries: ${retries})`),
  }
}

/** As botocore's ClientError words it (botocore/exceptions.py) and as errorhandler.py picks the members it shows, 2.36.7. */
function serviceError(operation: string, members: ErrorReply['members'], retries = ''): ServiceError {
  const said = (name: string): string => str(members?.has(name) ? (members.get(name) ?? null) : 'Unknown')
  const code = said('Code')
  const message = said('Message')
  const shown = [...(members ?? [])].filter(([name]) => /^(code|message)$/i.test(name))
  return new ServiceError(code, `An error occurred (${code}) when calling the ${operation} operation${retries}: ${message}`, new Map(shown))
}
