/** `get-access-key-last-used`: its input and output. */

import * as z from 'zod/mini'
import { type Command, SAMPLE_DATE } from '../core/command.ts'
import type { Operations } from '../core/iam.ts'
import type { Value } from '../python/value.ts'
import { accessKeyId, once } from './members.ts'

const sample = new Map<string, Value>([
  ['UserName', 'UserName'],
  [
    'AccessKeyLastUsed',
    new Map([
      ['LastUsedDate', SAMPLE_DATE],
      ['ServiceName', 'ServiceName'],
      ['Region', 'Region'],
    ]),
  ],
])

export const getAccessKeyLastUsed: Command = {
  name: 'get-access-key-last-used',
  operation: 'GetAccessKeyLastUsed',
  summary: 'Shows when an access key was last used, for which service and in which region.',
  input: once(() =>
    z.strictObject({
      AccessKeyId: accessKeyId().check(z.describe('The identifier of an access key.')),
    }),
  ),
  sample,
  readOnly: true,
  examples: () => [
    {
      text: 'Is this key still in use?',
      line: 'iamkey get-access-key-last-used --access-key-id AKIAIOSFODNN7EXAMPLE --query AccessKeyLastUsed',
    },
  ],
  async run(input: Operations['GetAccessKeyLastUsed']['input'], context) {
    const { callForOutput } = await import('../keys/retry.ts')
    return callForOutput('GetAccessKeyLastUsed', input, sample, context)
  },
}
