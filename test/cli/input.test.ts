import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { gather } from '../../src/cli/input.ts'
import type { Command } from '../../src/core/command.ts'
import { Failure, ParameterError } from '../../src/core/errors.ts'
import type { Flags } from '../../src/core/options.ts'
import { testHost } from '../support/host.ts'

const command: Command = {
  name: 'update-access-key',
  operation: 'CreateAccessKey',
  summary: '',
  input: () =>
    z.strictObject({
      UserName: z.optional(z.string()).check(z.describe('The name of the user.')),
      AccessKeyId: z.string().check(z.describe('The key to update.')),
      Status: z.enum(['Active', 'Inactive']).check(z.describe('The new status.')),
    }),
  sample: new Map(),
  run: () => Promise.reject(new Error('not called')),
}

const NO_FLAGS: Flags = { cliInputJson: undefined, cliInputYaml: undefined, generateCliSkeleton: undefined }

type Machine = Parameters<typeof testHost>[0]
const read = (flags: Partial<Flags>, machine: Machine = {}) => gather(command, { ...NO_FLAGS, ...flags }, testHost(machine))

const parametersOf = async (flags: Partial<Flags>, machine: Machine = {}) => {
  const gathered = await read(flags, machine)
  return gathered.kind === 'parameters' ? Object.fromEntries(gathered.parameters) : gathered
}

const utf16 = (text: string) => Uint8Array.from([0xff, 0xfe, ...Buffer.from(text, 'utf16le')])

describe('flags and documents', () => {
  test.each([
    [{ userName: 'Bob' }, { UserName: 'Bob' }],
    [{ userName: '' }, { UserName: '' }],
    [{ userName: 'http://bob' }, { UserName: 'http://bob' }],
    [{ userName: 'file:/bob' }, { UserName: 'file:/bob' }],
    [
      { userName: '-', accessKeyId: 'AKIA' },
      { UserName: '-', AccessKeyId: 'AKIA' },
    ],
    [{ cliInputJson: '{"UserName": "Al", "Foo": 1.0}' }, { UserName: 'Al', Foo: 1 }],
    [{ cliInputJson: '{"UserName": "Al", "UserName": "Bob"}' }, { UserName: 'Bob' }],
    [
      { cliInputJson: '{"UserName": "Al", "Foo": 1}', userName: 'Bob' },
      { UserName: 'Bob', Foo: 1n },
    ],
    [{ cliInputYaml: 'UserName: Al # him' }, { UserName: 'Al' }],
    [{}, {}],
  ])('%j', async (flags, parameters) => {
    expect(await parametersOf(flags)).toEqual(parameters)
  })

  test.each([
    [{ userName: 'file://u.txt' }, 'Bob\r\nAl\rEve\n', {}, 'Bob\nAl\nEve\n'],
    [{ userName: 'file://u.txt' }, '\ufeffBob', {}, '\ufeffBob'],
    [{ userName: 'file://u.txt' }, utf16('Bob'), { AWS_CLI_FILE_ENCODING: 'UTF-16' }, 'Bob'],
    [{ userName: 'file://$DIR/u.txt' }, 'Bob', { DIR: '/here' }, 'Bob'],
    [{ userName: 'fileb://u.txt' }, 'Bob\r\n', {}, Buffer.from('Bob\r\n')],
    [{ cliInputJson: 'file://u.txt' }, '{"UserName": "Bob"}', {}, 'Bob'],
    [{ cliInputJson: 'fileb://u.txt' }, utf16('{"UserName": "Bob"}'), {}, 'Bob'],
    [{ cliInputJson: 'fileb://u.txt' }, '\ufeff{"UserName": "Bob"}', {}, 'Bob'],
    [{ cliInputYaml: 'file://u.txt' }, 'UserName: Bob\r\n', {}, 'Bob'],
  ])('%j with a file of %j and %j', async (flags, content, env, name) => {
    expect(await parametersOf(flags, { files: { '/here/u.txt': content }, env })).toEqual({ UserName: name })
  })

  test.each([
    [{ cliInputJson: '-' }, '{"UserName": "Bob"}'],
    [{ cliInputYaml: '-' }, 'UserName: Bob'],
  ])('%j is standard input', async (flags, stdin) => {
    expect(await parametersOf(flags, { stdin })).toEqual({ UserName: 'Bob' })
  })
})

// Recorded from aws-cli 2.36.7.
describe('a complaint', () => {
  test.each([
    [
      { userName: 'file://nope' },
      "Error parsing parameter '--user-name': Unable to load paramfile file://nope: [Errno 2] No such file or directory: 'nope'",
    ],
    [
      { userName: 'file://-' },
      "Error parsing parameter '--user-name': Unable to load paramfile file://-: [Errno 2] No such file or directory: '-'",
    ],
    [
      { userName: 'file:///here' },
      "Error parsing parameter '--user-name': Unable to load paramfile file:///here: [Errno 21] Is a directory: '/here'",
    ],
    [
      { userName: 'file://latin1.txt' },
      "Error parsing parameter '--user-name': Unable to load paramfile (latin1.txt), text contents could not be decoded.  If this is a binary file, please use the fileb:// prefix instead of the file:// prefix.",
    ],
    [{ cliInputJson: '' }, "Error parsing parameter 'cli-input-json': Invalid JSON received."],
    [{ cliInputJson: '{bad' }, "Error parsing parameter 'cli-input-json': Invalid JSON received."],
    [{ cliInputJson: '\ufeff{}' }, "Error parsing parameter 'cli-input-json': Invalid JSON received."],
    [{ cliInputJson: 'fileb://latin1.txt' }, "Error parsing parameter 'cli-input-json': Invalid JSON received."],
    [{ cliInputJson: '-' }, "Error parsing parameter 'cli-input-json': Invalid JSON received."],
    [{ cliInputJson: '[1]' }, "Error parsing parameter '--cli-input-json': Invalid type: expecting map, received <class 'list'>"],
    [{ cliInputJson: 'NaN' }, "Error parsing parameter '--cli-input-json': Invalid type: expecting map, received <class 'float'>"],
    [{ cliInputYaml: '' }, "Error parsing parameter '--cli-input-yaml': Invalid type: expecting map, received <class 'NoneType'>"],
    [
      { cliInputYaml: '2020-01-01' },
      "Error parsing parameter '--cli-input-yaml': Invalid type: expecting map, received <class 'datetime.date'>",
    ],
    [{ cliInputYaml: '{' }, "Error parsing parameter 'cli-input-yaml': Invalid YAML received."],
    [{ cliInputJson: '{}', cliInputYaml: '{}' }, 'Only one --cli-input- parameter may be specified.'],
    // Of several the first in this order: files in the order of the options, then the document.
    [
      { cliInputJson: '{bad', cliInputYaml: 'file://nope' },
      "Error parsing parameter '--cli-input-yaml': Unable to load paramfile file://nope: [Errno 2] No such file or directory: 'nope'",
    ],
    [{ cliInputJson: '{bad', generateCliSkeleton: 'input' }, "Error parsing parameter 'cli-input-json': Invalid JSON received."],
  ] as const)('%j', async (flags, message) => {
    const files = { '/here/latin1.txt': Uint8Array.from([0x42, 0xff]) }
    await expect(read(flags, { files })).rejects.toEqual(new ParameterError(message))
  })

  test.each([
    ['nope', 'unknown encoding: nope'],
    ['', 'unknown encoding: '],
    ['utf-16', 'UTF-16 stream does not start with BOM'],
  ])('about the encoding %j is a general one', async (encoding, message) => {
    const machine = { files: { '/here/u.txt': 'Bo' }, env: { AWS_CLI_FILE_ENCODING: encoding } }
    await expect(read({ userName: 'file://u.txt' }, machine)).rejects.toEqual(new Failure(message))
  })
})

describe('a skeleton', () => {
  test('of the input is JSON', async () => {
    expect(await read({ generateCliSkeleton: 'input', userName: '' })).toEqual({
      kind: 'skeleton',
      text: '{\n    "UserName": "",\n    "AccessKeyId": "",\n    "Status": "Active"\n}\n',
    })
  })

  test('of the input as YAML says what is required and what is allowed', async () => {
    expect(await read({ generateCliSkeleton: 'yaml-input' })).toEqual({
      kind: 'skeleton',
      text: [
        "UserName: ''  # The name of the user.",
        "AccessKeyId: '' # [REQUIRED] The key to update.",
        'Status: Active # [REQUIRED] The new status. Valid values are: Active, Inactive.',
        '',
      ].join('\n'),
    })
  })

  test.each(['{1: x}', '? [a]\n: b'])('needs no keys of text in a document, unlike a call: %j', async cliInputYaml => {
    expect(await read({ cliInputYaml, generateCliSkeleton: 'input' })).toMatchObject({ kind: 'skeleton' })
    await expect(read({ cliInputYaml })).rejects.toEqual(new Failure('keywords must be strings'))
  })

  test('of the output is the sample', async () => {
    expect(await read({ generateCliSkeleton: 'output' })).toEqual({ kind: 'sample' })
  })
})
