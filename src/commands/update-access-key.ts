/** `update-access-key`: its input. */

import * as z from 'zod/mini'
import type { Command } from '../core/command.ts'
import type { Operations } from '../core/iam.ts'
import { accessKeyId, once, userName } from './members.ts'

const sample = new Map()

export const updateAccessKey: Command = {
  name: 'update-access-key',
  operation: 'UpdateAccessKey',
  summary: 'Makes an access key Inactive, or Active again.',
  input: once(() =>
    z.strictObject({
      UserName: z.optional(userName()).check(z.describe('The name of the user whose key you want to update.')),
      AccessKeyId: accessKeyId().check(z.describe('The access key ID of the secret access key you want to update.')),
      // The leading space is in the service model; a YAML skeleton shows it.
      Status: z.enum(['Active', 'Inactive', 'Expired']).check(z.describe(' The status you want to assign to the secret access key.')),
    }),
  ),
  sample,
  examples: () => [
    {
      text: 'Retire a key, in a way that can be taken back',
      line: 'iamkey update-access-key --user-name Bob --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive',
    },
  ],
  async run(input: Operations['UpdateAccessKey']['input'], context) {
    const { callForOutput } = await import('../keys/retry.ts')
    return callForOutput('UpdateAccessKey', input, sample, context)
  },
}
