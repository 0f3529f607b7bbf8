import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COLORLESS } from '../../src/output/color.ts'
import { inOnePiece, type PagesRenderer, pagesRenderer } from '../../src/output/pages.ts'
import { type Format, renderer, type View } from '../../src/output/render.ts'
import { tablePages } from '../../src/output/table-pages.ts'
import { dumps } from '../../src/python/json.ts'
import { loads } from '../../src/python/json-decoder.ts'
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

/** What is printed of each page as it comes, and then after the last. */
async function printed(format: Format, nextToken: string | undefined, search?: (value: Value) => Value) {
  const render = await renderer(view(format, { ...(search && { search }) }))
  const list = pagesRenderer(format, 'Keys', render, search !== undefined)
  return [...pages.map(page => list.page(page)), [...list.end(nextToken)].join('')]
}

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
  ])('as %s', async (format, text) => {
    expect((await printed(format, 't')).join('')).toBe(text)
  })

  test.each<[Format, string, string]>([
    ['json', '', ''],
    ['table', '', ''],
    ['text', 'KEYS\ta\n', 'KEYS\tb\n'],
    ['yaml-stream', '- IsTruncated: true\n  Keys:\n  - Id: a\n  Marker: m\n', '- IsTruncated: false\n  Keys:\n  - Id: b\n'],
  ])('is shown as it comes, as %s', async (format, first, second) => {
    expect((await printed(format, undefined)).slice(0, 2)).toEqual([first, second])
  })

  test('is asked page by page by the formats that show it so', async () => {
    const search = (value: Value) => (isDict(value) ? (value.get('IsTruncated') ?? null) : null)
    expect(await printed('text', undefined, search)).toEqual(['None\n', 'None\n', ''])
    expect(await printed('yaml-stream', undefined, search)).toEqual(['- true\n', '- false\n', ''])
    expect(await printed('json', undefined, search)).toEqual(['', '', 'null\n'])
  })

  test('is for a pager in one piece', async () => {
    const list = inOnePiece(pagesRenderer('text', 'Keys', await renderer(view('text')), false))
    expect([...pages.map(page => list.page(page)), ...list.end('t')]).toEqual(['', '', 'KEYS\ta\nKEYS\tb\nNEXTTOKEN\tt\n'])
  })

  const scalar = fc.oneof(fc.string(), fc.boolean())
  const nested = fc.dictionary(fc.string(), scalar)
  const lists = fc.array(fc.option(fc.array(fc.dictionary(fc.string(), fc.oneof(scalar, nested, fc.array(nested))))), { maxLength: 4 })

  test.each<[Format, (render: (data: Dict) => string) => PagesRenderer]>([
    ['json', render => pagesRenderer('json', 'Keys', render, false)],
    ['table', () => tablePages(view('table'), 'Keys')],
  ])('is the same in pieces as whole, whatever is in it, as %s', async (format, inPieces) => {
    const render = await renderer(view(format))
    fc.assert(
      fc.property(lists, fc.option(fc.string(), { nil: undefined }), (contents, nextToken) => {
        const shown = (list: PagesRenderer) => {
          for (const content of contents) list.page(dict(JSON.stringify(content === null ? {} : { Keys: content })))
          return [...list.end(nextToken)].join('')
        }
        expect(shown(inPieces(render))).toBe(shown(pagesRenderer(format, 'Keys', render, true)))
      }),
    )
  })

  test('is drawn as a table some lines at a time, with its dates converted', async () => {
    const dates = (data: Dict) => dict(dumps(data).replaceAll('then', 'now'))
    const many = dict(JSON.stringify({ Keys: Array.from({ length: 250 }, (_, index) => ({ Id: `${index}`, CreateDate: 'then' })) }))
    const list = tablePages(view('table', { dates }), 'Keys')
    expect(list.page(many)).toBe('')
    const pieces = [...list.end('t')]
    expect(pieces.map(piece => piece.split('\n').length - 1)).toEqual([100, 100, 60])
    expect(pieces.join('')).toBe((await renderer(view('table', { dates })))(new Map([...many, ['NextToken', 't']])))
  })
})
