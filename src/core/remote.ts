/** The port to the services that keep secrets, over HTTP: one request, one reply. `run/remote.ts` has the transport as configured, and the signature. */

import type { Dict } from '../python/value.ts'

export interface RemoteRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** An operation of a service of AWS that speaks its JSON protocol. */
export interface AwsRequest {
  /** As in the names of hosts and in signatures. */
  readonly service: 'secretsmanager' | 'ssm'
  readonly operation: string
  /** Undefined for the region that is configured. */
  readonly region: string | undefined
  readonly input: Dict
}

export interface RemoteReply {
  readonly status: number
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Nothing here tries again, follows a redirect, or puts a body or a header of a request into a message or the debug log. */
export interface Remote {
  /** Rejects with a TransportFailure; also when `stop` is aborted before the reply is whole. */
  send(request: RemoteRequest, stop: AbortSignal): Promise<RemoteReply>
  /** The same, signed by the credentials of this run. Rejects with a Failure, too, where there are none, or no region. */
  call(request: AwsRequest, stop: AbortSignal): Promise<RemoteReply>
}
