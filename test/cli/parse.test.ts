import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { firstPass, parseCommand, parseGlobals, refuseAutoPrompt } from '../../src/cli/parse.ts'
import { firstPassUsage, usage } from '../../src/cli/usage.ts'
import type { Command } from '../../src/core/command.ts'
import { Failure, ParameterError, UnknownOptions } from '../../src/core/errors.ts'
import { ROTATION_OPTIONS, WAIT_OPTIONS } from '../../src/core/options.ts'
import { PROGRAM } from '../../src/core/program.ts'
import { STORE_OPTION } from '../../src/stores/index.ts'

const idle = { sample: new Map(), run: () => Promise.reject(new Error('not called')) }
const create: Command = {
  ...idle,
  name: 'create-access-key',
  operation: 'CreateAccessKey',
  summary: 'Creates.',
  input: () => z.strictObject({ UserName: z.optional(z.string()) }),
}
const remove: Command = {
  ...idle,
  name: 'delete-access-key',
  operation: 'DeleteAccessKey',
  summary: 'Deletes.',
  input: () => z.strictObject({ UserName: z.optional(z.string()), AccessKeyId: z.string() }),
}
/** Not in aws-cli. */
const rotate: Command = {
  ...create,
  name: 'rotate-access-key',
  options: [STORE_OPTION, ...WAIT_OPTIONS, ...ROTATION_OPTIONS.filter(({ name }) => name === 'read-command')],
}
const commands = [create, remove, rotate]

async function parse(...argv: string[]) {
  const opening = await parseGlobals(argv, commands)
  if (opening.kind !== 'words') return opening
  const call = await parseCommand(opening.words, commands)
  return call.kind === 'call' ? { ...call, globals: opening.globals } : call
}

const calls = (line: string) => parse('iam', 'create-access-key', ...line.split(' '))

describe('a call', () => {
  test.each([
    ['iam create-access-key --user-name Bob', { userName: 'Bob' }, {}],
    ['create-access-key --user-name Bob', { userName: 'Bob' }, {}],
    ['iam --user-name=Bob create-access-key', { userName: 'Bob' }, {}],
    ['iam create-access-key -- --user-name Bob', { userName: 'Bob' }, {}],
    ['iam -- create-access-key --user-name Bob --', { userName: 'Bob' }, {}],
    ['iam create-access-key --user-name help', { userName: 'help' }, {}],
    ['--output text iam create-access-key --reg eu-west-1', {}, { output: 'text', region: 'eu-west-1' }],
    ['iam --no-sign-request create-access-key --no-cli-p', {}, { signRequest: false, cliPager: false }],
    ['iam create-access-key', {}, { signRequest: true, verifySsl: true, paginate: true, cliPager: true, debug: false }],
    ['iam create-access-key --g', { generateCliSkeleton: 'input' }, {}],
    ['iam create-access-key --output json --output text', {}, { output: 'text' }],
  ])('%s', async (line, flags, globals) => {
    expect(await parse(...line.split(' '))).toMatchObject({ kind: 'call', command: create, flags, globals })
  })

  test('an option that may be repeated has its values in order, and one of our own has its whole name', async () => {
    expect(await parse('rotate-access-key', '--store', 'profile:a', '--wait', '--store=csv:b=c')).toMatchObject({
      kind: 'call',
      flags: { store: ['profile:a', 'csv:b=c'], wait: true },
    })
    await expect(parse('rotate-access-key', '--stor', 'x')).rejects.toThrow(UnknownOptions)
  })

  test('an option that follows another belongs to the value before it', async () => {
    const stores = [
      '--store',
      'command:a',
      '--read-command',
      'show a',
      '--store',
      'profile:b',
      '--store',
      'command:c',
      '--read-command=show c',
    ]
    expect(await parse('rotate-access-key', ...stores)).toMatchObject({
      flags: { store: ['command:a', 'profile:b', 'command:c'], readCommand: ['show a', undefined, 'show c'] },
    })
    const wrong = '--read-command belongs to the --store before it, one to each'
    await expect(parse('rotate-access-key', '--read-command', 'x', '--store', 'command:a')).rejects.toThrow(wrong)
    await expect(parse('rotate-access-key', '--store', 'command:a', '--read-command', 'x', '--read-command', 'y')).rejects.toThrow(wrong)
  })

  test('what is required is not, beside a document', async () => {
    await expect(parse('iam', 'delete-access-key')).rejects.toThrow('the following arguments are required: --access-key-id\n')
    expect(await parse('iam', 'delete-access-key', '--cli-input-json', '{}')).toMatchObject({ kind: 'call', command: remove })
    expect(await parse('iam', 'delete-access-key', '--generate-cli-skeleton')).toMatchObject({ kind: 'call', command: remove })
    await expect(parse('iam', 'delete-access-key', '--generate-cli-skeleton', 'output')).rejects.toThrow(ParameterError)
  })
})

describe('a page', () => {
  test.each(['--version', 'iam create-access-key --ver', '--version --output bad', 'iam create-access-key --version --bogus'])(
    '%s',
    async line => {
      expect(await parse(...line.split(' '))).toEqual({ kind: 'version' })
    },
  )

  test.each([
    ['help', undefined],
    ['--help', undefined],
    ['iam help', undefined],
    ['iam create-access-key help', 'create-access-key'],
    ['iam create-access-key --output text help', 'create-access-key'],
    ['create-access-key --user-name -h', 'create-access-key'],
    ['iam delete-access-key help', 'delete-access-key'],
    ['help delete-access-key', 'delete-access-key'],
  ])('%s is help', async (line, name) => {
    expect(await parse(...line.split(' '))).toEqual({ kind: 'help', command: commands.find(command => command.name === name) })
  })
})

// Recorded from aws-cli 2.36.7, with our name in the usage.
describe('a complaint', () => {
  test.each([
    ['--user-name', 'argument --user-name: expected one argument'],
    ['--output xml', "argument --output: Found invalid choice 'xml'\n"],
    ['--output jsn', "argument --output: Found invalid choice 'jsn'\n\nMaybe you meant:\n\n  * json"],
    ['--generate-cli-skeleton inputs', "argument --generate-cli-skeleton: Found invalid choice 'inputs'\n\nMaybe you meant:\n\n  * input"],
    ['--no-paginate=true', "argument --no-paginate: ignored explicit argument 'true'"],
    [
      '--c on',
      'ambiguous option: --c could match --color, --ca-bundle, --cli-read-timeout, --cli-connect-timeout, --cli-binary-format, --cli-auto-prompt, --cli-error-format',
    ],
    ['--n x', 'ambiguous option: --n could match --no-verify-ssl, --no-paginate, --no-sign-request, --no-cli-pager, --no-cli-auto-prompt'],
  ])('%s', async (line, message) => {
    await expect(calls(line)).rejects.toMatchObject({ exitCode: 252, message: `${message}\n\n${usage(PROGRAM)}` })
  })

  test.each([
    ['--foo 1 pos --bar=2 -z', '--foo, pos, --bar=2, -z, 1'],
    ['extra two', 'two, extra'],
    ['--User-Name Bob', '--User-Name, Bob'],
    ['-user-name Bob', '-user-name, Bob'],
    ['--h', '--h'],
    ['--no-v x', 'x'],
    ['-- extra', 'extra'],
    ['-1', '-1'],
  ])('%s is unknown', async (line, words) => {
    const error = await calls(line).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(UnknownOptions)
    expect(error).toHaveProperty('message', `Unknown options: ${words}`)
  })

  test.each([
    ['iamm', "argument command: Found invalid choice 'iamm'\n\nMaybe you meant:\n\n  * iam"],
    ['iam create-access-kye', "argument operation: Found invalid choice 'create-access-kye'\n\nMaybe you meant:\n\n  * create-access-key"],
    [
      'iam rotate-acess-key',
      "argument operation: Found invalid choice 'rotate-acess-key'\n\nMaybe you meant:\n\n  * rotate-access-key\n  * create-access-key",
    ],
    ['iam CreateAccessKey', "argument operation: Found invalid choice 'CreateAccessKey'\n"],
    ['iam --user-name Bob create-access-key', "argument operation: Found invalid choice 'Bob'\n"],
    ['iam', 'the following arguments are required: operation'],
    ['--debug', 'the following arguments are required: command'],
    ['nonsense --version', "argument command: Found invalid choice 'nonsense'\n"],
  ])('%s is no command', async (line, message) => {
    await expect(parse(...line.split(' '))).rejects.toMatchObject({ exitCode: 252, message: `${message}\n\n${usage(PROGRAM)}` })
  })

  test.each([
    ['s3 ls', "iamkey has no 's3', only 'create-access-key', 'delete-access-key', 'rotate-access-key'; use: aws s3"],
    [
      'iam list-users',
      "iamkey has no 'iam list-users', only 'create-access-key', 'delete-access-key', 'rotate-access-key'; use: aws iam list-users",
    ],
  ])('%s is something for aws', async (line, message) => {
    await expect(parse(...line.split(' '))).rejects.toEqual(new ParameterError(message))
  })
})

describe('the first look', () => {
  test.each([
    ['iam x --profile dev', { profile: 'dev', debug: false }],
    ['--p=dev --bogus --de', { profile: 'dev', debug: true }],
    ['iam create-access-key', { profile: undefined, debug: false }],
  ])('%s', (line, found) => {
    expect(firstPass(line.split(' '))).toEqual(found)
  })

  test.each([
    ['--profile', 'argument --profile: expected one argument'],
    ['--user-name --profile --x', 'argument --profile: expected one argument'],
    ['--debug=1', "argument --debug: ignored explicit argument '1'"],
  ])('%s', (line, message) => {
    expect(() => firstPass(line.split(' '))).toThrow(
      expect.objectContaining({ exitCode: 252, message: `${message}\n\n${firstPassUsage(PROGRAM)}` }),
    )
  })
})

describe('prompting', () => {
  test.each([
    ['--cli-auto-prompt', undefined],
    ['iam', 'on'],
    ['iam', 'ON'],
  ])('is refused for %s, configured %s', (line, configured) => {
    expect(() => refuseAutoPrompt(line.split(' '), configured)).toThrow(Failure)
  })

  test.each([
    ['iam', undefined],
    ['iam', 'off'],
    ['iam', 'on-partial'],
    ['--no-cli-auto-prompt', 'on'],
    ['iam help --cli-auto-prompt', 'on'],
    ['--version', 'on'],
  ])('is not asked for by %s, configured %s', (line, configured) => {
    expect(() => refuseAutoPrompt(line.split(' '), configured)).not.toThrow()
  })

  test('cannot be wanted and not wanted', () => {
    expect(() => refuseAutoPrompt(['--cli-auto-prompt', '--no-cli-auto-prompt'], undefined)).toThrow(
      new ParameterError('Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time.'),
    )
  })
})
