import { expect, test } from 'vitest'
import { mayHoldSecret, parsePartialResponse } from '../../src/aws/partial-response.ts'

const ID = 'AKIAIOSFODNN7EXAMPLE'
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const OPEN = '<CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateAccessKeyResult><AccessKey>'
const WHOLE = `${OPEN}<UserName>Bob</UserName><AccessKeyId>${ID}</AccessKeyId><SecretAccessKey>${SECRET}</SecretAccessKey></AccessKey>`

test.each<[string, string, ReturnType<typeof parsePartialResponse>]>([
  ['the beginning of a reply', WHOLE, { AccessKeyId: ID }],
  ['a reply that ends with the id', `${OPEN}<AccessKeyId>${ID}</AccessKeyId>`, { AccessKeyId: ID }],
  ['a reply that ends within the id', `${OPEN}<AccessKeyId>${ID}`, { AccessKeyId: undefined }],
  ['a reply that ends before the id', OPEN, { AccessKeyId: undefined }],
  ['names with a prefix', WHOLE.replaceAll('<', '<a:').replaceAll('<a:/', '</a:'), { AccessKeyId: ID }],
  ['white space between the elements', WHOLE.replaceAll('>', '>\n  ').replaceAll('</', '\n</'), { AccessKeyId: ID }],
  ['bytes that are no UTF-8 elsewhere', WHOLE.replace('Bob', 'B\u00f8b'), { AccessKeyId: ID }],
  ['an id of another alphabet', `${OPEN}<AccessKeyId>c67W2-r4MAyAYScRl</AccessKeyId>`, { AccessKeyId: 'c67W2-r4MAyAYScRl' }],
  ['a short id', WHOLE.replace(ID, 'app1'), { AccessKeyId: 'app1' }],
  ['an id with references', WHOLE.replace(ID, 'a&lt;b&amp;c&#x21;&#100;'), { AccessKeyId: 'a<b&c!d' }],
  ['an id with a reference to nothing', WHOLE.replace(ID, 'a&b'), { AccessKeyId: undefined }],
  ['an id with what XML forbids', WHOLE.replace(ID, `${ID}\u0001`), { AccessKeyId: undefined }],
  ['an id with bytes that are no UTF-8', WHOLE.replace(ID, `${ID}\u00ff`), { AccessKeyId: undefined }],
  ['an id with blanks around it', WHOLE.replace(ID, ` ${ID} `), { AccessKeyId: ` ${ID} ` }],
  ['an id that is blank', WHOLE.replace(ID, ' '), { AccessKeyId: undefined }],
  ['the same id twice', WHOLE.replace('<Secret', `<AccessKeyId>${ID}</AccessKeyId><Secret`), { AccessKeyId: ID }],
  ['two ids', WHOLE.replace('<Secret', '<AccessKeyId>AKIAIOSFODNN8EXAMPLE</AccessKeyId><Secret'), { AccessKeyId: undefined }],
  ['an id behind the key', `${OPEN}</AccessKey><AccessKeyId>${ID}</AccessKeyId>`, { AccessKeyId: undefined }],
  ['a list of keys', WHOLE.replaceAll('CreateAccessKey', 'ListAccessKeys'), undefined],
  [
    'an error that quotes an id',
    `<ErrorResponse><Error><Message><AccessKeyId>${ID}</AccessKeyId></Message></Error></ErrorResponse>`,
    undefined,
  ],
  ['a page of a portal', '<html>Sign in</html>', undefined],
  ['nothing', '', undefined],
])('%s', (_, text, found) => {
  expect(parsePartialResponse(Buffer.from(text, 'latin1'))).toEqual(found)
})

test.each([
  [WHOLE, true],
  [WHOLE.slice(WHOLE.indexOf('SecretAccess')), true],
  ['Forbidden by proxy', false],
])('a body that may hold a secret is known by its names', (text, may) => {
  expect(mayHoldSecret(Buffer.from(text))).toBe(may)
})
