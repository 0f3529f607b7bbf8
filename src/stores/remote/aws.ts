/** Calls Secrets Manager and SSM until there is an answer, and reads what a store needs of it. Knows no operation. */

import type { AwsRequest, Remote, RemoteReply } from '../../core/remote.ts'
import { loads } from '../../python/json-decoder.ts'
import { type Dict, isDict, type Value } from '../../python/value.ts'
import { type FinalAnswer, failure, type RequestContext, type StoreRequest, sendUntilAnswered } from './call.ts'

/** The end of a call. */
export interface AwsAnswer {
  /** The name of the error; undefined after a success. */
  readonly code: string | undefined
  /** Empty after an error. */
  readonly output: Dict
  /** An earlier attempt may have had an effect. */
  readonly doubtful: boolean
}

interface AwsOptions extends RequestContext {
  readonly service: AwsRequest['service']
  readonly region: string | undefined
  readonly remote: Remote
}

type Members = Readonly<Record<string, Value | undefined>>

export type CallAws = (
  operation: string,
  input: Members,
  stop: AbortSignal,
  how?: Pick<StoreRequest, 'changes' | 'attempts'>,
) => Promise<AwsAnswer>

export function awsCalls({ service, region, remote, ...context }: AwsOptions): CallAws {
  return async (operation, input, stop, how) => {
    const given = new Map(Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
    const answer = await sendUntilAnswered(
      {
        what: operation,
        ...how,
        isUnprocessed: reply => isThrottling(errorCodeOf(reply)),
        send: stop => remote.call({ service, operation, region, input: given }, stop),
      },
      stop,
      context,
    )
    if (answer.status === 200) return { code: undefined, output: outputOf(answer, operation, context), doubtful: answer.doubtful }
    return { code: errorCodeOf(answer) || `status ${answer.status}`, output: new Map(), doubtful: answer.doubtful }
  }
}

/** The error codes with which these services reject a call before processing it (their models; botocore/retries/standard.py). */
const isThrottling = (code: string): boolean => /^(Throttling|ThrottlingException|TooManyUpdates|RequestLimitExceeded)$/.test(code)

/** `ResourceNotFoundException`: the last part of the protocol's error type; empty if there is none. */
function errorCodeOf({ headers, body }: RemoteReply): string {
  const [, named = ''] = /"(?:__type|code)"\s*:\s*"([^"]*)"/.exec(body) ?? []
  const [, code = ''] = /(?:^|#)([A-Za-z.]{1,100})(?::|$)/.exec(headers['x-amzn-errortype'] ?? named) ?? []
  return code
}

function outputOf({ body, doubtful }: FinalAnswer, operation: string, context: RequestContext): Dict {
  let output: Value | undefined
  try {
    output = loads(body)
  } catch {
    output = undefined
  }
  // The readable part of it may be a secret.
  if (!isDict(output)) throw failure(`${operation}: the reply cannot be read`, doubtful, context)
  return output
}

/** A text member. */
export const textIn = (output: Dict, name: string): string | undefined => {
  const value = output.get(name)
  return typeof value === 'string' ? value : undefined
}

/** The failure for a refusal. */
export function refusal(operation: string, { code, doubtful }: AwsAnswer, service: string, context: RequestContext): Error {
  const isDenied = code === 'AccessDeniedException' || code === 'AccessDenied'
  return failure(
    isDenied ? `${service}:${operation} is not allowed for the credentials of this run` : `${operation}: ${code}`,
    doubtful,
    context,
  )
}
