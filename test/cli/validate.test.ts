import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { type Parameter, PythonObject } from '../../src/cli/parameter.ts'
import { checkInput } from '../../src/cli/validate.ts'
import type { Command } from '../../src/core/command.ts'
import { Failure, ParameterError, RefusedByForm } from '../../src/core/errors.ts'
import { loads } from '../../src/python/json-decoder.ts'

const command: Command = {
  name: 'x',
  operation: 'CreateAccessKey',
  summary: '',
  input: () =>
    z.strictObject({
      UserName: z.optional(z.string().check(z.minLength(1), z.maxLength(128), z.regex(/^[\w+=,.@-]*$/, 'letters, digits and _+=,.@-'))),
      Status: z.optional(z.enum(['Active', 'Inactive'])),
    }),
  sample: new Map(),
  run: () => Promise.reject(new Error('not called')),
}

const check = (parameters: Record<string, Parameter>, parameterValidation = true) =>
  checkInput(command, new Map(Object.entries(parameters)), parameterValidation)

const complaint = (...lines: string[]) => new ParameterError(['Parameter validation failed:', ...lines].join('\n'))

test.each([[{}], [{ UserName: 'Bob' }], [{ UserName: 'a+b=c,d.e@f-_' }], [{ UserName: 'x'.repeat(128), Status: 'Active' }]])(
  '%j is fine',
  input => {
    expect(check(input)).toEqual(input)
  },
)

// Recorded from aws-cli 2.36.7.
describe("botocore's words", () => {
  const members = 'UserName, Status'
  test.each([
    ['{"UserName": ""}', ['Invalid length for parameter UserName, value: 0, valid min length: 1']],
    ['{"UserName": 5}', ["Invalid type for parameter UserName, value: 5, type: <class 'int'>, valid types: <class 'str'>"]],
    ['{"UserName": null}', ["Invalid type for parameter UserName, value: None, type: <class 'NoneType'>, valid types: <class 'str'>"]],
    ['{"UserName": true}', ["Invalid type for parameter UserName, value: True, type: <class 'bool'>, valid types: <class 'str'>"]],
    [
      '{"UserName": {"a": 1.0, "b": [null]}}',
      ["Invalid type for parameter UserName, value: {'a': 1.0, 'b': [None]}, type: <class 'dict'>, valid types: <class 'str'>"],
    ],
    ['{"Status": 5}', ["Invalid type for parameter Status, value: 5, type: <class 'int'>, valid types: <class 'str'>"]],
    ['{"userName": "Bob"}', [`Unknown parameter in input: "userName", must be one of: ${members}`]],
    [
      '{"UserName": 5, "Foo": 1, "Bar": 2}',
      [
        `Unknown parameter in input: "Foo", must be one of: ${members}`,
        `Unknown parameter in input: "Bar", must be one of: ${members}`,
        "Invalid type for parameter UserName, value: 5, type: <class 'int'>, valid types: <class 'str'>",
      ],
    ],
  ])('%s', (document, lines) => {
    const parameters = loads(document) as ReadonlyMap<string, Parameter>
    expect(() => checkInput(command, parameters, true)).toThrow(complaint(...lines))
  })

  test('bytes and dates are shown as Python shows them', () => {
    expect(() => check({ UserName: Buffer.from('caf\xe9', 'latin1') })).toThrow(
      complaint("Invalid type for parameter UserName, value: b'caf\\xe9', type: <class 'bytes'>, valid types: <class 'str'>"),
    )
    expect(() => check({ UserName: new PythonObject('datetime.datetime', '2020-01-01 10:00:00') })).toThrow(
      complaint(
        "Invalid type for parameter UserName, value: 2020-01-01 10:00:00, type: <class 'datetime.datetime'>, valid types: <class 'str'>",
      ),
    )
  })

  test.each([
    ['caf\udce9', "'utf-8' codec can't encode character '\\udce9' in position 3: surrogates not allowed"],
    ['😀\ud800\ud801x', "'utf-8' codec can't encode characters in position 1-2: surrogates not allowed"],
  ])('%j has no UTF-8', (text, message) => {
    expect(() => check({ UserName: text })).toThrow(new Failure(message))
  })
})

// Recorded from aws-cli 2.36.7.
test.each([
  ['"1"', "Invalid type for parameter MaxItems, value: 1, type: <class 'str'>, valid types: <class 'int'>"],
  ['1.0', "Invalid type for parameter MaxItems, value: 1.0, type: <class 'float'>, valid types: <class 'int'>"],
  ['null', "Invalid type for parameter MaxItems, value: None, type: <class 'NoneType'>, valid types: <class 'int'>"],
  ['0', 'Invalid value for parameter MaxItems, value: 0, valid min value: 1'],
])('%s is no number of results', (value, line) => {
  const counting = { ...command, input: () => z.strictObject({ MaxItems: z.optional(z.bigint().check(z.minimum(1n))) }) }
  const parameters = loads(`{"MaxItems": ${value}}`) as ReadonlyMap<string, Parameter>
  expect(() => checkInput(counting, parameters, true)).toThrow(complaint(line))
  expect(checkInput(counting, new Map([['MaxItems', 5n]]), true)).toEqual({ MaxItems: 5 })
})

test('a member that must be is missed, also where it is one of a few words', () => {
  const choosing = { ...command, input: () => z.strictObject({ Status: z.enum(['Active', 'Inactive']) }) }
  expect(() => checkInput(choosing, new Map(), true)).toThrow(complaint('Missing required parameter in input: "Status"'))
})

describe("IAM's rules", () => {
  test.each([
    ['a b', "Invalid value for parameter UserName: ' ' at position 2; allowed are letters, digits and _+=,.@-"],
    ['Bob\n', "Invalid value for parameter UserName: '\\n' at position 4; allowed are letters, digits and _+=,.@-"],
    ['a😀é', "Invalid value for parameter UserName: '😀' at position 2; allowed are letters, digits and _+=,.@-"],
    ['x'.repeat(129), 'Invalid length for parameter UserName, value: 129, valid max length: 128'],
  ])('%j', (text, line) => {
    expect(() => check({ UserName: text })).toThrow(complaint(line))
    expect(() => check({ UserName: text })).toThrow(RefusedByForm)
  })

  test('a value outside an enumeration', () => {
    expect(() => check({ Status: 'Off' })).toThrow(complaint("Invalid value for parameter Status: 'Off'; allowed are Active, Inactive"))
  })

  test("are spoken of once botocore's are kept", () => {
    expect(() => check({ UserName: 'a b', Foo: 1n })).toThrow(
      complaint('Unknown parameter in input: "Foo", must be one of: UserName, Status'),
    )
  })
})

// What aws-cli 2.36.7 sends with `parameter_validation = false`.
describe('without checks', () => {
  test.each([
    [{ UserName: '' }, { UserName: '' }],
    [{ UserName: 'tenant$Bob' }, { UserName: 'tenant$Bob' }],
    [{ UserName: 'x'.repeat(129) }, { UserName: 'x'.repeat(129) }],
    [{ Status: 'Off' }, { Status: 'Off' }],
    [{ UserName: 5n }, { UserName: '5' }],
    [{ UserName: 1.5 }, { UserName: '1.5' }],
    [{ UserName: null }, { UserName: 'None' }],
    [{ UserName: Buffer.from('Bob') }, { UserName: 'Bob' }],
  ])('%o', (parameters, input) => {
    expect(check(parameters, false)).toEqual(input)
  })

  test('a member IAM does not have still ends the run', () => {
    expect(() => check({ Foo: 1n }, false)).toThrow(new Failure("'Foo'"))
  })
})
