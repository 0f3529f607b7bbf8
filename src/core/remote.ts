/** The port to services that keep secrets, over HTTP: one request, one reply. `run/stores.ts` provides the transport and the signature. */

import type { Dict } from '../python/value.ts'

export interface RemoteRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** An operation of an AWS service with the JSON protocol. */
export interface AwsRequest {
  /** As in host names and signatures. */
  readonly service: 'secretsmanager' | 'ssm'
  readonly operation: string
  /** Undefined for the configured region. */
  readonly region: string | undefined
  readonly input: Dict
}

export interface RemoteReply {
  readonly status: number
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Does not retry or follow redirects. No message and no log contains a header or a body. */
export interface Remote {
  /** Rejects with a TransportFailure, also if `stop` is aborted before the reply is complete. */
  send(request: RemoteRequest, stop: AbortSignal): Promise<RemoteReply>
  /** The same, signed with the credentials of this run. Also rejects with a Failure without credentials or a region. */
  call(request: AwsRequest, stop: AbortSignal): Promise<RemoteReply>
}
