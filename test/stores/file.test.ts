/** A key in a real file: what the file keeps, what is refused before the call, how it is taken back, and that writers do not meet. */
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import * as timers from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Files, Host } from '../../src/core/host.ts'
import { nodeHost } from '../../src/node/host.ts'
import { dotenvFormat } from '../../src/stores/env-file.ts'
import { fileStore } from '../../src/stores/file.ts'
import { withFileLock } from '../../src/stores/lock.ts'
import { credentialsFormat } from '../../src/stores/profile.ts'
import { systemError, testHost } from '../support/host.ts'

const KEY = { AccessKeyId: 'AKIANEW', SecretAccessKey: 'new/secret' }
const WRITTEN = 'AWS_ACCESS_KEY_ID=AKIANEW\nAWS_SECRET_ACCESS_KEY=new/secret\n'
const NEVER = new AbortController().signal

let folder = ''
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => path.join(folder, name)
const read = (name: string) => fs.readFileSync(at(name), 'utf8')
const modeOf = (name: string) => (fs.statSync(at(name)).mode & 0o777).toString(8)
const real = nodeHost(process)
const placeAt = (name: string, host: Host = real) =>
  fileStore({ name: 'env-file:x', kind: 'env-file', path: at(name), format: dotenvFormat }, undefined, host)
/** The same machine, with other files. */
const withFiles = (changed: Partial<Files>): Host => Object.create(real, { files: { value: { ...real.files, ...changed } } })

describe('what a file keeps', () => {
  test('its mode', async () => {
    fs.writeFileSync(at('x'), 'A=1\n', { mode: 0o640 })
    await placeAt('x').put(KEY, NEVER)
    expect([read('x'), modeOf('x')]).toEqual([`A=1\n${WRITTEN}`, '640'])
  })

  test.each(['there', 'not there yet'])('the link that leads to it, where the file is %s', async state => {
    fs.mkdirSync(at('real'))
    if (state === 'there') fs.writeFileSync(at('real/x'), '')
    fs.symlinkSync('real/x', at('one'))
    fs.symlinkSync('one', at('two'))
    await placeAt('two').put(KEY, NEVER)
    expect([fs.readlinkSync(at('two')), fs.readlinkSync(at('one')), read('real/x')]).toEqual(['one', 'real/x', WRITTEN])
    expect(fs.readdirSync(at('real'))).toEqual(['x'])
  })

  test.runIf(process.getuid?.() === 0)('its owner', async () => {
    fs.writeFileSync(at('x'), '')
    fs.chownSync(at('x'), 1234, 5678)
    await placeAt('x').put(KEY, NEVER)
    expect(fs.statSync(at('x'))).toMatchObject({ uid: 1234, gid: 5678 })
  })
})

test('a new file, and the folders it needs, are for the user alone', async () => {
  const store = placeAt('a/b/x')
  await store.check()
  expect(fs.readdirSync(folder)).toEqual([])
  await store.put(KEY, NEVER)
  expect([modeOf('a'), modeOf('a/b'), modeOf('a/b/x'), read('a/b/x')]).toEqual(['700', '700', '600', WRITTEN])
})

describe('what is known before the call', () => {
  test.each([
    ['a folder', () => fs.mkdirSync(at('x')), 'it is not a regular file'],
    ['a device', () => fs.symlinkSync('/dev/null', at('x')), 'it is not a regular file'],
    ['links in a circle', () => fs.symlinkSync('x', at('x')), 'ELOOP (PATH)'],
    ['a file where a folder should be', () => fs.writeFileSync(at('y'), ''), 'ENOTDIR (PATH)', 'y/x'],
    ['no text', () => fs.writeFileSync(at('x'), Uint8Array.of(0xff, 0xfe)), 'it is not UTF-8'],
    ['a session', () => fs.writeFileSync(at('x'), 'AWS_SESSION_TOKEN=t\n'), 'it sets AWS_SESSION_TOKEN, which a new key does not go with'],
  ])('%s is refused', async (_, prepare, why, name = 'x') => {
    prepare()
    await expect(placeAt(name).check()).rejects.toMatchObject({ message: `cannot use env-file:x: ${why.replace('PATH', at(name))}` })
  })

  test.each(['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT'] as const)('a folder that takes no file is refused: %s', async code => {
    const host = withFiles({
      rehearse: () => {
        throw systemError(code)
      },
    })
    await expect(placeAt('x', host).check()).rejects.toThrow(`cannot use env-file:x: ${code}`)
  })

  test('the check leaves no trace', async () => {
    fs.writeFileSync(at('x'), 'A=1\n', { mode: 0o600 })
    const before = fs.statSync(at('x'))
    await placeAt('x').check()
    expect(fs.readdirSync(folder)).toEqual(['x'])
    expect(fs.statSync(at('x'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
  })

  test('warns if other users may read the file', async () => {
    const host = testHost({ files: { '/etc/x': 'A=1' } })
    const wide = Object.create(host, {
      files: { value: { ...host.files, stat: (name: string) => ({ ...host.files.stat(name), mode: 0o644 }) } },
    })
    await fileStore({ name: 'env-file:x', kind: 'env-file', path: '/etc/x', format: dotenvFormat }, undefined, wide).check()
    expect(Buffer.from(host.written.stderr()).toString()).toBe(
      '\niamkey: warning: /etc/x is open to others (mode 0644); chmod 600 would close it\n',
    )
  })
})

describe('a failure after the call', () => {
  test('leaves the file as it was, and nothing beside it', async () => {
    fs.writeFileSync(at('x'), 'A=1\n')
    const host = withFiles({
      replace: () => {
        throw systemError('ENOSPC')
      },
    })
    await expect(placeAt('x', host).put(KEY, NEVER)).rejects.toThrow(`cannot use env-file:x: ENOSPC (${at('x')})`)
    expect([read('x'), fs.readdirSync(folder)]).toEqual(['A=1\n', ['x']])
  })

  test('a file that became a folder meanwhile', async () => {
    await placeAt('x').check()
    fs.mkdirSync(at('x'))
    await expect(placeAt('x').put(KEY, NEVER)).rejects.toThrow('cannot use env-file:x: it is not a regular file')
    expect(fs.readdirSync(folder)).toEqual(['x'])
  })

  test('a folder that was removed meanwhile is made again', async () => {
    fs.mkdirSync(at('f'))
    await placeAt('f/x').check()
    fs.rmdirSync(at('f'))
    await placeAt('f/x').put(KEY, NEVER)
    expect(read('f/x')).toBe(WRITTEN)
  })
})

describe('programs that do not look for a lock', () => {
  const storeOf = (host: Host = real) =>
    fileStore({ name: 'profile:bob', kind: 'profile bob', path: at('x'), format: credentialsFormat('bob') }, undefined, host)
  const OTHERS = '[one]\nregion = a\n[two]\nregion = b\n'
  const THIRD = '[three]\nregion = c\n'
  const PUT = '\n[bob]\naws_access_key_id = AKIANEW\naws_secret_access_key = new/secret\n'

  test.each([0, 20, 60])('one that empties the file and fills it again %i ms later loses nothing', async ms => {
    fs.writeFileSync(at('x'), OTHERS, { mode: 0o600 })
    const store = storeOf()
    await store.check()
    fs.writeFileSync(at('x'), '')
    const filled = timers.setTimeout(ms).then(() => fs.writeFileSync(at('x'), OTHERS + THIRD))
    await Promise.all([store.put(KEY, NEVER), filled])
    expect(read('x')).toBe(OTHERS + THIRD + PUT)
  })

  test('what appears while the new file is made is kept', async () => {
    fs.writeFileSync(at('x'), OTHERS)
    let changes = 0
    const host = withFiles({
      replace(path, content, mode, lastCheck) {
        if (changes++ === 0) fs.appendFileSync(at('x'), THIRD)
        real.files.replace(path, content, mode, lastCheck)
      },
    })
    await storeOf(host).put(KEY, NEVER)
    expect([read('x'), fs.readdirSync(folder)]).toEqual([OTHERS + THIRD + PUT, ['x']])
  })

  test('a profile that has gone since the check is missed', async () => {
    fs.writeFileSync(at('x'), OTHERS, { mode: 0o600 })
    const store = storeOf()
    await store.check()
    fs.writeFileSync(at('x'), '[one]\nregion = a\n')
    await expect(store.put(KEY, NEVER)).rejects.toThrow(
      'cannot use profile:bob: the profile two has disappeared from it since this run began',
    )
    expect(read('x')).toBe('[one]\nregion = a\n')
  })

  test('one that never stops is not waited for', async () => {
    fs.writeFileSync(at('x'), OTHERS)
    let line = 0
    const host = withFiles({
      replace(path, content, mode, lastCheck) {
        fs.appendFileSync(at('x'), `# ${line++}\n`)
        real.files.replace(path, content, mode, lastCheck)
      },
    })
    await expect(storeOf(host).put(KEY, NEVER)).rejects.toThrow('cannot use profile:bob: another program keeps changing it')
  })

  test('a file with two names is left alone', async () => {
    fs.writeFileSync(at('x'), OTHERS, { mode: 0o600 })
    fs.linkSync(at('x'), at('y'))
    await expect(storeOf().check()).rejects.toThrow(
      'cannot use profile:bob: it has several hard links, of which only one would get the key',
    )
    expect(fs.statSync(at('x')).ino).toBe(fs.statSync(at('y')).ino)
  })
})

describe('taking back', () => {
  test.each(['A=1\n', '', 'AWS_ACCESS_KEY_ID="OLD" # o\r\nAWS_SECRET_ACCESS_KEY=\'old\'\r\n'])(
    'brings back %j and the mode',
    async before => {
      fs.writeFileSync(at('x'), before, { mode: 0o640 })
      const rollback = await placeAt('x').put(KEY, NEVER)
      expect(await rollback()).toBe('env-file:x holds what it held before')
      expect([read('x'), modeOf('x'), fs.readdirSync(folder)]).toEqual([before, '640', ['x']])
    },
  )

  test('removes a file that was not there', async () => {
    const rollback = await placeAt('x').put(KEY, NEVER)
    await rollback()
    expect(fs.readdirSync(folder)).toEqual([])
  })

  test('leaves what others have written meanwhile', async () => {
    fs.writeFileSync(at('x'), 'AWS_ACCESS_KEY_ID=OLD\nAWS_SECRET_ACCESS_KEY=old\n')
    const rollback = await placeAt('x').put(KEY, NEVER)
    fs.appendFileSync(at('x'), 'B=2\n')
    await rollback()
    expect(read('x')).toBe('AWS_ACCESS_KEY_ID=OLD\nAWS_SECRET_ACCESS_KEY=old\nB=2\n')
  })

  test('leaves a key that came after it', async () => {
    const rollback = await placeAt('x').put(KEY, NEVER)
    await placeAt('x').put({ AccessKeyId: 'AKIALATER', SecretAccessKey: 'later' }, NEVER)
    await rollback()
    expect(await placeAt('x').read?.()).toEqual({ AccessKeyId: 'AKIALATER', SecretAccessKey: 'later' })
  })

  test('says so if it fails', async () => {
    let full = false
    const host = withFiles({
      replace: (...all) => {
        if (full) throw systemError('ENOSPC')
        real.files.replace(...all)
      },
    })
    fs.writeFileSync(at('x'), 'A=1\n')
    const rollback = await placeAt('x', host).put(KEY, NEVER)
    full = true
    expect(await rollback()).toBe('env-file:x could not be put back (ENOSPC): it may still hold that key')
  })
})

describe('writers of one file', () => {
  const LOCK = '/f/x.iamkey-lock'
  const held = (by: object) => testHost({ files: { [LOCK]: JSON.stringify(by) }, running: [77] })

  test('twenty at once lose nothing', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`)
    const profile = (name: string) =>
      fileStore({ name, kind: `profile ${name}`, path: at('credentials'), format: credentialsFormat(name) }, undefined, real)
    await Promise.all(names.map(name => profile(name).put({ AccessKeyId: `AKIA${name}`, SecretAccessKey: name }, NEVER)))
    expect(await Promise.all(names.map(async name => (await profile(name).read?.())?.SecretAccessKey))).toEqual(names)
    expect(fs.readdirSync(folder)).toEqual(['credentials'])
  })

  test('keeps what another run wrote while this one waited for the lock', async () => {
    const lock = at('x.iamkey-lock')
    fs.writeFileSync(lock, JSON.stringify({ pid: process.pid, hostname: os.hostname() }))
    const put = placeAt('x').put(KEY, NEVER)
    await timers.setTimeout(10) // it waits now
    fs.writeFileSync(at('x'), 'A=1\n')
    fs.rmSync(lock)
    await put
    expect(read('x')).toBe(`A=1\n${WRITTEN}`)
  })

  test('a lock whose process is gone is taken over', async () => {
    const host = held({ pid: 66, hostname: 'test' })
    expect(await withFileLock('/f/x', host, undefined, () => 'done')).toBe('done')
    expect([...host.contents.keys()]).toEqual([])
  })

  test.each([
    { pid: 77, hostname: 'test', whose: 'a process that runs' },
    { pid: 66, hostname: 'elsewhere', whose: 'a process of another machine' },
  ])('the lock of $whose is waited for, and not for ever', async ({ whose: _, ...by }) => {
    const host = held(by)
    const began = host.clock.now()
    await expect(withFileLock('/f/x', host, undefined, () => 'done')).rejects.toThrow(
      `another run is writing it; if there is none, remove ${LOCK}`,
    )
    expect(host.clock.now() - began).toBeLessThan(21_000)
    expect([...host.contents.keys()]).toEqual([LOCK])
  })

  test.each(['', '{"pi', '{"pid":77,"hos', 'null'])(
    'one that was torn, %j, is left over as soon as nobody can be writing it',
    async text => {
      const host = testHost({ files: { [LOCK]: text }, running: [77] })
      const began = host.clock.now()
      expect(await withFileLock('/f/x', host, undefined, () => 'done')).toBe('done')
      expect([host.clock.now() - began > 5000, host.clock.now() - began < 6000]).toEqual([true, true])
    },
  )

  test('one that was torn behind the number of a process that is gone, at once', async () => {
    const host = testHost({ files: { [LOCK]: '{"pid":66,"hostname":"test"' } })
    const began = host.clock.now()
    await withFileLock('/f/x', host, undefined, () => 'done')
    expect(host.clock.now() - began).toBeLessThan(1000)
  })

  test('a run that was killed while it removed a lock that was left over is in no way', async () => {
    const host = testHost({ files: { [LOCK]: '{"pid":66,"hostname":"test"}', [`${LOCK}.66`]: '' } })
    expect(await withFileLock('/f/x', host, undefined, () => 'done')).toBe('done')
    expect([...host.contents.keys()]).toEqual([])
  })

  test('a lock of another machine is left over after five minutes', async () => {
    const host = held({ pid: 66, hostname: 'elsewhere' })
    await host.clock.sleep(300_001)
    expect(await withFileLock('/f/x', host, undefined, () => 'done')).toBe('done')
  })

  test('a signal ends the wait', async () => {
    const came = AbortSignal.abort()
    await expect(withFileLock('/f/x', held({ pid: 77, hostname: 'test' }), came, () => 'done')).rejects.toThrow('interrupted')
  })

  test('the lock is removed even if the action fails', async () => {
    const host = testHost()
    const failing = () => {
      throw new Error('inside')
    }
    await expect(withFileLock('/f/x', host, undefined, failing)).rejects.toThrow('inside')
    expect([...host.contents.keys()]).toEqual([])
  })
})
