import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { expect, test } from 'vitest'
import type { Stat } from '../src/host.ts'
import { nodeHost } from '../src/node.ts'
import { stateFolder } from '../src/state.ts'
import { testHost } from './support/host.ts'

test.each([
  ['in the home directory', { HOME: '/home/bob' }, '/home/bob/.local/state/iamkey/calls'],
  ['where XDG_STATE_HOME says', { HOME: '/home/bob', XDG_STATE_HOME: '/state' }, '/state/iamkey/calls'],
  ['not where a path begins that is not absolute', { HOME: '/home/bob', XDG_STATE_HOME: 'state' }, '/home/bob/.local/state/iamkey/calls'],
  ['nowhere without a home', { HOME: '' }, undefined],
  ['nowhere in a home that is not absolute', { HOME: '.' }, undefined],
])('state is kept %s', (_, env, folder) => {
  expect(stateFolder(testHost({ env }), 'calls')).toBe(folder)
})

/** The folders that are there, and whether they are somebody else's. */
const withFolders = (owners: Readonly<Record<string, boolean>>) => {
  const stat = (name: string): Stat | undefined =>
    name in owners ? { mtime: 0, size: 0, mode: 0o700, isDirectory: true, isFile: false, isForeign: owners[name] === true } : undefined
  return stateFolder({ env: {}, home: '/home/bob', files: { ...testHost().files, stat } }, 'calls') !== undefined
}

test.each([
  ['a folder of our own', { '/': false, '/home/bob': false, '/home/bob/.local/state/iamkey/calls': false }, true],
  ['a home of our own', { '/': false, '/home/bob': false }, true],
  ['a folder of somebody else, who may have put anything there', { '/': false, '/home/bob/.local/state/iamkey/calls': true }, false],
  ["somebody else's home, with sudo", { '/': false, '/home/bob': true }, false],
])('%s', (_, owners, kept) => {
  expect(withFolders(owners)).toBe(kept)
})

test.runIf(process.getuid?.() === 0)('a folder belongs to somebody else, to root, or to who asks', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-'))
  const isForeign = () => nodeHost(process).files.stat(folder)?.isForeign
  expect(isForeign()).toBe(false)
  fs.chownSync(folder, 1234, 1234)
  expect(isForeign()).toBe(true)
  fs.rmdirSync(folder)
})
