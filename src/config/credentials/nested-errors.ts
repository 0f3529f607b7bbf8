/**
 * Why a call made by a credential provider failed, with aws-cli's message, and whether it is retried (botocore/parsers.py and
 * botocore/retries/standard.py, 2.36.7). Derived from the response itself, because the SDK's providers hide the service's error.
 */

import type { HttpResponse } from '@smithy/core/protocols'
import { explainFailure } from '../../aws/errors.ts'
import { ErrorReply, UnreadableReply } from '../../aws/protocol.ts'
import { isThrottling, isTransient, isUnreachedIdentityProvider } from '../../aws/retryable-errors.ts'
import { clientErrorMessage, Failure, ServiceError } from '../../core/errors.ts'
import { TransportFailure } from '../../core/transport.ts'
import { loads } from '../../python/json-decoder.ts'
import { str } from '../../python/repr.ts'
import { type Dict, isDict } from '../../python/value.ts'

/** The outcome of one attempt, as seen by the transport. */
export interface AttemptRecord {
  response?: HttpResponse
  failure?: unknown
}

interface Explanation {
  readonly retryable: boolean
  readonly failure: (retries?: number) => unknown
}

/** `thrown` is the SDK's error, or that of its protocol for STS. */
export function explain(operation: string, { response, failure }: AttemptRecord, thrown: unknown): Explanation {
  if (failure instanceof TransportFailure) return { retryable: failure.retryable, failure: () => failure }
  if (thrown instanceof Failure) return { retryable: false, failure: () => thrown }
  if (thrown instanceof ErrorReply || thrown instanceof UnreadableReply) return explainQuery(operation, thrown)
  if (response === undefined) return { retryable: false, failure: () => thrown }
  const { statusCode } = response
  if (statusCode < 300) {
    const unreadable = new Failure(`Unable to parse response to the ${operation} operation (status ${statusCode})`, { cause: thrown })
    return { retryable: false, failure: () => unreadable }
  }
  const error = errorIn(response)
  const code = str(error.get('Code') ?? null)
  return {
    retryable: isThrottling(code) || isTransient(statusCode, code),
    failure: retries => new ServiceError(code, clientErrorMessage(operation, code, str(error.get('Message') ?? null), retries), error),
  }
}

/** Of STS, which speaks IAM's protocol. */
function explainQuery(operation: string, thrown: ErrorReply | UnreadableReply): Explanation {
  const { retryable, failure, withRetries } = explainFailure(thrown, operation, 0)
  return {
    retryable: retryable || (failure instanceof ServiceError && isUnreachedIdentityProvider(failure.code)),
    failure: retries => (retries === undefined ? failure : (withRetries?.(retries) ?? failure)),
  }
}

const errorMembers = (code: string, message: string): Dict =>
  new Map([
    ['Code', code],
    ['Message', message],
  ])

/** The error of a REST service, with its members in the order of the structured formats. */
function errorIn({ statusCode, reason = '', headers, body: bytes }: HttpResponse): Dict {
  const body = new TextDecoder().decode(bytes).trim()
  if (statusCode >= 500 && (body === '' || body.startsWith('<html>'))) return errorMembers(String(statusCode), reason)
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amzn-errortype')?.[1]
  return errorOfRest(body, header, String(statusCode))
}

function errorOfRest(body: string, header: string | undefined, status: string): Dict {
  const reply = objectIn(body)
  const code = header ?? reply.get('code') ?? reply.get('Code') ?? reply.get('__type') ?? status
  return new Map([
    ['Message', str(reply.get('message') ?? reply.get('Message') ?? '')],
    ['Code', bareCode(str(code))],
  ])
}

/** A body that is not JSON is the message. */
function objectIn(body: string): Dict {
  try {
    const reply = loads(body || '{}')
    return isDict(reply) ? reply : new Map()
  } catch {
    return new Map([['message', body]])
  }
}

/** `com.amazonaws.sso#UnauthorizedException:http://…` → `UnauthorizedException`. */
const bareCode = (code: string): string => code.split(':')[0]?.split('#').at(-1) ?? code
