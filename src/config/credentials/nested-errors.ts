/**
 * Why a call made by a credential provider failed, with aws-cli's message, and whether it is retried (botocore/parsers.py and
 * botocore/retries/standard.py, 2.36.7). Derived from the response itself, because the SDK's providers hide the service's error.
 */

import type { HttpResponse } from '@smithy/core/protocols'
import { isThrottling, isTransient, isUnreachedIdentityProvider } from '../../aws/retryable-errors.ts'
import { Failure, ServiceError } from '../../core/errors.ts'
import { TransportFailure } from '../../core/transport.ts'
import { reprBytes } from '../../python/bytes.ts'
import { loads } from '../../python/json.ts'
import { str } from '../../python/repr.ts'
import { type Dict, isDict } from '../../python/value.ts'
import type { NestedService } from './provider.ts'

/** The outcome of one attempt, as seen by the transport. */
export interface Wire {
  response?: HttpResponse
  failure?: unknown
}

interface Explanation {
  readonly retryable: boolean
  readonly failure: (retries?: number) => unknown
}

/** `thrown` is the SDK's error, which for STS contains the parsed XML. */
export function explain(service: NestedService, operation: string, { response, failure }: Wire, thrown: unknown): Explanation {
  if (failure instanceof TransportFailure) return { retryable: failure.retryable, failure: () => failure }
  if (thrown instanceof Failure) return { retryable: false, failure: () => thrown }
  if (response === undefined) return { retryable: false, failure: () => thrown }
  const { statusCode } = response
  const error = statusCode < 300 ? undefined : errorIn(response, service === 'sts' ? 'query' : 'rest', thrown)
  if (error === undefined) {
    const message = noXml(response) ?? `Unable to parse response to the ${operation} operation (status ${statusCode})`
    const unreadable = new Failure(message, { cause: thrown })
    return { retryable: isTransient(statusCode), failure: () => unreadable }
  }
  const code = str(error.get('Code') ?? null)
  return {
    retryable: isThrottling(code) || isTransient(statusCode, code) || isUnreachedIdentityProvider(service, code),
    failure: retries =>
      new ServiceError(
        code,
        `An error occurred (${code}) when calling the ${operation} operation${reachedMaxRetries(retries)}: ${str(error.get('Message') ?? null)}`,
        error,
      ),
  }
}

/** As botocore's ClientError words it (botocore/exceptions.py, 2.36.7). */
const reachedMaxRetries = (retries: number | undefined) => (retries === undefined ? '' : ` (reached max retries: ${retries})`)

const saying = (code: string, message: string): Dict =>
  new Map([
    ['Code', code],
    ['Message', message],
  ])

/** The service's error, with its members in the order of the structured formats; undefined if the response contains none. */
function errorIn(response: HttpResponse, protocol: 'query' | 'rest', thrown: unknown): Dict | undefined {
  const { statusCode, reason = '', headers } = response
  const body = new TextDecoder().decode(response.body).trim()
  if (statusCode >= 500 && (body === '' || body.startsWith('<html>'))) return saying(String(statusCode), reason)
  if (protocol === 'query') return body.startsWith('<') ? errorOfQuery(thrown) : undefined
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amzn-errortype')?.[1]
  return errorOfRest(body, header, String(statusCode))
}

/** The message of Python's expat for an error response that is not XML. Undefined if it begins like XML, or may contain a session. */
function noXml({ statusCode, body }: HttpResponse): string | undefined {
  const [start] = Buffer.from(body).toString('latin1')
  if (statusCode < 300 || start === '<') return undefined
  const complaint = start === undefined ? 'no element found' : start === '{' ? 'not well-formed (invalid token)' : 'syntax error'
  return `Unable to parse response (${complaint}: line 1, column 0), invalid XML received. Further retries may succeed:\n${reprBytes(body)}`
}

/** The SDK parses the XML; an error without `Error` was not parsed. */
function errorOfQuery(thrown: unknown): Dict | undefined {
  if (!(thrown instanceof Error && 'Error' in thrown)) return undefined
  const { Error: inner } = thrown
  if (typeof inner !== 'object' || inner === null) return undefined
  const error = new Map<string, unknown>(Object.entries(inner))
  const text = (...names: string[]) => names.map(name => error.get(name)).find(value => typeof value === 'string') ?? 'Unknown'
  return saying(text('Code'), text('Message', 'message'))
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
