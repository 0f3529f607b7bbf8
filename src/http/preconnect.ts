/**
 * Opens the connection before there is a request, while the rest of the program is loaded. Only the TLS handshake is sent, so a run that
 * fails later has requested nothing.
 */

import { readEndpointUrl } from '../core/endpoint-url.ts'
import type { Host } from '../core/host.ts'
import { partitionOf } from '../core/partitions.ts'
import type { TransportOptions } from '../core/transport.ts'
import { isProxyVariable } from './proxy.ts'
import { type Dial, dial, type Target, type TransportHost, targetAt } from './transport.ts'

/** The settings that decide where a call goes. */
export interface Destination {
  readonly region: string | undefined
  readonly endpoint: string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
}

/** Milliseconds to wait for the name lookup: loading code blocks the event loop, and nothing can be sent before the lookup ends. */
const LOOKUP_WAIT = 4

/**
 * The https origin that the SDK's endpoint rules will choose, if it is known without loading them. A wrong guess wastes a connection.
 */
function originFor({ region, endpoint, useFipsEndpoint, useDualstackEndpoint }: Destination): Target | undefined {
  if (endpoint !== undefined) return endpoint.toLowerCase().startsWith('https:') ? targetAt(readEndpointUrl(endpoint)) : undefined
  if (useFipsEndpoint || useDualstackEndpoint || partitionOf(region ?? '') !== 'aws') return undefined
  return targetAt(readEndpointUrl('https://iam.amazonaws.com'))
}

/**
 * A Dial whose first connection to the destination is already being opened; an error of it is reported to the first request. The ordinary
 * Dial if the destination is unknown, behind a proxy, or not https.
 */
export async function preconnect(
  destination: Destination,
  options: TransportOptions,
  host: TransportHost & Pick<Host, 'clock'>,
): Promise<Dial> {
  const origin = originFor(destination)
  if (!origin || (options.proxies && Object.keys(host.env).some(isProxyVariable))) return dial
  host.debug(`wire: connecting ahead to ${origin.url}`)
  const early = new AbortController()
  let pending: ReturnType<Dial> | undefined = dial(origin, undefined, options, host.files, early.signal)
  // An error must have a listener before the connection is requested.
  const settled = pending.then(
    socket => void socket.on('error', () => {}),
    () => {},
  )
  // Loading the modules for dialling takes a turn of the event loop; only then can the result of the lookup arrive.
  await host.clock.sleep(1)
  await Promise.race([settled, host.clock.sleep(LOOKUP_WAIT)])
  return async (target, proxy, ...how) => {
    const pendingSocket = pending
    if (!pendingSocket || proxy || !isSame(target, origin)) return dial(target, proxy, ...how)
    pending = undefined
    const [, , signal] = how
    const stop = () => early.abort()
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    const socket = await pendingSocket
    return socket.destroyed || !socket.writable ? dial(target, proxy, ...how) : socket
  }
}

/** The port may be the scheme's default, written out. */
const isSame = (one: Target, other: Target): boolean =>
  one.scheme === other.scheme && one.hostname === other.hostname && one.port === other.port
