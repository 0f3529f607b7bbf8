import { expect, test } from 'vitest'
import { expandUser, expandVars } from '../../src/python/path.ts'

const machine = {
  home: '/home/me/',
  files: {
    read(path: string) {
      if (path !== '/etc/passwd') throw new Error(path)
      return new TextEncoder().encode('root:x:0:0:root:/root:/bin/sh\nbob:x:1:1::/home/bob:/bin/sh\n')
    },
  },
}

// Recorded from Python 3.11: os.path.expanduser(path) with these homes.
test.each([
  ['~', '/home/me'],
  ['~/.aws/config', '/home/me/.aws/config'],
  ['~bob/x', '/home/bob/x'],
  ['~nobody-here/x', '~nobody-here/x'],
  ['/a/~', '/a/~'],
  ['', ''],
])('%j is at %j', (path, full) => expect(expandUser(path, machine)).toBe(full))

test('without a home directory a tilde is not expanded', () => {
  expect(expandUser('~/x', { ...machine, home: undefined })).toBe('~/x')
})

test('the root directory as home gives absolute paths', () => {
  expect(expandUser('~', { ...machine, home: '/' })).toBe('/')
  expect(expandUser('~/x', { ...machine, home: '/' })).toBe('/x')
})

// Recorded from Python 3.11: os.path.expandvars(path).
test.each([
  ['$A/x', 'one/x'],
  [`\${A}b`, 'oneb'],
  ['$Ab', '$Ab'],
  [`\${no}/$no`, `\${no}/$no`],
  [`\${A`, `\${A`],
  ['$$A', '$one'],
  ['$A$A', 'oneone'],
  ['$EMPTY/x', '/x'],
  [`\${}`, `\${}`],
])('%j expands to %j', (path, full) => expect(expandVars(path, { A: 'one', EMPTY: '' })).toBe(full))
