/** `list-access-keys`: its input, pages and output. */

import * as z from 'zod/mini'
import { type Command, SAMPLE_DATE } from '../core/command.ts'
import type { Operations } from '../core/iam.ts'
import type { Value } from '../python/value.ts'
import { once, userName } from './members.ts'

const sample = new Map<string, Value>([
  [
    'AccessKeyMetadata',
    [
      new Map([
        ['UserName', 'UserName'],
        ['AccessKeyId', 'AccessKeyId'],
        ['Status', 'Active'],
        ['CreateDate', SAMPLE_DATE],
      ]),
    ],
  ],
  ['IsTruncated', true],
  ['Marker', 'Marker'],
])

export const listAccessKeys: Command = {
  name: 'list-access-keys',
  operation: 'ListAccessKeys',
  summary: 'Lists the access keys of an IAM user, without their secrets.',
  input: once(() =>
    z.strictObject({
      UserName: z.optional(userName()).check(z.describe('The name of the user.')),
      Marker: z
        .optional(z.string().check(z.minLength(1)))
        .check(
          z.describe(
            'Use this parameter only when paginating results and only after you receive a response indicating that the results are truncated.',
          ),
        ),
      MaxItems: z
        .optional(z.bigint().check(z.minimum(1n)))
        .check(z.describe('Use this only when paginating results to indicate the maximum number of items you want in the response.')),
    }),
  ),
  paging: { token: 'Marker', limit: 'MaxItems', more: 'IsTruncated', results: 'AccessKeyMetadata' },
  sample,
  readOnly: true,
  examples: () => [{ text: 'The keys of Bob, their state and their age', line: 'iamkey list-access-keys --user-name Bob --output table' }],
  async run(input: Operations['ListAccessKeys']['input'], context) {
    const { callForOutput } = await import('../keys/retry.ts')
    const page = (token: { readonly Marker?: string }) => callForOutput('ListAccessKeys', { ...input, ...token }, sample, context)
    if (context.pages === undefined) return page({})
    const { requestedPages } = await import('../aws/paginator.ts')
    const pages = requestedPages(context.pages, async token => (await page(token)).output)
    return { output: new Map(), pages: { pages, results: context.pages.paging.results } }
  },
}
