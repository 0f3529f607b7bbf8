/** Implements the port to IAM with the AWS SDK, and classifies failures as NotSent, Refused or OutcomeUnknown. */

import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListUsersCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import type { HttpResponse } from '@smithy/core/protocols'
import type { Command } from '@smithy/types'
import { type CallFailure, type Iam, type KeyOperation, type Operation, type Operations, OutcomeUnknown, type Reply } from '../core/iam.ts'
import { type CallInProgress, type ClientConnection, clientConfiguration, endpointOf, forget, serverTimeOf, toEndpoint } from './client.ts'
import { explainFailure, type FailureDetails } from './errors.ts'

type SdkCommand = Command<ServiceInputTypes, ServiceInputTypes, ServiceOutputTypes, ServiceOutputTypes, unknown>

/** The SDK's command class of each operation. */
export type CommandTable<Known extends Operation> = { readonly [O in Known]: new (input: Operations[O]['input']) => unknown }

const KEY_COMMANDS: CommandTable<KeyOperation> = {
  CreateAccessKey: CreateAccessKeyCommand,
  ListAccessKeys: ListAccessKeysCommand,
  UpdateAccessKey: UpdateAccessKeyCommand,
  DeleteAccessKey: DeleteAccessKeyCommand,
  GetAccessKeyLastUsed: GetAccessKeyLastUsedCommand,
  ListUsers: ListUsersCommand,
}

/** By AWS's naming convention, such operations change nothing. */
const isReadOnly = (operation: Operation): boolean => operation.startsWith('Get') || operation.startsWith('List')

/**
 * Creates a client, for one call at a time. It forgets each call before the next, but remembers the offset of the clock.
 *
 * @param more operations besides those for single keys
 */
export function createIam<More extends Operation = never>(
  connection: ClientConnection,
  more?: CommandTable<More>,
): Iam<KeyOperation | More> {
  const commands = { ...KEY_COMMANDS, ...more } as CommandTable<KeyOperation | More>
  const endpoint = endpointOf(connection)
  const call: CallInProgress = {}
  const client = new IAMClient(clientConfiguration(connection, call, endpoint))
  if (endpoint !== undefined) client.middlewareStack.add(toEndpoint(endpoint), { step: 'build', name: 'toEndpoint' })

  return {
    async call<O extends KeyOperation | More>(operation: O, input: Operations[O]['input'], stop?: AbortSignal): Promise<Reply<O>> {
      // Two casts for what the SDK's types do not say: the row belongs to the operation, and dates stay text (protocol.ts).
      const command = new commands[operation](input) as SdkCommand
      const offset = client.config.systemClockOffset
      try {
        call.stop = stop
        call.readOnly = isReadOnly(operation)
        const { $metadata, ...output } = await client.send(command)
        return { output: output as Operations[O]['output'], serverTime: serverTimeOf(call.answer) }
      } catch (error) {
        throw await sort(explainFailure(error, operation, client.config.systemClockOffset - offset), operation, call.answer)
      } finally {
        forget(call)
      }
    },
  }
}

/** Bytes to search for a key. A reply names it within the first thousand; a longer one may have been made to be slow. */
const LOOKED_THROUGH = 64 << 10

/** What a reply to CreateAccessKey still tells. Most refusals do not name the operation. */
async function partOf(body: Uint8Array) {
  if (!Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes('CreateAccessKeyRes')) return undefined
  const { parsePartialResponse } = await import('./partial-response.ts')
  return parsePartialResponse(body.subarray(0, LOOKED_THROUGH))
}

async function sort(about: FailureDetails, operation: Operation, answer: HttpResponse | undefined): Promise<CallFailure> {
  const serverTime = serverTimeOf(answer)
  // A damaged status line can make a success look like a refusal.
  const made = operation === 'CreateAccessKey' && answer ? await partOf(answer.body) : undefined
  if (made) return new OutcomeUnknown({ ...about, serverTime, named: made.AccessKeyId })
  return new about.kind({ ...about, serverTime })
}
