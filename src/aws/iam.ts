/** Iam over the AWS SDK: one client, every failure sorted into NotSent, Refused or OutcomeUnknown. The only importer of client-iam besides `account-commands.ts`. */

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
import { type Call, type Connection, clientConfiguration, forget, serverTimeOf, toEndpoint } from './client.ts'
import { explainFailure, type FailureDetails } from './errors.ts'
import { parsePartialResponse } from './partial-response.ts'

type SdkCommand = Command<ServiceInputTypes, ServiceInputTypes, ServiceOutputTypes, ServiceOutputTypes, unknown>

/** The SDK's class for each operation. */
export type CommandTable<Known extends Operation> = { readonly [O in Known]: new (input: Operations[O]['input']) => unknown }

const KEY_COMMANDS: CommandTable<KeyOperation> = {
  CreateAccessKey: CreateAccessKeyCommand,
  ListAccessKeys: ListAccessKeysCommand,
  UpdateAccessKey: UpdateAccessKeyCommand,
  DeleteAccessKey: DeleteAccessKeyCommand,
  GetAccessKeyLastUsed: GetAccessKeyLastUsedCommand,
  ListUsers: ListUsersCommand,
}

/** AWS's own names say which operations change nothing. */
const READ_ONLY = /^(?:Get|List)/

/**
 * One client, for calls one after the other: what is known of a call is forgotten before the next. It remembers how wrong the clock is.
 *
 * @param more operations besides those around one key
 */
export function createIam<More extends Operation = never>(connection: Connection, more?: CommandTable<More>): Iam<KeyOperation | More> {
  const commands = { ...KEY_COMMANDS, ...more } as CommandTable<KeyOperation | More>
  const { endpoint } = connection
  const call: Call = {}
  const client = new IAMClient(clientConfiguration(connection, call))
  if (endpoint !== undefined) client.middlewareStack.add(toEndpoint(endpoint), { step: 'build', name: 'toEndpoint' })

  return {
    async call<O extends KeyOperation | More>(operation: O, input: Operations[O]['input'], stop?: AbortSignal): Promise<Reply<O>> {
      // Two casts, for what the SDK's types cannot know: that a row is the operation's, and that dates stay texts (protocol.ts).
      const command = new commands[operation](input) as SdkCommand
      const offset = client.config.systemClockOffset
      try {
        call.stop = stop
        call.readOnly = READ_ONLY.test(operation)
        const { $metadata, ...output } = await client.send(command)
        return { output: output as Operations[O]['output'], serverTime: serverTimeOf(call.answer) }
      } catch (error) {
        throw sort(explainFailure(error, operation, client.config.systemClockOffset - offset), operation, call.answer)
      } finally {
        forget(call)
      }
    },
  }
}

/** In bytes. A reply names its key within the first thousand; what goes on for ever may have been made to be slow. */
const LOOKED_THROUGH = 64 << 10

function sort(about: FailureDetails, operation: Operation, answer: HttpResponse | undefined): CallFailure {
  const serverTime = serverTimeOf(answer)
  // A damaged status line makes a refusal of what is none.
  const made = operation === 'CreateAccessKey' && answer ? parsePartialResponse(answer.body.subarray(0, LOOKED_THROUGH)) : undefined
  if (made) return new OutcomeUnknown({ ...about, serverTime, named: made.AccessKeyId })
  return new about.kind({ ...about, serverTime })
}
