/** `delete-access-key`: its input. */

import * as z from 'zod/mini'
import type { Command } from '../core/command.ts'
import type { Operations } from '../core/iam.ts'
import { accessKeyId, once, userName } from './members.ts'

const sample = new Map()

export const deleteAccessKey: Command = {
  name: 'delete-access-key',
  operation: 'DeleteAccessKey',
  summary: 'Deletes an access key, for good.',
  input: once(() =>
    z.strictObject({
      UserName: z.optional(userName()).check(z.describe('The name of the user whose access key pair you want to delete.')),
      AccessKeyId: accessKeyId().check(z.describe('The access key ID for the access key ID and secret access key you want to delete.')),
    }),
  ),
  sample,
  examples: () => [
    {
      text: 'Delete a key of Bob',
      line: 'iamkey delete-access-key --user-name Bob --access-key-id AKIAIOSFODNN7EXAMPLE',
    },
  ],
  async run(input: Operations['DeleteAccessKey']['input'], context) {
    const { callForOutput } = await import('../keys/retry.ts')
    return callForOutput('DeleteAccessKey', input, sample, context)
  },
}
