import { describe, expect, test } from 'vitest'
import { PythonObject } from '../../src/cli/parameter.ts'
import { loadYaml } from '../../src/cli/yaml-document.ts'
import { ValueError } from '../../src/python/exceptions.ts'

// Recorded from ruamel.yaml 0.17.21, YAML(typ='safe', pure=True), as aws-cli 2.36.7 uses it.
describe('a plain scalar', () => {
  test.each([
    ['Bob', 'Bob'],
    ['yes', 'yes'],
    ['12:30:45', '12:30:45'],
    ['1,000', '1,000'],
    ['2020-1-1', '2020-1-1'],
    ['2020-01-01T10:00', '2020-01-01T10:00'],
    ['5', 5n],
    ['+5', 5n],
    ['0123', 123n],
    ['0o17', 15n],
    ['-0b11', -3n],
    ['0x1F', 31n],
    ['1_000', 1000n],
    ['9'.repeat(30), BigInt('9'.repeat(30))],
    ['1.', 1],
    ['1e3', 1000],
    ['1_0.5', 10.5],
    ['.inf', Number.POSITIVE_INFINITY],
    ['True', true],
    ['tRue', 'tRue'],
    ['~', null],
    ['', null],
    ['!!str 5', '5'],
    ['!!binary Qm9i', new Uint8Array(Buffer.from('Bob'))],
    ['2020-01-01', new PythonObject('datetime.date', '2020-01-01', undefined, 'datetime.date(2020, 1, 1)')],
    [
      '2020-01-01T10:00:00Z',
      new PythonObject('datetime.datetime', '2020-01-01 10:00:00', undefined, 'datetime.datetime(2020, 1, 1, 10, 0)'),
    ],
    [
      '2020-1-1 1:02:03.5 +02:00',
      new PythonObject('datetime.datetime', '2019-12-31 23:02:03.500000', undefined, 'datetime.datetime(2019, 12, 31, 23, 2, 3, 500000)'),
    ],
  ])('%s', (text, value) => {
    const loaded = loadYaml(`UserName: ${text}`)
    expect(loaded).toEqual(new Map([['UserName', value instanceof Uint8Array ? expect.any(Uint8Array) : value]]))
    if (value instanceof Uint8Array && loaded instanceof Map) expect(Buffer.from(loaded.get('UserName'))).toEqual(Buffer.from(value))
  })
})

describe('no document', () => {
  test.each([
    'UserName: =',
    'UserName: !foo Bob',
    'UserName: *nobody',
    'UserName: "Bob',
    'UserName: Bob\nUserName: Al',
    '{UserName: Bob',
    '\tUserName: Bob',
    'UserName: Bob # \x01',
    'UserName: Bob\n---\nUserName: Al',
  ])('%j', text => {
    expect(() => loadYaml(text)).toThrow(ValueError)
  })

  test('bytes that are no UTF-8', () => {
    expect(() => loadYaml(Uint8Array.from([0x61, 0xff]))).toThrow(ValueError)
  })
})

test.each([
  ['', null],
  ['- a\n- 5', ['a', 5n]],
  ['\ufeffUserName: Bob', new Map([['UserName', 'Bob']])],
  ['UserName: Bob\r\n', new Map([['UserName', 'Bob']])],
  [
    'b: &x {c: d}\n<<: *x',
    new Map<string, unknown>([
      ['b', new Map([['c', 'd']])],
      ['c', 'd'],
    ]),
  ],
])('%j', (text, value) => {
  expect(loadYaml(text)).toEqual(value)
})

test('UTF-16 is told by its mark', () => {
  expect(loadYaml(Uint8Array.from([0xff, 0xfe, ...Buffer.from('a: é', 'utf16le')]))).toEqual(new Map([['a', 'é']]))
})
