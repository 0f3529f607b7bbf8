/** Generated queries, asked of jmespath.py 1.0.1 as well, where this machine has it. */

import { spawnSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { search } from '../../src/jmespath/evaluate.ts'
import { parse } from '../../src/jmespath/parser.ts'
import { dumps } from '../../src/python/json.ts'
import { loads } from '../../src/python/json-decoder.ts'

const DATA = `{"a": [1, 2.5, -3, true, null, "x", [1, [2]], {"b": 1}], "b": {"c": {"d": "é😀", "2": 1, "1": 2}}, "n": [3, 1.0, 2],
  "s": ["b", "a", "😀", ""], "o": [{"k": 2, "v": "x", "z": [1]}, {"k": 1.0, "v": "y"}], "e": [], "f": {}, "nil": null, "big": 1e16}`

const PROGRAM = `
import json, sys, jmespath
queries, data = json.load(sys.stdin)
def answer(query):
    try:
        return json.dumps(jmespath.search(query, json.loads(data)))
    except Exception as error:
        return str(error)
print(json.dumps([answer(query) for query in queries]))
`
const run = (python: string, program: string, input = ''): string =>
  spawnSync(python, ['-W', 'ignore', '-c', program], { input, encoding: 'utf8', maxBuffer: 2 ** 26 }).stdout ?? ''

// Debian's python3-jmespath belongs to /usr/bin/python3, which need not be the first one in PATH.
const python = ['python3', '/usr/bin/python3'].find(
  python => run(python, 'import jmespath; print(jmespath.__version__)').trim() === '1.0.1',
)
if (!python) console.warn('skipped: no python3 with jmespath 1.0.1 to compare queries with')

const name = fc.constantFrom('a', 'b', 'c', 'd', 'n', 's', 'o', 'k', 'v', 'z', 'e', 'f', 'nil', 'big', '"2"', '@', '*')
const literal = fc.constantFrom(
  '`1`',
  '`1.0`',
  '`0`',
  '`true`',
  '`null`',
  '`"b"`',
  '`foo`',
  '`[1,2]`',
  '`[1,"a"]`',
  '`{"a":1}`',
  "'b'",
  "'1_0'",
  '`[[1]]`',
)
const suffix = fc.constantFrom(
  '[0]',
  '[-1]',
  '[*]',
  '[]',
  '[1:]',
  '[::-1]',
  '[::0]',
  '[?a]',
  '[?@ > `1`]',
  '.*',
  '.[a, k]',
  '.{a: a, k: k}',
  '.a',
  '.k',
  '.b.c',
)
const operator = fc.constantFrom(' | ', ' || ', ' && ', ' == ', ' != ', ' < ', ' >= ')
const call = fc.constantFrom(
  ...'abs avg ceil contains ends_with floor join keys length map max max_by merge min min_by not_null reverse sort sort_by starts_with sum to_array to_number to_string type values nope'.split(
    ' ',
  ),
)
const damage = fc.constantFrom('', '', '', '', '', '.', '[', ']', ')', '`', "'", '"', '&', '!', ',', ':', '?', '-', 'é', ' ')

const { query } = fc.letrec<{ query: string; argument: string }>(tie => ({
  argument: fc.oneof(
    tie('query'),
    tie('query').map(text => `&${text}`),
    fc.constantFrom('n', 's', 'o', '&k', '&v', '&@'),
  ),
  query: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    name,
    literal,
    fc.tuple(tie('query'), suffix).map(parts => parts.join('')),
    fc.tuple(tie('query'), operator, tie('query')).map(parts => parts.join('')),
    fc.tuple(call, fc.array(tie('argument'), { maxLength: 3 })).map(([name, args]) => `${name}(${args.join(', ')})`),
    fc.array(tie('query'), { minLength: 1, maxLength: 3 }).map(items => `[${items.join(', ')}]`),
    tie('query').map(text => `!(${text})`),
    fc.tuple(tie('query'), damage, tie('query')).map(parts => parts.join('')),
  ),
}))

function answer(query: string): string {
  try {
    return dumps(search(parse(query), loads(DATA)))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

test.skipIf(!python)('1000 generated queries are answered alike', () => {
  const queries = fc.sample(query, 1000)
  const answers: readonly string[] = JSON.parse(run(python ?? '', PROGRAM, JSON.stringify([queries, DATA])))
  // Python shows the address of what an `&` stands for, and its JSON names the class.
  const comparable = queries.map((query, index) => [query, answers[index] ?? '']).filter(([, answer]) => !answer?.includes('_Expression'))
  expect(comparable.length).toBeGreaterThan(500)
  expect(comparable.map(([query = '']) => [query, answer(query)])).toEqual(comparable)
})
