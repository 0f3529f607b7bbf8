/** What a --read-command may print, and what is no key. */

import { expect, test } from 'vitest'
import { parseStoredKey } from '../../src/stores/stored-key.ts'

const ID = 'AKIAIOSFODNN7EXAMPLE'
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const WHOLE = { AccessKeyId: ID, SecretAccessKey: SECRET }

test.each([
  [ID, { AccessKeyId: ID }],
  [`${ID} ${SECRET}`, WHOLE],
  [`${ID}\n${SECRET}`, WHOLE],
  [JSON.stringify(WHOLE), WHOLE],
  [JSON.stringify({ AccessKey: { ...WHOLE, Status: 'Active' } }), WHOLE],
  [JSON.stringify({ Version: 1, ...WHOLE }), WHOLE],
  [JSON.stringify({ AccessKeyId: ID }), { AccessKeyId: ID }],
])('%s', (text, key) => {
  expect(parseStoredKey(text)).toEqual(key)
})

const NONE = [
  ...['', 'null', 'storing', 'not found', `${ID} ${SECRET} more`, `${ID} short`],
  ...['{', '{}', '[]', '{"AccessKeyId":1}', `{"AccessKeyId":"${ID}","SecretAccessKey":""}`],
]
test.each(NONE)('%j is none', text => {
  expect(parseStoredKey(text)).toBeUndefined()
})
