import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { quote, quotePlus, unquote } from '../../src/python/urllib.ts'

// Recorded from Python 3.11.
test.each([
  ['', '', ''],
  ['aZ09_.-~', 'aZ09_.-~', 'aZ09_.-~'],
  ['a b', 'a%20b', 'a+b'],
  ["!'()*", '%21%27%28%29%2A', '%21%27%28%29%2A'],
  ['/?#[]@:&=+$,;%', '%2F%3F%23%5B%5D%40%3A%26%3D%2B%24%2C%3B%25', '%2F%3F%23%5B%5D%40%3A%26%3D%2B%24%2C%3B%25'],
  ['é€😀', '%C3%A9%E2%82%AC%F0%9F%98%80', '%C3%A9%E2%82%AC%F0%9F%98%80'],
])('%j is quoted as %s, and with pluses as %s', (text, quoted, withPluses) => {
  expect([quote(text), quotePlus(text)]).toEqual([quoted, withPluses])
})

test.each([
  ['a%20b', 'a b'],
  ['a+b', 'a+b'],
  ['%c3%A9', 'é'],
  ['100%', '100%'],
  ['%4', '%4'],
  ['%zz%41', '%zzA'],
])('%s is unquoted as %j', (text, unquoted) => expect(unquote(text)).toBe(unquoted))

test('what is quoted comes back', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => unquote(quote(text)) === text))
})
