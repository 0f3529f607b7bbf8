/** Implements the port to STS with the AWS SDK. The only importer of client-sts; loaded on demand. */

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { GetIdentity } from '../core/sts.ts'
import { type CallInProgress, type ClientConnection, clientConfiguration, endpointOf, forget, serverTimeOf, toEndpoint } from './client.ts'
import { explainFailure } from './errors.ts'

/** Creates a client for one pair of credentials. It remembers the offset of the clock. */
export function createIdentityCall(connection: ClientConnection): GetIdentity {
  const endpoint = endpointOf(connection)
  const call: CallInProgress = { readOnly: true }
  const client = new STSClient(clientConfiguration(connection, call, endpoint))
  if (endpoint !== undefined) client.middlewareStack.add(toEndpoint(endpoint), { step: 'build', name: 'toEndpoint' })

  return async stop => {
    const offset = client.config.systemClockOffset
    try {
      call.stop = stop
      const { Account, Arn, UserId } = await client.send(new GetCallerIdentityCommand({}))
      return { Account, Arn, UserId }
    } catch (error) {
      const about = explainFailure(error, 'GetCallerIdentity', client.config.systemClockOffset - offset)
      throw new about.kind({ ...about, serverTime: serverTimeOf(call.answer) })
    } finally {
      forget(call)
    }
  }
}
