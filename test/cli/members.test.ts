import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { membersOf, optionName, optionsOf } from '../../src/cli/members.ts'

test.each([
  ['UserName', 'user-name'],
  ['AccessKeyId', 'access-key-id'],
  ['SSHPublicKeyId', 'ssh-public-key-id'],
  ['PolicyARNs', 'policy-arns'],
  ['SAMLMetadataDocument', 'saml-metadata-document'],
  ['MaxItems', 'max-items'],
])('the member %s has the option --%s', (member, option) => {
  expect(optionName(member)).toBe(option)
})

const input = () =>
  z.strictObject({
    UserName: z.optional(z.string()).check(z.describe('The user.')),
    Status: z.enum(['Active', 'Inactive']).check(z.describe('The status.')),
  })

test('a zod object is read as members', () => {
  expect(membersOf({ input })).toEqual([
    { name: 'UserName', option: 'user-name', required: false, help: 'The user.', integer: false, values: undefined },
    { name: 'Status', option: 'status', required: true, help: 'The status.', integer: false, values: ['Active', 'Inactive'] },
  ])
})

test('where results come in pages, options say how many are wanted', () => {
  const pages = () => z.strictObject({ MaxItems: z.optional(z.bigint()).check(z.describe('Of a page.')) })
  const paging = { token: 'Marker', limit: 'MaxItems', more: 'IsTruncated', results: 'Keys' }
  expect(optionsOf({ input: pages, paging }).slice(0, 3)).toMatchObject([
    {
      name: 'max-items',
      integer: true,
      help: 'Maximum number of results. If there are more, the output has a NextToken to continue from.',
    },
    { name: 'starting-token' },
    { name: 'page-size', integer: true },
  ])
})

test('a command takes its members, then whole inputs', () => {
  expect(optionsOf({ input }).map(({ name, required = false }) => [name, required])).toEqual([
    ['user-name', false],
    ['status', true],
    ['cli-input-json', false],
    ['cli-input-yaml', false],
    ['generate-cli-skeleton', false],
  ])
})
