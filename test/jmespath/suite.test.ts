/** The official compliance suite (jmespath/jmespath.test), which is not part of this project. */

import * as fs from 'node:fs'
import { describe, expect, test } from 'vitest'
import { search } from '../../src/jmespath/evaluate.ts'
import { parse } from '../../src/jmespath/parser.ts'
import { ValueError } from '../../src/python/exceptions.ts'
import { dumps } from '../../src/python/json.ts'
import { loads } from '../../src/python/json-decoder.ts'
import { type Dict, isDict, isList, type Value } from '../../src/python/value.ts'

const folder = process.env.IAMKEY_JMESPATH_SUITE ?? new URL('../../../shared/jmespath', import.meta.url).pathname
const isHere = fs.existsSync(folder)
if (!isHere) console.warn(`skipped: the compliance suite of JMESPath is not in ${folder} (set IAMKEY_JMESPATH_SUITE)`)

/** The cases with a result or an error; the others are benchmarks. */
function casesOf(file: string) {
  const groups = loads(fs.readFileSync(`${folder}/${file}`, 'utf8'))
  return listOf(groups).flatMap(group =>
    listOf(group.get('cases'))
      .filter(entry => entry.has('result') || entry.has('error'))
      .map(entry => ({
        file,
        query: String(entry.get('expression')),
        given: group.get('given') ?? null,
        result: entry.get('result'),
        error: entry.get('error'),
      })),
  )
}

const listOf = (value: Value | undefined): readonly Dict[] => (isList(value) ? value.filter(isDict) : [])

/** The suite does not tell integers from floats. */
const withoutTypes = (value: Value): unknown => JSON.parse(dumps(value))

const cases = isHere
  ? fs
      .readdirSync(folder)
      .filter(file => file.endsWith('.json'))
      .flatMap(casesOf)
  : []

describe.skipIf(!isHere)('the compliance suite', () => {
  test('is complete', () => expect(cases).toHaveLength(892))

  test.each(cases)('$file: $query', ({ query, given, result, error }) => {
    const answer = (): Value => search(parse(query), given)
    if (result !== undefined) expect(withoutTypes(answer())).toEqual(withoutTypes(result))
    else expect(error === 'syntax' ? () => parse(query) : answer).toThrow(ValueError)
  })
})
