import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { codeCache, type Runtime, readCode } from '../../startup/code-cache.ts'
import { writeCode } from '../../startup/write-code-cache.ts'

const CODE = Buffer.from('what V8 has compiled')

let home = ''
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-cache-'))
})
afterEach(() => fs.rmSync(home, { recursive: true }))

const runtime = (differently: Partial<Runtime> = {}): Runtime => ({
  env: { HOME: home },
  version: 'v24.0.0',
  arch: 'x64',
  execArgv: [],
  getuid: process.getuid ?? (() => 0),
  ...differently,
})
function open(differently?: Partial<Runtime>, build = 'this build') {
  const cache = codeCache(build, runtime(differently))
  return {
    read: (name: string) => cache && readCode(cache, name)?.bytes,
    write: (name: string, bytes: Uint8Array) => cache && writeCode(cache, name, { bytes, isWhole: true }, 1),
  }
}
const folder = () => path.join(home, '.cache/iamkey')
const file = () => path.join(folder(), fs.readdirSync(folder())[0] ?? '')
const change = (edit: (bytes: Buffer) => Uint8Array) => fs.writeFileSync(file(), edit(fs.readFileSync(file())))
const flip = (at: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  return bytes
}

test('what was written is read, by nobody but its owner', () => {
  open().write('main', CODE)
  expect(Buffer.from(open().read('main') ?? [])).toEqual(CODE)
  expect(fs.statSync(folder()).mode & 0o777).toBe(0o700)
  expect(fs.statSync(file()).mode & 0o777).toBe(0o600)
})

test.each([true, false])('whether it is whole (%s) is read too', isWhole => {
  const cache = codeCache('this build', runtime())
  if (cache) writeCode(cache, 'main', { bytes: CODE, isWhole }, 1)
  expect(cache && readCode(cache, 'main')).toEqual({ bytes: CODE, isWhole })
})

test.each<[what: string, spoil: () => void]>([
  ['cut short', () => change(bytes => bytes.subarray(0, -1))],
  ['half of it', () => change(bytes => bytes.subarray(0, bytes.length / 2))],
  ['a quarter of it', () => change(bytes => bytes.subarray(0, bytes.length / 4))],
  ['nothing', () => change(() => Buffer.alloc(0))],
  ['a flipped bit at its start', () => change(flip(0))],
  ['a flipped bit in its second half', () => change(bytes => flip(bytes.length / 2 + 3)(bytes))],
  ['a flipped bit at its end', () => change(bytes => flip(bytes.length - 1)(bytes))],
  ['writable by the group', () => fs.chmodSync(file(), 0o660)],
  ['writable by everybody', () => fs.chmodSync(file(), 0o602)],
  ['in a folder writable by everybody', () => fs.chmodSync(folder(), 0o777)],
])('a file that is %s is not read', (_, spoil) => {
  open().write('main', CODE)
  spoil()
  expect(open().read('main')).toBeUndefined()
})

test('a link is not followed', () => {
  open().write('main', CODE)
  const name = file()
  fs.renameSync(name, `${home}/elsewhere`)
  fs.symlinkSync(`${home}/elsewhere`, name)
  expect(open().read('main')).toBeUndefined()
})

test('nothing of another owner is read', () => {
  open().write('main', CODE)
  expect(open({ getuid: () => 12_345 }).read('main')).toBeUndefined()
})

test.each<[what: string, differently: Partial<Runtime>]>([
  ['version', { version: 'v20.0.0' }],
  ['processor', { arch: 'arm64' }],
  ['flags', { execArgv: ['--jitless'] }],
])('each %s of Node has its own', (_, differently) => {
  open().write('main', CODE)
  expect(open(differently).read('main')).toBeUndefined()
  open(differently).write('main', Buffer.from('other'))
  expect(Buffer.from(open().read('main') ?? [])).toEqual(CODE)
})

test('NODE_OPTIONS are flags, and a build has its own', () => {
  open().write('main', CODE)
  expect(open({ env: { HOME: home, NODE_OPTIONS: '--jitless' } }).read('main')).toBeUndefined()
  expect(open({}, 'another build').read('main')).toBeUndefined()
})

test.each<[where: string, env: () => Runtime['env']]>([
  ['no HOME', () => ({})],
  ['a HOME that is not there', () => ({ HOME: '/proc/nowhere' })],
  ['a HOME that is a file', () => ({ HOME: '/dev/null' })],
  ['a relative XDG_CACHE_HOME and no HOME', () => ({ XDG_CACHE_HOME: 'cache' })],
  ['a wish for no cache', () => ({ HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' })],
])('%s: nothing is kept, and nothing fails', (_, env) => {
  open({ env: env() }).write('main', CODE)
  expect(open({ env: env() }).read('main')).toBeUndefined()
  expect(fs.readdirSync(home)).toEqual([])
})

test("root leaves nothing in somebody else's home", () => {
  open({ getuid: () => 12_345 }).write('main', CODE)
  expect(fs.readdirSync(home)).toEqual([])
})

test('XDG_CACHE_HOME comes before HOME', () => {
  open({ env: { HOME: '/dev/null', XDG_CACHE_HOME: home } }).write('main', CODE)
  expect(fs.readdirSync(home)).toEqual(['iamkey'])
})

test('a write throws away what is older than a month', () => {
  open().write('main', CODE)
  const old = file()
  const then = new Date(Date.now() - 31 * 24 * 3600 * 1000)
  fs.utimesSync(old, then, then)
  open({}, 'another build').write('main', CODE)
  expect(fs.readdirSync(folder())).not.toContain(path.basename(old))
})

test('what others put there is left alone, and is no reason to write nothing', () => {
  open().write('main', CODE)
  fs.symlinkSync('/nowhere', path.join(folder(), 'a-link'))
  fs.mkdirSync(path.join(folder(), 'a-folder'))
  fs.utimesSync(path.join(folder(), 'a-folder'), 0, 0)
  open({}, 'another build').write('main', CODE)
  expect(open({}, 'another build').read('main')).toEqual(CODE)
  expect(fs.readdirSync(folder())).toEqual(expect.arrayContaining(['a-link', 'a-folder']))
})

test('a write that fails leaves nothing behind', () => {
  open().write('main', CODE)
  const name = file()
  fs.rmSync(name)
  fs.mkdirSync(name)
  open().write('main', CODE)
  expect(fs.readdirSync(folder())).toEqual([path.basename(name)])
})
