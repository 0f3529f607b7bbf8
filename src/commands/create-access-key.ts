/** `create-access-key`: its input, options and output. */

import * as z from 'zod/mini'
import { type Command, SAMPLE_DATE } from '../core/command.ts'
import { EXPORT_OPTIONS, WAIT_OPTIONS } from '../core/options.ts'
import { STORE_OPTION } from '../stores/index.ts'
import { once, userName } from './members.ts'

export const createAccessKey: Command = {
  name: 'create-access-key',
  operation: 'CreateAccessKey',
  summary: 'Creates an access key for an IAM user and shows its secret, once.',
  input: once(() =>
    z.strictObject({
      UserName: z.optional(userName()).check(z.describe('The name of the IAM user that the new key will belong to.')),
    }),
  ),
  sample: new Map([
    [
      'AccessKey',
      new Map([
        ['UserName', 'UserName'],
        ['AccessKeyId', 'AccessKeyId'],
        ['Status', 'Active'],
        ['SecretAccessKey', 'SecretAccessKey'],
        ['CreateDate', SAMPLE_DATE],
      ]),
    ],
  ]),
  examples: () => [
    { text: 'A key for Bob, including its secret, as JSON', line: 'iamkey create-access-key --user-name Bob' },
    {
      text: 'Id and secret on one line, for a script',
      line: "iamkey create-access-key --user-name Bob --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text",
    },
    { text: 'As another profile', line: 'iamkey create-access-key --user-name Bob --profile prod' },
    { text: 'From a document', line: 'iamkey create-access-key --cli-input-json file://bob.json' },
    { text: 'An input template; nothing is created', line: 'iamkey create-access-key --generate-cli-skeleton' },
  ],
  options: [STORE_OPTION, ...WAIT_OPTIONS, ...EXPORT_OPTIONS],
  async run(input, context) {
    const { flags, stores } = context
    if (stores.length === 0 && !flags.wait && flags.waitTimeout === undefined) {
      return (await import('../keys/create.ts')).createKey(input, context)
    }
    return (await import('../keys/create-and-store.ts')).createAndStore(input, context)
  },
}
