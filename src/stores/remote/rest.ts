/** Calls a JSON REST service with a token: GitHub and GitLab. Knows no endpoint. */

import type { Remote, RemoteReply, RemoteRequest } from '../../core/remote.ts'
import { headerTime } from '../../core/service-time.ts'
import { dumps, loads } from '../../python/json.ts'
import { type Dict, isDict, type Value } from '../../python/value.ts'
import { type Answer, type Asking, ask, type Caller } from './call.ts'

interface RestOptions extends Caller {
  /** Without a trailing slash. */
  readonly api: string
  /** Including the token. */
  readonly headers: Readonly<Record<string, string>>
  readonly remote: Remote
  readonly isTurnedAway?: (reply: RemoteReply) => boolean
}

export interface RestAnswer extends Answer {
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
  how?: Pick<Asking, 'changes' | 'attempts'>,
) => Promise<RestAnswer>

export function restCalls({ api, headers, remote, isTurnedAway, ...caller }: RestOptions): CallRest {
  return async (method, path, stop, body, how) => {
    const request: RemoteRequest = {
      method,
      url: `${api}${path}`,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: dumps(new Map<string, Value>(Object.entries(body))) }),
    }
    const send = (stop: AbortSignal) => remote.send(request, stop)
    const changes = method !== 'GET'
    const answer = await ask({ what: `${method} ${path}`, send, changes, ...(isTurnedAway && { isTurnedAway }), ...how }, stop, caller)
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
