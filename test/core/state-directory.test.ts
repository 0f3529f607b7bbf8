import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { expect, test } from 'vitest'
import { stateDirectory } from '../../src/core/state-directory.ts'
import { nodeHost } from '../../src/node/host.ts'
import { testHost } from '../support/host.ts'

test.each([
  ['in the home directory', { HOME: '/home/bob' }, '/home/bob/.local/state/iamkey/calls'],
  ['where XDG_STATE_HOME says', { HOME: '/home/bob', XDG_STATE_HOME: '/state' }, '/state/iamkey/calls'],
  ['not where a path begins that is not absolute', { HOME: '/home/bob', XDG_STATE_HOME: 'state' }, '/home/bob/.local/state/iamkey/calls'],
  ['nowhere without a home', { HOME: '' }, undefined],
  ['nowhere in a home that is not absolute', { HOME: '.' }, undefined],
])('state is kept %s', (_, env, folder) => {
  expect(stateDirectory(testHost({ env }), 'calls')).toBe(folder)
})

test('state of somebody else is none of ours', () => {
  const { files, ...host } = testHost()
  expect(stateDirectory({ ...host, files: { ...files, isForeign: () => true } }, 'calls')).toBeUndefined()
})

test.runIf(process.getuid?.() === 0)('whoever has the folder above has what will be in it', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-'))
  fs.mkdirSync(path.join(folder, 'ours'))
  fs.chownSync(folder, 1234, 1234)
  const { isForeign } = nodeHost(process).files
  expect(['', 'a/b', 'ours', 'ours/a'].map(name => isForeign(path.join(folder, name)))).toEqual([true, true, false, false])
  fs.rmSync(folder, { recursive: true })
})
