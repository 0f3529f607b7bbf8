/** `audit-access-keys`: its options and output. aws-cli does not have it. */

import * as z from 'zod/mini'
import type { Command } from '../core/command.ts'
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
  { name: 'fail-if-due', extension: true, help: 'Exit with 5 where a key is due, once the output is shown.' },
]

export const auditAccessKeys: Command = {
  name: 'audit-access-keys',
  operation: 'AuditAccessKeys',
  summary: 'Lists the access keys of all users with their age and last use, and says which ones are due.',
  input: once(() =>
    z.strictObject({
      PathPrefix: z
        .optional(z.string().check(z.minLength(1), z.maxLength(512), z.regex(/^[!-\x7f]*$/, 'the visible characters of ASCII')))
        .check(z.describe('The path that the users have in common, as in /ci/; a slash alone leaves out the root user.')),
    }),
  ),
  sample: new Map<string, Value>([
    ['GeneratedTime', '1970-01-01T00:00:00Z'],
    [
      'Keys',
      [
        new Map<string, Value>([
          ['UserName', 'UserName'],
          ['AccessKeyId', 'AccessKeyId'],
          ['Status', 'Active'],
          ['Age', 0n],
          ['LastUsed', '1970-01-01T00:00:00Z'],
          ['Due', true],
          ['Why', 'Why'],
        ]),
      ],
    ],
  ]),
  readOnly: true,
  options: OPTIONS,
  examples: [
    { text: 'The users whose keys are due for rotation', line: "iamkey audit-access-keys --query 'Keys[?Due].UserName'" },
    {
      text: 'For a nightly check: fail where a key of CI is older than 90 days or was not used for 45',
      line: 'iamkey audit-access-keys --path-prefix /ci/ --older-than 90d --unused-for 45d --fail-if-due --output table',
    },
  ],
  async run(input, context) {
    const { audit } = await import('../audit/audit.ts')
    return audit(input, context)
  },
}
