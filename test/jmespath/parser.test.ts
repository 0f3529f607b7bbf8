import * as fs from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from '../../src/jmespath/parser.ts'
import { RecursionError, ValueError } from '../../src/python/exceptions.ts'

const recorded = fs
  .readFileSync(new URL('./recorded/syntax-errors.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split(/(?:^|\n\n)## /)
  .slice(1)
  .map(block => block.split('\n'))
  .map(([query = '', ...message]) => ({ query, message: message.join('\n') }))

test.each(recorded)('$query cannot be read', ({ query, message }) => {
  expect(() => parse(query)).toThrow(expect.objectContaining({ name: 'JmespathError', message }))
})

test.each([
  ['', 'Invalid JMESPath expression: cannot be empty.'],
  [' \n', 'Invalid jmespath expression: Incomplete expression:\n" \n"\n   ^'],
  ['a\x00', 'Bad jmespath expression: Unknown token \x00:\na\x00\n ^'],
  ['a.\ud800', 'Bad jmespath expression: Unknown token \ud800:\na.\ud800\n  ^'],
])('%j cannot be read', (query, message) => {
  expect(() => parse(query)).toThrow(expect.objectContaining({ message }))
})

test('an integer has at most 4300 digits', () => {
  expect(() => parse(`[${'1'.repeat(4301)}]`)).toThrow(
    /^Exceeds the limit \(4300 digits\) for integer string conversion: value has 4301 digits;/,
  )
})

test('a query nested too deep is refused', () => {
  expect(() => parse('!'.repeat(100_000))).toThrow(new RecursionError('maximum recursion depth exceeded'))
})

const fragment = fc.constantFrom(
  ...'.*[](){}|&!<>=@,:?`\'"\\-0 a',
  '[?',
  '[]',
  '||',
  '&&',
  '==',
  'a.b',
  '`1`',
  "'x'",
  '"x"',
  '[0]',
  '[1:]',
  'f(',
)

test('a text is a query or is refused in a sentence', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fragment, { maxLength: 12 }).map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(text, query => {
      try {
        parse(query)
      } catch (error) {
        expect(error).toBeInstanceOf(ValueError)
      }
    }),
    { numRuns: 2000 },
  )
})
