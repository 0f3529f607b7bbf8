/** Calls a JSON REST service with a token: GitHub and GitLab. Knows no endpoint. */

import type { Remote, RemoteReply, RemoteRequest } from '../../core/remote.ts'
import { headerTime } from '../../core/service-time.ts'
import { dumps } from '../../python/json.ts'
import { loads } from '../../python/json-decoder.ts'
import { type Dict, isDict, type Value } from '../../python/value.ts'
import { type FinalAnswer, type RequestContext, type StoreRequest, sendUntilAnswered } from './call.ts'

interface RestOptions extends RequestContext {
  /** Without a trailing slash. */
  readonly api: string
  /** Including the token. */
  readonly headers: Readonly<Record<string, string>>
  readonly remote: Remote
  readonly isUnprocessed?: (reply: RemoteReply) => boolean
}

export interface RestAnswer extends FinalAnswer {
  /** The body's object; empty if the body is none. */
  readonly output: Dict
  /** The service's clock, in milliseconds since 1970; NaN if unknown. */
  readonly time: number | undefined
}

/** @param path from the API's root, escaped as in a URL */
export type CallRest = (
  method: RemoteRequest['method'],
  path: string,
  stop: AbortSignal,
  body?: Readonly<Record<string, string>>,
  how?: Pick<StoreRequest, 'changes' | 'attempts'>,
) => Promise<RestAnswer>

export function restCalls({ api, headers, remote, isUnprocessed, ...context }: RestOptions): CallRest {
  return async (method, path, stop, body, how) => {
    const request: RemoteRequest = {
      method,
      url: `${api}${path}`,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: dumps(new Map<string, Value>(Object.entries(body))) }),
    }
    const send = (stop: AbortSignal) => remote.send(request, stop)
    const changes = method !== 'GET'
    const answer = await sendUntilAnswered(
      { what: `${method} ${path}`, send, changes, ...(isUnprocessed && { isUnprocessed }), ...how },
      stop,
      context,
    )
    return { ...answer, output: objectIn(answer.body), time: headerTime(answer.headers.date) }
  }
}

function objectIn(body: string): Dict {
  try {
    const value = loads(body)
    return isDict(value) ? value : new Map()
  } catch {
    return new Map()
  }
}
