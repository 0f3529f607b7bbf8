import { describe, expect, test } from 'vitest'
import { Failure, ParameterError } from '../../src/core/errors.ts'
import { compileQuery } from '../../src/output/query.ts'
import { dumps } from '../../src/python/json.ts'
import type { Dict, Value } from '../../src/python/value.ts'

const dict = (members: Record<string, Value>): Dict => new Map(Object.entries(members))

const KEY = dict({ AccessKey: dict({ UserName: 'Bob', AccessKeyId: 'AKIA', Status: 'Active', SecretAccessKey: 's', CreateDate: '2015' }) })
const LIST = dict({ AccessKeyMetadata: [dict({ UserName: 'Bob', AccessKeyId: 'AKIA', Status: 'Active' })], IsTruncated: false })

test('a query selects', () => {
  expect(dumps(compileQuery('AccessKey.[AccessKeyId, length(Status)]').search(KEY))).toBe('["AKIA", 6]')
})

// Recorded from aws-cli 2.36.7.
test.each([
  ['', 'Bad value for --query : Invalid JMESPath expression: cannot be empty.'],
  ['AccessKey[', 'Bad value for --query AccessKey[: Invalid jmespath expression: Incomplete expression:\n"AccessKey["\n           ^'],
  ['a-b', "Bad value for --query a-b: Bad jmespath expression: Unknown token '-':\na-b\n ^"],
])('%j is refused when it is read, with exit code 252', (text, message) => {
  expect(() => compileQuery(text)).toThrow(new ParameterError(message))
})

test('a query that does not fit is a failure with exit code 255', () => {
  const message = 'In function abs(), invalid type for value: Bob, expected one of: [\'number\'], received: "string"'
  expect(() => compileQuery('abs(AccessKey.UserName)').search(KEY)).toThrow(new Failure(message))
})

describe('the unknown member of a query', () => {
  test.each([
    ['AccesKey.SecretAccessKey', 'AccesKey', 'AccessKey'],
    ['AccessKey.SecretAcessKey', 'SecretAcessKey', 'SecretAccessKey'],
    ['accessKey', 'accessKey', 'AccessKey'],
    ['AccessKey.Secret', 'Secret', 'SecretAccessKey'],
    ['AccessKey.Id', 'Id', 'AccessKeyId'],
    ['SecretAccessKey', 'SecretAccessKey', 'AccessKey.SecretAccessKey'],
    ['AccessKey | SecretKey', 'SecretKey', 'SecretAccessKey'],
    ['*.SecretKey', 'SecretKey', 'SecretAccessKey'],
    ['AccessKey.[Nam, UserId]', 'Nam', 'UserName'],
    ['{id: AccessKey.{id: Acess}}', 'Acess', 'AccessKeyId'],
    ['AccessKey.{user: UserName}.usr', 'usr', 'user'],
    ['length(AccesKey)', 'AccesKey', 'AccessKey'],
    ['AccessKey.UserName.First', 'First', undefined],
    ['Nope', 'Nope', undefined],
  ])('%s: %s', (text, name, nearest) => expect(compileQuery(text).unknownMember(KEY)).toEqual({ name, nearest }))

  test.each([
    ['AccessKeyMetadata[].UserNam', 'UserNam', 'UserName'],
    ['AccessKeyMetadata[?Statis].UserName', 'Statis', 'Status'],
    ['UserName', 'UserName', 'AccessKeyMetadata[].UserName'],
    ['AccessKeyMetadata.UserName', 'UserName', undefined],
  ])('in a list, %s: %s', (text, name, nearest) => expect(compileQuery(text).unknownMember(LIST)).toEqual({ name, nearest }))

  test.each([
    'AccessKey',
    'AccessKey[0]',
    'AccessKey.[AccessKeyId, UserId]',
    'AccessKey.UserName || Nope',
    'not_null(Nope, AccessKey)',
    "AccessKey.UserName == 'Zoe' && AccessKey || `[]`.nope",
    'abs(AccessKey)',
  ])('%s: none', text => expect(compileQuery(text).unknownMember(KEY)).toBeUndefined())
})

describe('a query finds nothing in any reply', () => {
  test.each([
    ['AccesKey.SecretAccessKey', true],
    ['AccessKey.[Id, Secret]', true],
    ['AccessKey.{id: Id}', true],
    ['AccessKey[0]', true],
    ['AccessKey.UserName[?a]', true],
    ['AccessKey.[AccessKeyId, Secret]', false],
    ['Nope || AccessKey', false],
    ["AccessKey.Status == 'Inactive'", false],
    ["[AccessKey][?Status == 'Inactive']", false],
    ["[AccessKey][?contains(UserName, 'z')]", false],
  ])('%s: %s', (text, nothing) => expect(compileQuery(text).findsNothing(KEY)).toBe(nothing))
})
