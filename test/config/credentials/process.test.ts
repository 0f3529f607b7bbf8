import { describe, expect, test } from 'vitest'
import type { Finished } from '../../../src/core/host.ts'
import { systemError } from '../../support/host.ts'
import { signer } from '../../support/signer.ts'

const finished = (stdout: string | Uint8Array, status = 0, stderr = ''): Finished => ({
  status,
  signal: null,
  stdout: Buffer.from(stdout),
  stderr: Buffer.from(stderr),
})
const signing = (command: string, execute: (words: readonly string[]) => Finished) =>
  signer({ config: `[default]\ncredential_process = ${command}\n`, execute })
const reply = (members: object) => JSON.stringify({ Version: 1, AccessKeyId: 'AKIA', SecretAccessKey: 's', ...members })

test('the words reach the program as they are: no shell expands them', async () => {
  let started: readonly string[] = []
  await signing(`/bin/keys "a b" $(id) '$HOME' ; | ~/x`, words => {
    started = words
    return finished(reply({}))
  }).load()
  expect(started).toEqual(['/bin/keys', 'a b', '$(id)', '$HOME', ';', '|', '~/x'])
})

test.each([
  ['a token', { SessionToken: 't' }, { accessKeyId: 'AKIA', secretAccessKey: 's', sessionToken: 't' }],
  ['no token', { SessionToken: null }, { accessKeyId: 'AKIA', secretAccessKey: 's' }],
  ['version 1.0', { Version: 1.0 }, { accessKeyId: 'AKIA', secretAccessKey: 's' }],
])('%s', async (_, members, credentials) => {
  expect(await signing('keys', () => finished(reply(members))).load()).toEqual(credentials)
})

describe('what the program did wrong, in the words of aws-cli 2.36.7', () => {
  const wrong = 'Error when retrieving credentials from custom-process: '
  test.each<[string, Finished, sentence: string]>([
    ['failed', finished('', 3, 'boom\n'), `${wrong}boom\n`],
    ['was killed', { ...finished(''), status: null, signal: 'SIGKILL' }, wrong],
    ['printed nothing', finished(''), 'Expecting value: line 1 column 1 (char 0)'],
    ['printed no JSON', finished('nope'), 'Expecting value: line 1 column 1 (char 0)'],
    ['printed a list', finished('[]'), "'list' object has no attribute 'get'"],
    ['printed null', finished('null'), "'NoneType' object has no attribute 'get'"],
    [
      'no version',
      finished('{}'),
      `${wrong}Unsupported version '<Version key not provided>' for credential process provider, supported versions: 1`,
    ],
    [
      'version null',
      finished('{"Version": null}'),
      `${wrong}Unsupported version 'None' for credential process provider, supported versions: 1`,
    ],
    ['version "1"', finished('{"Version": "1"}'), `${wrong}Unsupported version '1' for credential process provider, supported versions: 1`],
    ['version 2', finished('{"Version": 2}'), `${wrong}Unsupported version '2' for credential process provider, supported versions: 1`],
    ['no key id', finished('{"Version": 1}'), `${wrong}Missing required key in response: 'AccessKeyId'`],
    ['no secret', finished('{"Version": 1, "AccessKeyId": "a"}'), `${wrong}Missing required key in response: 'SecretAccessKey'`],
    ['an end that is no date', finished(reply({ Expiration: 'tomorrow' })), 'Unknown string format: tomorrow'],
  ])('%s', async (_, result, sentence) => {
    await expect(signing('keys', () => result).choose()).rejects.toMatchObject({ message: sentence, exitCode: 255 })
  })

  test.each([
    ['ENOENT', "[Errno 2] No such file or directory: '~/keys'"],
    ['EACCES', "[Errno 13] Permission denied: '~/keys'"],
  ] as const)('could not be started (%s)', async (code, sentence) => {
    const choosing = signing('~/keys', () => {
      throw systemError(code)
    }).choose()
    await expect(choosing).rejects.toThrow(sentence)
  })

  test.each([
    ['', 'list index out of range'],
    ["keys 'a", 'No closing quotation'],
  ])('has a command line that cannot be taken apart: %j', async (command, sentence) => {
    await expect(signing(command, () => finished(reply({}))).choose()).rejects.toThrow(sentence)
  })
})

test('an expired session is requested once more, when the request is signed', async () => {
  let runs = 0
  const { load } = signing('keys', () => {
    runs++
    return finished(reply({ AccessKeyId: `AKIA${runs}`, Expiration: runs === 1 ? '2001-01-01T00:00:00Z' : '2999-01-01T00:00:00Z' }))
  })
  expect((await load()).accessKeyId).toBe('AKIA2')
})
