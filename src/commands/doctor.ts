/** `doctor`: its options and output. aws-cli does not have it. */

import * as z from 'zod/mini'
import type { Command } from '../core/command.ts'
import type { Value } from '../python/value.ts'
import { STORE_OPTION } from '../stores/index.ts'
import { once, userName } from './members.ts'

export const doctor: Command = {
  name: 'doctor',
  operation: 'Doctor',
  extension: true,
  summary: 'Shows which credentials sign, and whether a rotation would work. Changes nothing.',
  input: once(() =>
    z.strictObject({
      UserName: z.optional(userName()).check(z.describe('The name of the IAM user whose key is checked; by default the caller.')),
    }),
  ),
  // A getter, so that other commands do not build it.
  get sample() {
    return new Map<string, Value>([
      ...['Account', 'Arn', 'UserName', 'UserArn', 'AccessKeyId', 'Source', 'Endpoint'].map(name => [name, name] as const),
      ['ClockOffset', 0n],
      ['Checks', [new Map(['Check', 'Result', 'Detail'].map(name => [name, name]))]],
    ])
  },
  readOnly: true,
  checksStores: true,
  options: [STORE_OPTION],
  examples: () => [
    { text: "Before the first rotation of Bob's key", line: 'iamkey doctor --user-name Bob --store profile:bob --output table' },
  ],
  async run(input, context) {
    const { examine } = await import('../doctor/doctor.ts')
    return examine(input, context)
  },
}
