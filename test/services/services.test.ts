/** Every command against every service: each key that is created is printed whole, and no key is harmed for being unlike one of AWS's. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { clock, commandsIn, placeFor, runFor, WITHOUT_VALIDATION } from './client.ts'
import { PROFILES, type Profile } from './profiles.ts'
import { type Service, serveProfile } from './service.ts'

const DAY = 86_400_000
const OLD = 'AKIAPRODUCTION000001'

const actions = ({ calls }: Service) => calls.map(({ action }) => action.replace('AccessKeys', '').replace('AccessKey', ''))

/** botocore refuses shorter ids unless the profile says otherwise. */
const filesFor = (id: string) => (Array.from(id).length < 16 ? WITHOUT_VALIDATION : {})

describe.each(PROFILES)('$name', profile => {
  let service: Service
  beforeEach(async () => {
    service = await serveProfile(profile)
  })
  afterEach(() => service.close())

  test.each(profile.pairs)('a key with the id %j is printed whole, by one request', async (id, secret) => {
    service.next.push([id, secret])
    const { code, stdout, stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
    expect({ code, stderr, asked: actions(service) }).toEqual({ code: 0, stderr: '', asked: ['Create'] })
    expect(JSON.parse(stdout).AccessKey).toMatchObject({ UserName: 'Bob', AccessKeyId: id, SecretAccessKey: secret, Status: 'Active' })
  })

  test.each(profile.pairs)('so it is as text, and for the caller: %j', async (id, secret) => {
    service.next.push([id, secret])
    const query = 'AccessKey.[AccessKeyId,SecretAccessKey]'
    const { code, stdout } = await runFor(service, ['create-access-key', '--query', query, '--output', 'text'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${id}\t${secret}\n` })
  })

  test.each(profile.pairs)('it is listed, updated, looked up and deleted: %j', async (id, secret) => {
    const { user } = service.add('Bob', id)
    service.next.push([id, secret])
    const run = (command: string, ...words: readonly string[]) => runFor(service, [command, '--user-name', user, ...words], filesFor(id))
    const withId = ['--access-key-id', id] as const

    const listed = await run('list-access-keys')
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(listed.stdout).AccessKeyMetadata.map(({ AccessKeyId }: { AccessKeyId: string }) => AccessKeyId)).toEqual([id])

    expect(await run('update-access-key', ...withId, '--status', 'Inactive')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(service.keys[0]?.status).toBe('Inactive')

    const used = await runFor(service, ['get-access-key-last-used', ...withId], filesFor(id))
    if (profile.lastUsed) expect(JSON.parse(used.stdout).AccessKeyLastUsed).toHaveProperty('ServiceName')
    else expect(used).toMatchObject({ code: 254, stderr: expect.stringContaining('(NotImplemented)') })

    expect(await run('delete-access-key', ...withId)).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(service.keys).toEqual([])
    expect(await run('list-access-keys')).toMatchObject({ code: 0 })
  })

  test('a rotation at any age puts the new key into its place and retires the old one', async () => {
    const [[id, secret] = ['', '']] = profile.pairs
    service.add('Bob', OLD, Date.now() - 100 * DAY)
    service.next.push([id, secret])
    const { code, stdout, stderr } = await runFor(service, rotate('0d'), STORED)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout).Rotation).toMatchObject({ Result: 'Rotated', OldAccessKeyId: OLD, NewAccessKeyId: id })
    expect(service.keys.map(({ id, status }) => [id, status])).toEqual([
      [OLD, 'Inactive'],
      [id, 'Active'],
    ])
  })

  test('a rotation by age says what is missing where there are no dates, and touches nothing', async () => {
    service.add('Bob', OLD, Date.now() - 100 * DAY)
    const { code, stderr } = await runFor(service, rotate('90d'), STORED)
    if (profile.dates === 'readable') return expect({ code, keys: service.keys.length }).toEqual({ code: 0, keys: 2 })
    expect(code).not.toBe(0)
    expect(stderr).toContain(`the service gives no date of ${OLD}, so whether it is due is not known; --older-than 0d rotates it now`)
    expect(service.keys.map(({ id, status }) => [id, status])).toEqual([[OLD, 'Active']])
  })

  test('after a lost reply a key that was there before is never offered for deletion', async () => {
    service.add('Bob', OLD, Date.now() - 100 * DAY)
    service.fail('fails')
    const { code, stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
    expect(code).toBe(254)
    expect(stderr).not.toContain(`--access-key-id ${OLD}`)
    const [, made] = service.keys
    expect(actions(service).filter(action => action === 'Create')).toHaveLength(1)
    if (profile.dates === 'readable') expect(stderr).toContain(`The key ${made?.id} has appeared meanwhile, and its secret is lost.`)
    else {
      expect(stderr).toContain(`ListAccessKeys shows the keys ${OLD}, ${made?.id}. The dates of the service do not tell`)
      expect(commandsIn(stderr)).toEqual(['iamkey list-access-keys --user-name Bob'])
    }
  })

  test.each(profile.pairs)('a reply that breaks off behind the id ends the key: %j', async (id, secret) => {
    service.next.push([id, secret])
    service.fail('cut behind the id')
    const { code, stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
    expect(code).toBe(255)
    expect(stderr).toContain(`The new key ${id} was deleted again`)
    expect(service.keys).toEqual([])
  })

  test.each([200, 204] as const)('a deletion with status %i and an empty reply is reported as such', async status => {
    service.fail(body => body.replace(/<SecretAccessKey>[^<]*/, '<SecretAccessKey>'))
    service.wordless = status
    const { code, stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
    expect(code).toBe(255)
    // A service that deletes what it does not know never says that the key is gone.
    if (profile.deletesUnknown)
      expect(stderr).toMatch(/The service answered the deletion of the new key \w+ with an empty reply\. .*look with\n/)
    expect(service.keys).toEqual([])
  })

  test.each(['profile:bob', 'env-file:bob.env', 'csv:bob.csv', 'command:cat >> bob.json'])(
    '%s gets the key whole, or no key is left, or it is named as one that the program may have',
    async store => {
      for (const [id, secret] of profile.pairs) {
        service.keys.length = 0
        service.calls.length = 0
        service.next.push([id, secret])
        const place = placeFor(service)
        onTestFinished(() => place.remove())
        const { code, stderr } = await place.run(['iamkey', 'create-access-key', '--user-name', 'Bob', '--store', store])
        expect(stderr).not.toContain(secret.trim())
        const stays = store.startsWith('command:') && stderr.includes(`the new key ${id} stays, for ${store} may have it`)
        expect(service.keys.map(key => key.id)).toEqual(code === 0 || stays ? [id] : [])
        if (code !== 0 && !stays) expect(stderr).toMatch(/cannot use .*the new key .* was deleted again/s)
      }
    },
  )
})

const rotate = (age: string) => [
  'rotate-access-key',
  '--user-name',
  'Bob',
  '--older-than',
  age,
  '--store',
  'profile:bob',
  '--retire-after',
  '0m',
  '--wait-timeout',
  '10',
]

/** The store has the old key: one that is empty is filled at once, whatever the age of the key. */
const STORED = { '~/.aws/credentials': `[bob]\naws_access_key_id = ${OLD}\naws_secret_access_key = unknown\n` }

const [AWS_LIKE = PROFILES[0]] = PROFILES.filter(({ name }) => name === 'moto 5')

async function served(profile: Profile | undefined, options?: Parameters<typeof serveProfile>[1]): Promise<Service> {
  if (profile === undefined) throw new Error('no such profile')
  const service = await serveProfile(profile, options)
  onTestFinished(() => service.close())
  return service
}

test('a service that does not say the time proves nothing by its dates', async () => {
  const service = await served(AWS_LIKE, { dated: false, now: clock.now })
  service.fail('fails')
  const { stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
  expect(commandsIn(stderr)).toEqual(['iamkey list-access-keys --user-name Bob'])
})

describe('an element that stands twice', () => {
  const PAIR = ['AKIARZPUZDIKEZWYIQIR', 'kGCPKnQEBwgWEqxYnL9Ao9+mgV4z+Lk0RGxrwKk1'] as const
  const [ID, SECRET] = PAIR
  const twice = (element: string, other: string) => (body: string) => body.replace(element, `${element}${other}`)

  test.each([
    ['the name', '<UserName>Bob</UserName>', '<UserName>Robert</UserName>'],
    ['the state', '<Status>Active</Status>', '<Status>Inactive</Status>'],
    ['the same id', `<AccessKeyId>${ID}</AccessKeyId>`, `<AccessKeyId>${ID}</AccessKeyId>`],
    ['the same secret', `<SecretAccessKey>${SECRET}</SecretAccessKey>`, `<SecretAccessKey>${SECRET}</SecretAccessKey>`],
    ['a list in place of a text', '<Status>Active</Status>', '<Status><member>Active</member></Status>'],
    ['an element of another service', '<Status>Active</Status>', '<AccessKeySelector><a>1</a></AccessKeySelector><AccessKeySelector/>'],
  ])('harms no key: %s', async (_, element, other) => {
    const service = await served(AWS_LIKE)
    service.next.push(PAIR)
    service.fail(twice(element, other))
    const { code, stdout, stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
    expect({ code, stderr, asked: actions(service) }).toEqual({ code: 0, stderr: '', asked: ['Create'] })
    expect(JSON.parse(stdout).AccessKey).toMatchObject({ UserName: 'Bob', AccessKeyId: ID, Status: 'Active', SecretAccessKey: SECRET })
  })

  test('two secrets contradict each other: the key is deleted again', async () => {
    const service = await served(AWS_LIKE)
    service.next.push(PAIR)
    service.fail(twice(`<SecretAccessKey>${SECRET}</SecretAccessKey>`, '<SecretAccessKey>another</SecretAccessKey>'))
    const { code, stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
    expect(code).toBe(255)
    expect(stderr).toContain(`The reply has more than one SecretAccessKey\n\nThe new key ${ID} was deleted again`)
    expect(service.keys).toEqual([])
  })

  test('of two ids neither is deleted: the new key is named as the list shows it', async () => {
    const service = await served(AWS_LIKE)
    service.next.push(PAIR)
    service.add('Bob', OLD, Date.now() - DAY)
    service.fail(twice(`<AccessKeyId>${ID}</AccessKeyId>`, `<AccessKeyId>${OLD}</AccessKeyId>`))
    const { code, stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
    expect(code).toBe(255)
    expect(actions(service)).toEqual(['Create', 'List'])
    expect(commandsIn(stderr)).toContain(`iamkey delete-access-key --user-name Bob --access-key-id ${ID}`)
  })
})

test.each([
  ['a control character', '\u0001'],
  ['a NUL', '\0'],
  ['a control character, by its number', '&#1;'],
  ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe])],
  ['a reference to nothing', '&nothing;'],
  ['a bracket', '<'],
])('damage is what XML forbids: a secret with %s ends the key', async (_, damage) => {
  const service = await served(AWS_LIKE)
  const secret = 'kGCPKnQEBwgWEqxYnL9A'
  service.fail(body => {
    const [before = '', after = ''] = body.split(/(?<=<SecretAccessKey>)[^<]*/)
    return Buffer.concat([Buffer.from(before + secret), Buffer.from(damage), Buffer.from(secret + after)])
  })
  const { code, stderr } = await runFor(service, ['create-access-key', '--user-name', 'Bob'])
  expect(code).toBe(255)
  expect(stderr).toMatch(/The new key AKIA\w+ was deleted again/)
  expect(stderr).not.toContain(secret)
  expect(service.keys).toEqual([])
})
