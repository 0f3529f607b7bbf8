import { describe, expect, test } from 'vitest'
import { COLORLESS } from '../../src/output/color.ts'
import { type Format, renderer, type View } from '../../src/output/render.ts'
import { loads } from '../../src/python/json.ts'
import { type Dict, isDict, type Value } from '../../src/python/value.ts'

const view = (format: Format, more: Partial<View> = {}): View => ({
  format,
  title: 'CreateAccessKey',
  color: COLORLESS,
  columns: undefined,
  ...more,
})

function dict(json: string): Dict {
  const value = loads(json)
  return isDict(value) ? value : new Map()
}
const reply = dict('{"AccessKey": {"UserName": "Zoë", "CreateDate": "2015-03-09T18:39:23Z"}}')

// Recorded from aws-cli 2.36.7.
test.each<[Format, string]>([
  ['json', '{\n    "AccessKey": {\n        "UserName": "Zoë",\n        "CreateDate": "2015-03-09T18:39:23Z"\n    }\n}\n'],
  ['text', 'ACCESSKEY\t2015-03-09T18:39:23Z\tZoë\n'],
  ['yaml', "AccessKey:\n  CreateDate: '2015-03-09T18:39:23Z'\n  UserName: Zoë\n"],
  ['yaml-stream', "- AccessKey:\n    CreateDate: '2015-03-09T18:39:23Z'\n    UserName: Zoë\n"],
  ['off', ''],
])('as %s', async (format, printed) => expect((await renderer(view(format)))(reply)).toBe(printed))

test.each<[Format, string]>([
  ['json', 'null\n'],
  ['text', 'None\n'],
  ['table', ''],
  ['yaml', 'null\n'],
  ['yaml-stream', '- null\n'],
  ['off', ''],
])('a query that selects nothing, as %s', async (format, printed) => {
  const print = await renderer(view(format, { search: () => null }))
  expect(print(reply)).toBe(printed)
})

test.each<Format>(['json', 'text', 'table', 'yaml', 'yaml-stream', 'off'])('an empty reply is no output as %s', async format => {
  expect((await renderer(view(format)))(new Map())).toBe('')
})

test.each(['[]', '{"a": {}, "b": []}', '"\\u007f\\u2028😀"', '[1.0, 1e+16, 12345678901234567890]'])('%s in JSON', async json => {
  const print = await renderer(view('json', { search: () => loads(json) }))
  expect(loads(print(reply))).toEqual(loads(json))
})

test('the query sees the dates as they are printed', async () => {
  const seen: Value[] = []
  const dated = dict('{"dated": true}')
  const search = (value: Value) => {
    seen.push(value)
    return value
  }
  const print = await renderer(view('json', { dates: () => dated, search }))
  expect([print(reply), seen]).toEqual(['{\n    "dated": true\n}\n', [dated]])
})

// Recorded from aws-cli 2.36.7, --cli-error-format table.
test('an error is a table of its own', async () => {
  const message = 'Unable to locate credentials. You can configure credentials by running "aws login".'
  const error = new Map([
    ['Code', 'NoCredentials'],
    ['Message', message],
  ])
  expect((await renderer(view('table', { title: 'error' })))(error).split('\n')).toEqual([
    '-'.repeat(100),
    `|${' '.repeat(47)}error${' '.repeat(46)}|`,
    `+---------+${'-'.repeat(88)}+`,
    `|  Code   |  NoCredentials${' '.repeat(73)}|`,
    `|  Message|  ${message}${' '.repeat(3)}|`,
    `+---------+${'-'.repeat(88)}+`,
    '',
  ])
})

const page = (key: string, more: string) => dict(`{"Keys": [{"Id": "${key}"}]${more}}`)
const pages = [page('a', ', "IsTruncated": true, "Marker": "m"'), page('b', ', "IsTruncated": false')]
const whole = dict('{"Keys": [{"Id": "a"}, {"Id": "b"}], "NextToken": "t"}')

// Recorded from aws-cli 2.36.7.
describe('a list that came in pages', () => {
  test.each<[Format, string]>([
    [
      'json',
      '{\n    "Keys": [\n        {\n            "Id": "a"\n        },\n        {\n            "Id": "b"\n        }\n    ],\n    "NextToken": "t"\n}\n',
    ],
    ['text', 'KEYS\ta\nKEYS\tb\nNEXTTOKEN\tt\n'],
    ['yaml', 'Keys:\n- Id: a\n- Id: b\nNextToken: t\n'],
    ['yaml-stream', '- IsTruncated: true\n  Keys:\n  - Id: a\n  Marker: m\n- IsTruncated: false\n  Keys:\n  - Id: b\n'],
    ['off', ''],
  ])('as %s', async (format, printed) => {
    const print = await renderer(view(format))
    expect(print(whole, { pages, results: 'Keys', nextToken: 't', broken: false })).toBe(printed)
  })

  test.each<[Format, string]>([
    ['json', ''],
    ['table', ''],
    ['text', 'KEYS\ta\n'],
    ['yaml-stream', '- IsTruncated: true\n  Keys:\n  - Id: a\n  Marker: m\n'],
  ])('and broke off, as %s', async (format, printed) => {
    const print = await renderer(view(format))
    expect(print(whole, { pages: pages.slice(0, 1), results: 'Keys', nextToken: undefined, broken: true })).toBe(printed)
  })

  test('is asked page by page by the formats that show it so', async () => {
    const search = (value: Value) => (isDict(value) ? (value.get('IsTruncated') ?? null) : null)
    const paged = { pages, results: 'Keys', nextToken: undefined, broken: false }
    expect((await renderer(view('text', { search })))(whole, paged)).toBe('None\nNone\n')
    expect((await renderer(view('yaml-stream', { search })))(whole, paged)).toBe('- true\n- false\n')
    expect((await renderer(view('json', { search })))(whole, paged)).toBe('null\n')
  })
})
