/**
 * A connection opened before there is a request for it: the network answers while the rest of the program is loaded. Nothing goes over
 * it but the handshake, so a run that refuses after all has asked for nothing.
 */

import type { Host } from '../core/host.ts'
import { partitionOf } from '../core/partitions.ts'
import type { TransportOptions } from '../core/transport.ts'
import { isProxyVariable } from './proxy.ts'
import { type Dial, dial, originOf, type Target, type TransportHost } from './transport.ts'

/** Where a call will go, as far as settings tell. */
export interface Destination {
  readonly region: string | undefined
  readonly endpoint: string | undefined
  readonly useFipsEndpoint: boolean
  readonly useDualstackEndpoint: boolean
}

/** How long everything else waits, in milliseconds: the name has to be looked up before anything can be sent, and loading lets nothing happen. */
const HEAD_START = 4

/**
 * The https origin that the SDK's rules will find, where that can be told without loading them. If it is another, a connection was opened
 * for nothing.
 */
function originFor({ region, endpoint, useFipsEndpoint, useDualstackEndpoint }: Destination): Target | undefined {
  if (endpoint !== undefined) return endpoint.startsWith('https:') && URL.canParse(endpoint) ? originOf(new URL(endpoint)) : undefined
  if (useFipsEndpoint || useDualstackEndpoint || partitionOf(region ?? '') !== 'aws') return undefined
  return originOf(new URL('https://iam.amazonaws.com'))
}

/**
 * A dial whose first connection to the destination is being made from now on; what went wrong with it is told to the first who asks for
 * it. Where the destination is not certain, a proxy leads there, or there is no handshake to gain time for: the ordinary one.
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
  let waiting: ReturnType<Dial> | undefined = dial(origin, undefined, options, host.files, early.signal)
  // Until somebody asks, nobody listens.
  const settled = waiting.then(
    socket => void socket.on('error', () => {}),
    () => {},
  )
  // A turn of the event loop passes while dialling loads what it needs; only then the answer about the name can be taken.
  await host.clock.sleep(1)
  await Promise.race([settled, host.clock.sleep(HEAD_START)])
  return async (target, proxy, ...how) => {
    const taken = waiting
    if (!taken || proxy || !isSame(target, origin)) return dial(target, proxy, ...how)
    waiting = undefined
    const [, , signal] = how
    const stop = () => early.abort()
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    const socket = await taken
    return socket.destroyed || !socket.writable ? dial(target, proxy, ...how) : socket
  }
}

/** A port that is named may be the scheme's own. */
const isSame = (one: Target, other: Target): boolean =>
  one.scheme === other.scheme && one.hostname === other.hostname && one.port === other.port
