import { expect, test } from 'vitest'
import { b64decode } from '../../src/python/base64.ts'
import { ValueError } from '../../src/python/exceptions.ts'

// Recorded from Python 3.11.
test.each([
  ['', ''],
  ['YWI=', 'ab'],
  ['YQ==', 'a'],
  ['Y W\nI=', 'ab'],
  ['YWI=YWI=', 'ab'],
  ['=YWJj', 'abc'],
  ['YW-Jj_', 'abc'],
  ['YWJjé', 'abc'],
])('%j', (text, bytes) => {
  expect(Buffer.from(b64decode(text)).toString()).toBe(bytes)
})

test.each(['Y', 'YW', 'YWI', 'YQ=', 'YWJjZ'])('%j lacks padding', text => {
  expect(() => b64decode(text)).toThrow(ValueError)
})
