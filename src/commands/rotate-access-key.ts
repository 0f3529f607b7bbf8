/** `rotate-access-key`: its options and output. aws-cli does not have it. */

import * as z from 'zod/mini'
import { type Command, SAMPLE_DATE } from '../core/command.ts'
import { ROTATION_OPTIONS } from '../core/options.ts'
import type { Value } from '../python/value.ts'
import { STORE_OPTION } from '../stores/index.ts'
import { once, userName } from './members.ts'

const step = (time: 'Time' | 'Why') =>
  new Map([
    ['Step', 'create'],
    ['Store', 'profile:default'],
    ['AccessKeyId', 'AccessKeyId'],
    [time, time === 'Time' ? SAMPLE_DATE : time],
  ])

const store = new Map([
  ['Store', 'profile:default'],
  ['AccessKeyId', 'AccessKeyId'],
  ['Condition', 'works'],
])

export const rotateAccessKey: Command = {
  name: 'rotate-access-key',
  operation: 'RotateAccessKey',
  extension: true,
  summary: 'Replaces an old access key in every store that holds it. If it is interrupted, the next run continues.',
  input: once(() =>
    z.strictObject({
      UserName: z.optional(userName()).check(z.describe('The name of the IAM user whose key is replaced; by default the caller.')),
    }),
  ),
  sample: new Map([
    [
      'Rotation',
      new Map<string, Value>([
        ['UserName', 'UserName'],
        ['Result', 'Rotated'],
        ['Why', 'Why'],
        ['OldAccessKeyId', 'AccessKeyId'],
        ['NewAccessKeyId', 'AccessKeyId'],
        ['Stores', [store]],
        ['Steps', [step('Time')]],
        ['Plan', [step('Why')]],
        ['Undo', 'Undo'],
        ['Next', 'Next'],
      ]),
    ],
  ]),
  options: [STORE_OPTION, ...ROTATION_OPTIONS],
  examples: () => [
    {
      text: "Every night: replace Bob's key once it is 90 days old",
      line: 'iamkey rotate-access-key --user-name Bob --store profile:bob',
    },
    { text: 'What would be done, and why', line: 'iamkey rotate-access-key --user-name Bob --store profile:bob --plan' },
    {
      text: 'Now, with a program that stores the key, one that reads it, and a check of the new one',
      line: "iamkey rotate-access-key --user-name ci --older-than 0d --store command:./to-vault --read-command ./from-vault --check-command 'aws s3 ls'",
    },
  ],
  async run(input, context) {
    const { rotate } = await import('../rotation/rotate.ts')
    return rotate(input, context)
  },
}
