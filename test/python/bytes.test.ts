import { expect, test } from 'vitest'
import { reprBytes } from '../../src/python/bytes.ts'

// Recorded from Python 3.11.
test.each([
  ['Bob', "b'Bob'"],
  ['', "b''"],
  ["it's", 'b"it\'s"'],
  ['\'"', "b'\\'\"'"],
  ['\\\n\r\t\0~\x7f\xff', "b'\\\\\\n\\r\\t\\x00~\\x7f\\xff'"],
])('%j', (content, shown) => {
  expect(reprBytes(Buffer.from(content, 'latin1'))).toBe(shown)
})
