import { expect, test } from 'vitest'
import { awsCommands, iamOperations } from '../../src/cli/aws-names.ts'
import { closeMatches } from '../../src/python/difflib.ts'

// Recorded from Python 3.11's difflib.get_close_matches(word, names, cutoff=0.8), with the names of aws-cli 2.36.7.
test.each([
  ['create-access-keys', ['create-access-key', 'update-access-key', 'delete-access-key']],
  ['create-access-kye', ['create-access-key']],
  ['list-acess-keys', ['list-access-keys']],
  ['CreateAccessKey', []],
  ['', []],
])('of the operations, %j is like %j', (word, meant) => {
  expect(closeMatches(word, iamOperations())).toEqual(meant)
})

test.each([
  ['iamm', ['iam']],
  ['dynamo', ['dynamodb']],
  ['create-access-key', []],
])('of the commands, %j is like %j', (word, meant) => {
  expect(closeMatches(word, awsCommands())).toEqual(meant)
})
