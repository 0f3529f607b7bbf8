/** One request to a metadata service: plain HTTP, unsigned, with short time-outs and without the SDK. */

import { HttpRequest } from '@smithy/core/protocols'
import type { Transport } from '../../core/transport.ts'

export interface MetadataAnswer {
  readonly status: number
  readonly body: Uint8Array
}

/** Throws a TransportFailure. */
export async function ask(
  transport: Transport,
  method: 'GET' | 'PUT',
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<MetadataAnswer> {
  const { protocol, hostname, port, pathname, search } = new URL(url)
  const request = new HttpRequest({
    method,
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path: pathname + search,
    headers: { host: port === '' ? hostname : `${hostname}:${port}`, ...headers },
  })
  const { response } = await transport.handle(request)
  return { status: response.statusCode, body: response.body }
}
