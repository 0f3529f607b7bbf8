import { describe, expect, test } from 'vitest'
import { firstPageParameters, requestedPages } from '../../src/aws/paginator.ts'
import { Failure } from '../../src/core/errors.ts'
import type { PageRequest } from '../../src/core/paging.ts'
import { pagesRenderer } from '../../src/output/pages.ts'
import type { Dict, Value } from '../../src/python/value.ts'

const paging = { token: 'Marker', limit: 'MaxItems', more: 'IsTruncated', results: 'Keys' }
const wish = (some: Partial<PageRequest> = {}): PageRequest => ({
  paging,
  startingToken: undefined,
  pageSize: undefined,
  maxItems: undefined,
  ...some,
})

/** All of the pages, as a format that prints the whole list shows them. */
async function collected(...[pages, call]: Parameters<typeof requestedPages>) {
  const list = pagesRenderer('yaml', paging.results, data => JSON.stringify([...data]), true)
  let last: string | undefined
  for await (const { page, nextToken } of requestedPages(pages, call)) {
    list.page(page)
    last = nextToken
  }
  const output: Dict = new Map(JSON.parse([...list.end(last)].join('')))
  return { output, nextToken: last }
}

const token = (content: string) => Buffer.from(content).toString('base64')

/** A service that has these keys and gives two at a time. A marker is the number of the key that comes next. */
const service =
  (keys: readonly string[], asked: string[] = []) =>
  async ({ Marker }: { readonly Marker?: string }): Promise<Dict> => {
    asked.push(Marker ?? 'start')
    const from = Number(Marker ?? 0)
    const more = keys.length > from + 2
    return new Map<string, Value>([
      ['Keys', keys.slice(from, from + 2)],
      ['IsTruncated', more],
      ...(more ? [['Marker', String(from + 2)] as const] : []),
    ])
  }

const KEYS = ['a', 'b', 'c', 'd', 'e']

// Recorded from aws-cli 2.36.7, which asks for the page before it finds out.
test.each([
  ['"x"', undefined],
  ['1.5', undefined],
  ['[]', undefined],
  ['true', ['b', 'c', 'd', 'e']],
  ['false', KEYS],
  ['null', KEYS],
  ['-1', ['b', 'c', 'd', 'e']],
])('a token that skips %s', async (amount, keys) => {
  const asked: string[] = []
  const startingToken = token(`{"Marker": "0", "boto_truncate_amount": ${amount}}`)
  const listed = collected(wish({ startingToken }), service(KEYS, asked))
  if (keys) expect((await listed).output).toEqual(new Map([['Keys', keys]]))
  else await expect(listed).rejects.toThrow(new Failure('slice indices must be integers or None or have an __index__ method'))
  expect(asked[0]).toBe('start')
})

// Tokens as aws-cli 2.36.7 writes them.
describe('a list is cut, and its token says where', () => {
  test.each([
    [0n, [], '{"Marker": null, "boto_truncate_amount": 0}'],
    [1n, ['a'], '{"Marker": null, "boto_truncate_amount": 1}'],
    [2n, ['a', 'b'], '{"Marker": "2"}'],
    [3n, ['a', 'b', 'c'], '{"Marker": "2", "boto_truncate_amount": 1}'],
    [4n, ['a', 'b', 'c', 'd'], '{"Marker": "4"}'],
    // As Python cuts a list of two: without its last one.
    [-1n, ['a'], '{"Marker": null, "boto_truncate_amount": -1}'],
  ])('after %s', async (maxItems, keys, content) => {
    const { output, nextToken } = await collected(wish({ maxItems }), service(KEYS))
    expect(output).toEqual(
      new Map<string, Value>([
        ['Keys', keys],
        ['NextToken', token(content)],
      ]),
    )
    expect(nextToken).toBe(token(content))
  })

  test.each([undefined, 5n, 6n])('not where %s are wanted', async maxItems => {
    const { output } = await collected(wish({ maxItems }), service(KEYS))
    expect(output).toEqual(new Map([['Keys', KEYS]]))
  })
})

test('continuing from token to token gives every result once, for any number of items', async () => {
  for (const maxItems of [1n, 2n, 3n, 4n]) {
    const found: Value[] = []
    let startingToken: string | undefined
    do {
      const { output } = await collected(wish({ startingToken, maxItems }), async given =>
        service(KEYS)({ ...Object.fromEntries(firstPageParameters(wish({ startingToken }))), ...given }),
      )
      found.push(output.get('Keys') ?? null)
      startingToken = output.get('NextToken')?.toString()
    } while (startingToken)
    expect(found.flat()).toEqual(KEYS)
  }
})

// Recorded from aws-cli 2.36.7.
describe('what the first call says', () => {
  test.each<[Partial<PageRequest>, Readonly<Record<string, Value>>]>([
    [{}, {}],
    [{ pageSize: 2n }, { MaxItems: 2n }],
    [{ startingToken: token('{"Marker": "2"}') }, { Marker: '2' }],
    [
      { startingToken: token('{"Marker": "2", "boto_truncate_amount": 1}'), pageSize: 1n },
      { Marker: '2', MaxItems: 1n },
    ],
    [{ startingToken: token('{"Marker": null, "boto_truncate_amount": 1}') }, {}],
    [{ startingToken: token('{"Marker": 5, "Other": true}') }, { Marker: 5n, Other: true }],
    [{ startingToken: token('[1]') }, { Marker: token('[1]') }],
    [{ startingToken: 'AbC+' }, { Marker: 'AbC+' }],
    [{ startingToken: 'opaque' }, { Marker: 'opaque' }],
    [{ startingToken: 'm1___1' }, { Marker: 'm1' }],
    [{ startingToken: 'm1___x' }, { Marker: 'm1___x' }],
    [{ startingToken: 'None___1' }, {}],
    [{ startingToken: 'None' }, {}],
    [{ startingToken: '' }, { Marker: '' }],
  ])('%o', (some, members) => {
    expect(Object.fromEntries(firstPageParameters(wish(some)))).toEqual(members)
  })

  test.each([
    ['a___b___c', 'Bad starting token: a___b___c'],
    [token('123'), "'int' object has no attribute 'pop'"],
    [token('"a"'), "'str' object has no attribute 'pop'"],
  ])('%s is no token', (startingToken, message) => {
    expect(() => firstPageParameters(wish({ startingToken }))).toThrow(new Failure(message))
  })
})

test('a token that names no marker cannot be gone on from', async () => {
  const pages = wish({ startingToken: token('{}'), maxItems: 1n })
  await expect(collected(pages, service(KEYS))).rejects.toThrow(new Failure("Bad starting token: {'boto_truncate_amount': 1}"))
})

describe('where a later page does not come', () => {
  const failing = (failure: Error) => async (given: { readonly Marker?: string }) => {
    if (given.Marker === '2') throw failure
    return service(KEYS)(given)
  }

  test('those that came are given before', async () => {
    const failure = new Failure('no')
    const pages = requestedPages(wish(), failing(failure))
    const first = new Map<string, Value>([
      ['Keys', ['a', 'b']],
      ['IsTruncated', true],
      ['Marker', '2'],
    ])
    expect((await pages.next()).value).toEqual({ page: first, nextToken: undefined })
    await expect(pages.next()).rejects.toBe(failure)
  })

  test('a mistake of ours is no failure of the page', async () => {
    const mistake = new TypeError('oops')
    await expect(collected(wish(), failing(mistake))).rejects.toBe(mistake)
  })

  test('nor does the first, there is nothing to show', async () => {
    const failure = new Failure('no')
    await expect(collected(wish(), () => Promise.reject(failure))).rejects.toBe(failure)
  })
})

test('a service that gives the same marker twice is left', async () => {
  const asked: string[] = []
  const listed = collected(wish(), async ({ Marker }) => {
    asked.push(Marker ?? 'start')
    return new Map<string, Value>([
      ['Keys', []],
      ['IsTruncated', true],
      ['Marker', 'same'],
    ])
  })
  await expect(listed).rejects.toThrow(new Failure("Error during pagination: The same next token was received twice: {'Marker': 'same'}"))
  expect(asked).toEqual(['start', 'same'])
})

test('a reply without a list is an empty page', async () => {
  const call = async () => new Map()
  expect((await collected(wish(), call)).output).toEqual(new Map())
  expect((await requestedPages(wish(), call).next()).value).toEqual({ page: new Map(), nextToken: undefined })
})
