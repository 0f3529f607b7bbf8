/** `audit-access-keys`: its options and output. aws-cli does not have it. */

import * as z from 'zod/mini'
import { type Command, SAMPLE_DATE } from '../core/command.ts'
import type { Option } from '../core/options.ts'
import type { Value } from '../python/value.ts'
import { once } from './members.ts'

const OPTIONS: readonly Option[] = [
  {
    name: 'older-than',
    value: 'time',
    extension: true,
    help: 'A key of this age is due, as in 90d, 12h or 30m; without --unused-for the limit is 90d.',
  },
  { name: 'unused-for', value: 'time', extension: true, help: 'A key that was not used for so long is due.' },
  {
    name: 'exempt-tag',
    value: 'tag',
    repeat: true,
    extension: true,
    help: 'KEY or KEY=VALUE: the keys of users with this tag are not due.',
  },
  { name: 'fail-if-due', extension: true, help: 'Exit with code 5 if a key is due, after showing the output.' },
]

export const auditAccessKeys: Command = {
  name: 'audit-access-keys',
  operation: 'AuditAccessKeys',
  extension: true,
  summary: 'Lists the access keys of all users with their age and last use, and says which are due.',
  input: once(() =>
    z.strictObject({
      PathPrefix: z
        .optional(z.string().check(z.minLength(1), z.maxLength(512), z.regex(/^[!-\x7f]*$/, 'the visible characters of ASCII')))
        .check(z.describe('Only users whose path begins with this, such as /ci/. A slash alone leaves out the root user.')),
    }),
  ),
  sample: new Map<string, Value>([
    ['GeneratedTime', SAMPLE_DATE],
    [
      'Keys',
      [
        new Map<string, Value>([
          ['UserName', 'UserName'],
          ['AccessKeyId', 'AccessKeyId'],
          ['Status', 'Active'],
          ['Age', 0n],
          ['LastUsed', SAMPLE_DATE],
          ['Due', true],
          ['Why', 'Why'],
        ]),
      ],
    ],
  ]),
  readOnly: true,
  options: OPTIONS,
  examples: () => [
    { text: 'The users whose keys are due for rotation', line: "iamkey audit-access-keys --query 'Keys[?Due].UserName'" },
    {
      text: 'A nightly check: fail if a key of CI is older than 90 days or was not used for 45',
      line: 'iamkey audit-access-keys --path-prefix /ci/ --older-than 90d --unused-for 45d --fail-if-due --output table',
    },
  ],
  async run(input, context) {
    const { audit } = await import('../audit/audit.ts')
    return audit(input, context)
  },
}
