/** Ids, secrets and names of any letters: the key is printed as it was made and is never deleted, and every command that a message gives works. */
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteCommand, listCommand, updateCommand } from '../../src/keys/recovery-commands.ts'
import { commandsIn, type Place, placeFor, runFor, WITHOUT_VALIDATION } from './client.ts'
import { PROFILES } from './profiles.ts'
import { type Service, serveProfile } from './service.ts'

const FULL = process.env.IAMKEY_SWEEP === 'full'

/** What means something to XML, to JSON, to a shell, to a terminal or to the command line. */
const TOKENS = [
  '&', '<', '>', '"', "'", ']]>', '<!--', '&amp;', '\\', '`', '$', '$(id)', '!', '!!', '*', '?', '~', '#', ';', '|', '(', '{', '%', '%s', '=',
  ',', '-', '--', '--query', ' ', 'file://', 'fileb://', '@', '/', '\u00e9', '\u{1f511}', '\u2028', '\u00a0', '\ufeff', '\ufffd', '\u202e',
] // biome-ignore format: a table
const printable = fc.integer({ min: 0x20, max: 0x10ffff }).map(code => (code >= 0xd800 && code <= 0xdfff ? code - 0x800 : code))
const character = printable.map(code => String.fromCodePoint(code)).filter(text => /^[^\p{C}\p{Zl}\p{Zp}]$/u.test(text))
const ascii = fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCodePoint(code))
const letters = fc
  .array(fc.oneof({ weight: 3, arbitrary: ascii }, fc.constantFrom(...TOKENS), character), { minLength: 1, maxLength: 60 })
  .map(all => all.join(''))
  // Blank is nothing at all.
  .filter(text => text.trim() !== '')

describe.each(PROFILES)('$name', profile => {
  let service: Service
  beforeAll(async () => {
    service = await serveProfile(profile)
  })
  afterAll(() => service.close())

  test('ids and secrets of any alphabet are printed unchanged, and no key is deleted', async () => {
    const property = fc.asyncProperty(letters, letters, async (id, secret) => {
      service.calls.length = 0
      service.keys.length = 0
      service.next.push([id, secret])
      const { code, stdout, stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const { AccessKeyId, SecretAccessKey } = JSON.parse(stdout).AccessKey
      expect({ AccessKeyId, SecretAccessKey }).toEqual({ AccessKeyId: id, SecretAccessKey: secret })
      expect(service.calls.map(({ action }) => action)).toEqual(['CreateAccessKey'])
    })
    await fc.assert(property, { numRuns: FULL ? 5000 : 60 })
  })
})

describe('a command that a message gives', () => {
  let service: Service
  let place: Place
  beforeAll(async () => {
    const [profile] = PROFILES.filter(({ name }) => name === 'moto 5')
    if (profile === undefined) throw new Error('no such profile')
    service = await serveProfile(profile)
    place = placeFor(service, WITHOUT_VALIDATION)
  })
  afterAll(async () => {
    place.remove()
    await service.close()
  })

  /** Also what cannot be printed, but can be sent. */
  const anything = fc
    .array(fc.oneof({ weight: 2, arbitrary: ascii }, fc.constantFrom(...TOKENS, '\n', '\t', '\r', '\u0085', '\u009b2J'), character), {
      minLength: 1,
      maxLength: 40,
    })
    .map(all => all.join(''))
    .filter(text => text.trim() !== '')

  test('is one line that works for any id and name', { timeout: 600_000 }, async () => {
    const property = fc.asyncProperty(anything, anything, async (user, id) => {
      service.keys.length = 0
      const key = service.add(user, id)
      const [line = ''] = updateCommand({ UserName: user, AccessKeyId: id }, 'Inactive').split('\n')
      expect(await place.paste(line)).toEqual({ code: 0, stdout: '', stderr: '' })
      expect(key.status).toBe('Inactive')
      expect(await place.paste(`${listCommand({ UserName: user })} --query 'length(AccessKeyMetadata)'`)).toMatchObject({
        code: 0,
        stdout: '1\n',
      })
      const [deletion = ''] = deleteCommand({ UserName: user, AccessKeyId: id }).split('\n')
      expect(await place.paste(deletion)).toEqual({ code: 0, stdout: '', stderr: '' })
      expect(service.keys).toEqual([])
    })
    await fc.assert(property, { numRuns: FULL ? 500 : 8 })
  })

  test.each([
    ['c67W2-r4MAyAYScRl', 'Bob'],
    ['-starts-with-a-dash', 'Bob'],
    ['file:///etc/passwd-and-more', 'Bob'],
    ["it's an id of $HOME & `id`", "tenant$Bob's"],
    ['two\nlines of an access key id', 'Bob'],
    ['app1', '-bob'],
    ['a'.repeat(300), 'file://name'],
    ['schl\u00fcssel \u{1f511} of a user', '\u00fcser'],
  ])('deletes the key %j of %j', async (id, user) => {
    service.keys.length = 0
    service.next.push([id, 'its secret'])
    const input = JSON.stringify({ UserName: user })
    const made = await place.run(['iamkey', 'create-access-key', '--cli-input-json', input, '--query', 'AccessKey.UserName'])
    const [command = '', ...others] = commandsIn(made.stderr)
    expect({ code: made.code, others, keys: service.keys.length }).toEqual({ code: 0, others: [], keys: 1 })
    expect(await place.paste(command)).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(service.keys).toEqual([])
  })

  test('that botocore would refuse comes with what it takes', async () => {
    const plain = placeFor(service)
    service.keys.length = 0
    service.next.push(['app1', 'its secret'])
    const made = await plain.run(['iamkey', 'create-access-key', '--user-name', 'Bob', '--query', 'AccessKey.AccessKeyId'])
    const [command = ''] = commandsIn(made.stderr)
    expect(made.stderr).toContain(
      `  ${command}\nThat takes parameter_validation = false in the profile, for the id is shorter than 16 characters.\n`,
    )
    expect(await plain.paste(command)).toMatchObject({ code: 252, stderr: expect.stringContaining('valid min length: 16') })
    expect(await place.paste(command)).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(service.keys).toEqual([])
    plain.remove()
  })

  test('leaves out the name of a caller that --user-name would refuse', async () => {
    const plain = placeFor(service)
    service.keys.length = 0
    service.next.push(['AKIARZPUZDIKEZWYIQIR', 'its secret'])
    service.fail(body => body.replace(/<UserName>[^<]*/, '<UserName>tenant$admin'))
    const made = await plain.run(['iamkey', 'create-access-key', '--query', 'AccessKey.AccessKeyId'])
    const commands = commandsIn(made.stderr)
    expect(commands).toEqual(['iamkey delete-access-key --access-key-id AKIARZPUZDIKEZWYIQIR'])
    expect(await plain.paste(commands[0] ?? '')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(service.keys).toEqual([])
    plain.remove()
  })
})

describe('parameter_validation = false', () => {
  test.each([
    ['create-access-key', []],
    ['list-access-keys', []],
    ['update-access-key', ['--access-key-id', 'k'.repeat(16), '--status', 'Inactive']],
    ['delete-access-key', ['--access-key-id', 'k'.repeat(16)]],
    ['rotate-access-key', ['--older-than', '0d', '--store', 'profile:bob', '--wait-timeout', '600']],
  ])('%s takes the names of another service', async (command, words) => {
    const [profile] = PROFILES.filter(({ name }) => name === 'moto 5')
    if (profile === undefined) throw new Error('no such profile')
    const service = await serveProfile(profile)
    service.add('tenant$Bob', 'k'.repeat(16), 1_700_000_000_000)
    const argv = [command, '--user-name', 'tenant$Bob', ...words]
    expect(await runFor(service, argv)).toMatchObject({ code: 252, stderr: expect.stringContaining("'$' at position 7") })
    expect(service.calls).toEqual([])
    expect(await runFor(service, argv, WITHOUT_VALIDATION)).toMatchObject({ code: 0, stderr: '' })
    expect(service.calls.map(({ parameters }) => parameters.UserName)).toContain('tenant$Bob')
    await service.close()
  })
})
