import { expect, test } from 'vitest'
import { firstPass } from '../../src/cli/parse.ts'
import { deleteCommand, formatOption, listCommand, updateCommand } from '../../src/keys/recovery-commands.ts'

const AccessKeyId = 'AKIAIOSFODNN7EXAMPLE'

test('a name that looks like an option is pasted as the value it is', () => {
  const key = { UserName: '-bob', AccessKeyId }
  expect([deleteCommand(key), updateCommand(key, 'Inactive', ' --profile prod'), listCommand(key)]).toEqual([
    `iamkey delete-access-key --user-name=-bob --access-key-id ${AccessKeyId}`,
    `iamkey update-access-key --user-name=-bob --access-key-id ${AccessKeyId} --status Inactive --profile prod`,
    'iamkey list-access-keys --user-name=-bob',
  ])
  expect(firstPass(formatOption('profile', '-prod').trim().split(' ')).profile).toBe('-prod')
})

test.each([
  ['Bob', ' --profile Bob'],
  ['x,y@z', ' --profile x,y@z'],
  ['it’s', " --profile 'it’s'"],
  ["o'clock; $(reboot)\n", " --profile 'o'\\''clock; $(reboot)\n'"],
  ['-a b', " --profile='-a b'"],
  ['', " --profile ''"],
  [undefined, ''],
])('%j is one word to a shell', (value, pasted) => {
  expect(formatOption('profile', value)).toBe(pasted)
})
