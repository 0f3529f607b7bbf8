/**
 * Opens the stores of a run with its transport, credentials and settings. Loaded on demand.
 */

import { type ClientSettings, endpointFor } from '../config/client-settings.ts'
import type { Credentials } from '../config/credentials/provider.ts'
import { isOfAws, usableUrl } from '../config/endpoint.ts'
import { flag } from '../config/sources.ts'
import type { Input } from '../core/command.ts'
import { Failure } from '../core/errors.ts'
import type { KeyStore } from '../core/key-store.ts'
import { PROGRAM, version } from '../core/program.ts'
import type { Remote } from '../core/remote.ts'
import { createTransport } from '../http/transport.ts'
import { openStores } from '../stores/open.ts'
import type { Invocation } from './invocation.ts'

/** In the order of the command line. Throws a Failure. */
export async function openStoresOf(
  { UserName }: Input,
  client: ClientSettings,
  credentials: Credentials | undefined,
  invocation: Invocation,
): Promise<readonly KeyStore[]> {
  const { store = [], readCommand } = invocation.flags
  const { host, setup, command } = invocation
  const requests = store.map((name, index) => ({ name, readCommand: readCommand?.[index] }))
  const user = typeof UserName === 'string' ? UserName : undefined
  const context = { host, profiles: setup.profiles, user, remote: connectRemote(client, credentials, invocation) }
  return openStores(requests, context, !command.checksStores)
}

/** Sends nothing. */
function connectRemote(client: ClientSettings, credentials: Credentials | undefined, { host, setup }: Invocation): Remote {
  const transport = createTransport(client.transport, host)
  const userAgent = `${PROGRAM}/${version()}`
  let call: Remote['call'] | undefined

  async function openCall(): Promise<Remote['call']> {
    if (credentials === undefined) throw new Failure('it needs credentials, and --no-sign-request leaves them out')
    const { createJsonCall } = await import('../aws/json-call.ts')
    // A service that replaces AWS's IAM replaces these services as well, unless they have endpoints of their own.
    const standIn = isOfAws(client.endpoint) ? undefined : client.endpoint
    const endpoints = {
      secretsmanager: usableUrl(endpointFor('secrets_manager', setup)) ?? standIn,
      ssm: usableUrl(endpointFor('ssm', setup)) ?? standIn,
    }
    return createJsonCall({
      region: client.region,
      useFipsEndpoint: client.useFipsEndpoint || (flag('fips', setup) ?? false),
      useDualstackEndpoint: client.useDualstackEndpoint || (flag('dualstack', setup) ?? false),
      endpointFor: service => endpoints[service],
      credentials,
      transport,
      userAgent,
      clock: host.clock,
    })
  }

  return {
    async send({ method, url, headers, body }, stop) {
      const { protocol, hostname, port, pathname, search } = new URL(url)
      const { response } = await transport.handle(
        {
          method,
          protocol,
          hostname,
          ...(port !== '' && { port: Number(port) }),
          path: `${pathname}${search}`,
          query: {},
          headers: { 'user-agent': userAgent, ...headers },
          body,
        },
        { abortSignal: stop },
      )
      return { status: response.statusCode, headers: response.headers, body: Buffer.from(response.body).toString() }
    },
    call: async (request, stop) => {
      call ??= await openCall()
      return call(request, stop)
    },
  }
}
