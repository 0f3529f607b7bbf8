/** Files as Node makes them, where the system says no halfway. */
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeHost } from '../../src/node/host.ts'

let folder = ''
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const { files } = nodeHost(process)

test('does not overwrite a file that exists already', () => {
  const name = path.join(folder, 'a/lock')
  files.create(name, 'mine')
  expect(() => files.create(name, 'yours')).toThrow(expect.objectContaining({ code: 'EEXIST' }))
  expect(fs.readFileSync(name, 'utf8')).toBe('mine')
})

test('nothing is left of a new file that could not be written whole', () => {
  const name = path.join(folder, 'lock')
  // Stands for a full disk: the file is made, and the write refused.
  expect(() => files.create(name, JSON.parse('7'))).toThrow()
  expect(fs.existsSync(name)).toBe(false)
})

test('what a killed run left beside a file goes with the next change, and nothing else', () => {
  // The largest number that Linux gives is far below.
  const gone = 2 ** 30
  const stays = [`y.${gone}.tmp`, `x.1.tmp`, `x.${gone}.tmp.bak`, `x.tmp`, 'x.a.tmp']
  for (const name of [...stays, `x.${gone}.tmp`]) fs.writeFileSync(path.join(folder, name), 'secret')
  files.replace(path.join(folder, 'x'), 'new', 0o600)
  expect(fs.readdirSync(folder).sort()).toEqual([...stays, 'x'].sort())
})
