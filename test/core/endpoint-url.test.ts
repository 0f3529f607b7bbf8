import { describe, expect, test } from 'vitest'
import { readEndpointUrl } from '../../src/core/endpoint-url.ts'

// Recorded from aws-cli 2.36.7: what a failed connection calls the URL, and the target and Host of the request.
test.each([
  ['http://[fe80::1%25lo]:1/', 'http://[fe80::1%25lo]:1/', '[fe80::1%lo]', 1],
  ['http://[fe80::1%LO]', 'http://[fe80::1%LO]/', '[fe80::1%LO]', undefined],
  ['http://[::FFFF:127.0.0.1]:80/', 'http://[::FFFF:127.0.0.1]:80/', '[::ffff:127.0.0.1]', 80],
  ['HTTP://LOCALHOST:01/x', 'http://LOCALHOST:01/x', 'localhost', 1],
  ['http://256.1.1.1', 'http://256.1.1.1/', '256.1.1.1', undefined],
  ['http://127.1', 'http://127.1/', '127.1', undefined],
  ['http://h:/', 'http://h:/', 'h', undefined],
  ['http://h?x#y', 'http://h/?x#y', 'h', undefined],
])('%s is shown as %s and called at %s, port %s', (url, shown, hostname, port) =>
  expect(readEndpointUrl(url)).toMatchObject({ shown, hostname, port }),
)

test('a password is not shown', () => expect(readEndpointUrl('http://me:secret@h/x').shown).toBe('http://h/x'))

// Recorded from aws-cli 2.36.7: the target of the request.
describe.each([
  ['/a/../b', '/a/../b', ''],
  ['/./', '/./', ''],
  ['/%c3%a9', '/%C3%A9', ''],
  ['/é', '/%C3%A9', ''],
  ['/%zz', '/%25zz', ''],
  ['/%zz%41', '/%25zz%2541', ''],
  ['/ a', '/%20a', ''],
  ['/\\', '/%5C', ''],
  ['/<>"{}|^`', '/%3C%3E%22%7B%7D%7C%5E%60', ''],
  ['/[x]', '/%5Bx%5D', ''],
  ['?x', '/', 'x'],
  ['/?b=1&a=2&a=3', '/', 'b=1&a=2&a=3'],
  ['/x/?/y?z', '/x/', '/y?z'],
  ['/?q=%41+b c', '/', 'q=%41+b%20c'],
])('%s', (end, path, query) => {
  test(`is ${path} and ${query}`, () => expect(readEndpointUrl(`http://h${end}`)).toMatchObject({ path, query }))
})
