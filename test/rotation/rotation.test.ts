/** What a rotation says and does, as its user sees it; and two of them at once. What becomes of one that is broken is `crash-matrix.test.ts`. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/core/errors.ts'
import type { KeyPair } from '../../src/core/key-store.ts'
import { type Dict, isDict, isList, type Value } from '../../src/python/value.ts'
import { openLocalJournal } from '../../src/rotation/local-journal.ts'
import type { Account, Key, Session } from '../support/account.ts'
import { testHost } from '../support/host.ts'
import { DAY, type Order, START, type World, world } from './world.ts'

const pairOf = ({ id, secret }: Key | Session): KeyPair => ({ AccessKeyId: id, SecretAccessKey: secret })

/** Bob's key, so many days old, in a profile, and somebody who may rotate it. */
async function bobs(days = 100, store = 'profile:bob') {
  const here = world({ roles: ['ci'] })
  const old = here.account.addKey('Bob', START - days * DAY)
  old.used = { at: START - DAY, service: 's3', region: 'us-east-1' }
  await here.put(store, { UserName: 'Bob', ...pairOf(old) })
  const admin = pairOf(here.account.addKey('ops', START - 10 * DAY))
  const run = (order: Partial<Order> = {}, signer = admin) => here.run({ UserName: 'Bob', store: [store], ...order }, signer)
  return { here, old, admin, run }
}

/** With the ids by the order in which they came: `key 1` is the first there ever was. */
function shown(output: Dict | undefined, { keys }: Account): unknown {
  const plain = (value: Value | undefined): unknown => {
    if (isDict(value)) return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]))
    if (isList(value)) return value.map(plain)
    return typeof value === 'string' ? familiar(value, keys) : value
  }
  return plain(output)
}
const familiar = (text: string, keys: readonly Key[]) => keys.reduce((said, { id }, index) => said.replaceAll(id, `key ${index + 1}`), text)

const said = ({ failure }: { readonly failure: unknown }, { keys }: Account) =>
  failure instanceof Failure ? familiar(failure.message, keys) : failure

const codeOf = ({ failure }: { readonly failure: unknown }) => (failure instanceof Failure ? failure.exitCode : 0)

const live = (here: World, user = 'Bob') => here.account.liveKeys(user).map(({ status }) => status)

describe('the report', () => {
  test('of a rotation', async () => {
    const { here, run } = await bobs()
    const { output } = await run({ store: ['profile:bob', 'command:to-vault'] })
    expect(shown(output, here.account)).toEqual({
      Rotation: {
        UserName: 'Bob',
        Result: 'Rotated',
        Why: 'key 1 was created at 2025-10-23T00:00:00Z and has been due since 2026-01-21T00:00:00Z',
        OldAccessKeyId: 'key 1',
        NewAccessKeyId: 'key 3',
        Stores: [
          { Store: 'profile:bob', AccessKeyId: 'key 3', Condition: 'works' },
          { Store: 'command:to-vault', AccessKeyId: 'key 3', Condition: 'works' },
        ],
        Steps: [
          { Step: 'create', AccessKeyId: 'key 3', Time: '2026-01-31T00:00:00Z' },
          { Step: 'wait', AccessKeyId: 'key 3', Time: '2026-01-31T00:00:04Z' },
          { Step: 'store', Store: 'profile:bob', AccessKeyId: 'key 3', Time: '2026-01-31T00:00:04Z' },
          { Step: 'verify', AccessKeyId: 'key 3', Time: '2026-01-31T00:00:04Z' },
          { Step: 'hand over', Store: 'command:to-vault', AccessKeyId: 'key 3', Time: '2026-01-31T00:00:04Z' },
        ],
        Next:
          'A run from 2026-02-01T00:00:04Z on deactivates key 1, or from 2026-01-31T01:00:04Z on if it is not used any more. ' +
          'A run from 2026-05-01T00:00:04Z on rotates the new key.',
      },
    })
  })

  test('of a night on which nothing is due', async () => {
    const { here, run } = await bobs(30)
    const { output } = await run()
    expect(shown(output, here.account)).toEqual({
      Rotation: {
        UserName: 'Bob',
        Result: 'NothingDue',
        Why: 'key 1 was created at 2026-01-01T00:00:00Z and is due at 2026-04-01T00:00:00Z',
        NewAccessKeyId: 'key 1',
        Stores: [{ Store: 'profile:bob', AccessKeyId: 'key 1', Condition: 'works' }],
        Steps: [],
        Next: 'A run from 2026-04-01T00:00:00Z on rotates key 1.',
      },
    })
  })

  test('of a plan, which writes nothing', async () => {
    const { here, run } = await bobs()
    const { output, steps } = await run({ flags: { plan: true } })
    expect(steps.map(({ name }) => name)).toEqual(['GetCallerIdentity', 'ListAccessKeys', 'GetAccessKeyLastUsed', 'GetCallerIdentity'])
    expect(shown(output, here.account)).toEqual({
      Rotation: {
        UserName: 'Bob',
        Result: 'Planned',
        Why: 'key 1 was created at 2025-10-23T00:00:00Z and has been due since 2026-01-21T00:00:00Z',
        OldAccessKeyId: 'key 1',
        Stores: [{ Store: 'profile:bob', AccessKeyId: 'key 1', Condition: 'works', Readable: 'yes', Storing: 'can be taken back' }],
        Plan: [
          { Step: 'create', Why: 'key 1 was created at 2025-10-23T00:00:00Z and has been due since 2026-01-21T00:00:00Z' },
          { Step: 'wait' },
          { Step: 'store', Store: 'profile:bob' },
          { Step: 'verify' },
        ],
        Next:
          'A run from 2026-02-01T00:00:00Z on deactivates key 1, or from 2026-01-31T01:00:00Z on if it is not used any more. ' +
          'A run from 2026-05-01T00:00:00Z on rotates the new key.',
      },
    })
  })

  test('of a rotation that leaves the old key no time', async () => {
    const { here, run } = await bobs()
    const { output } = await run({ flags: { retireAfter: '0m' } })
    expect(shown(output, here.account)).toMatchObject({
      Rotation: {
        Undo: 'iamkey update-access-key --user-name Bob --access-key-id key 1 --status Active --profile admin',
        Next: 'A run from 2026-02-07T00:00:04Z on deletes key 1, unless it has been made active again. A run from 2026-05-01T00:00:04Z on rotates the new key.',
      },
    })
  })

  test('of what a person must decide says what the stores hold, and the rest is on standard error', async () => {
    const { here, run } = await bobs(30)
    here.account.addKey('Bob', START - 20 * DAY)
    const ran = await run()
    expect([said(ran, here.account), shown(ran.output, here.account)]).toEqual([
      expect.stringMatching(/^key 3 is active beside key 1, and stays: no rotation explains it\.\n/),
      {
        Rotation: {
          UserName: 'Bob',
          Result: 'DecisionNeeded',
          Why: said(ran, here.account),
          NewAccessKeyId: 'key 1',
          Stores: [{ Store: 'profile:bob', AccessKeyId: 'key 1', Condition: 'works' }],
          Steps: [],
          Next: 'A person must decide: what to look at, and the commands, are on standard error.',
        },
      },
    ])
  })
})

const AT_ONCE = { retireAfter: '0m' } as const

describe('who rotates', () => {
  test('a user without a name rotates the key that signs, and that key retires itself last', async () => {
    const { here, old } = await bobs()
    const { failure, steps } = await here.run({ store: ['profile:bob'], flags: AT_ONCE }, pairOf(old))
    expect([failure, live(here)]).toEqual([undefined, ['Inactive', 'Active']])
    expect(steps.filter(({ kind }) => kind === 'request').at(-1)?.name).toBe('UpdateAccessKey')
  })

  test('a key that has retired itself and is told so by its own end has done it', async () => {
    const { here, old } = await bobs()
    const { steps } = await (await bobs()).run({ flags: AT_ONCE })
    const at = steps.findIndex(({ name }) => name === 'UpdateAccessKey')
    const { failure } = await here.run({ store: ['profile:bob'], flags: AT_ONCE, fault: { at, what: 'reply lost' } }, pairOf(old))
    expect([failure, live(here)]).toEqual([undefined, ['Inactive', 'Active']])
  })

  test('a role names the user', async () => {
    const { here, run } = await bobs()
    const session = pairOf(here.account.addSession('ci', 'nightly', 3600))
    const { failure, steps } = await here.run({ store: ['profile:bob'] }, session)
    expect([failure, steps.length]).toEqual([
      expect.objectContaining({
        name: 'ParameterError',
        message:
          'arn:aws:sts::123456789012:assumed-role/ci/nightly is no IAM user and has no access keys of its own: --user-name says whose keys to rotate',
      }),
      1,
    ])
    expect((await run({}, session)).failure).toBeUndefined()
  })

  test('whoever may not ask for the last use rotates all the same', async () => {
    const { here, run } = await bobs()
    here.account.denied.add('GetAccessKeyLastUsed')
    expect([(await run({ flags: AT_ONCE })).failure, live(here)]).toEqual([undefined, ['Inactive', 'Active']])
  })
})

const REFUSED: readonly (readonly [fact: string, order: Partial<Order>, why: string])[] = [
  ['a store is needed', { store: [] }, 'the following arguments are required: --store'],
  [
    'one that outlives the job',
    { store: ['github-env'] },
    'github-env ends with this job, and the new key would be lost with it: add another --store',
  ],
  ['a check command has words', { flags: { checkCommand: 'check "' } }, 'Bad value for --check-command: No closing quotation'],
  [
    'and a program that is there',
    { flags: { checkCommand: 'nothing --all' } },
    'Bad value for --check-command: nothing is no program that can be run',
  ],
  ['an age is an age', { flags: { olderThan: '90' } }, 'Bad value for --older-than 90: days, hours or minutes, as in 90d, 12h or 30m'],
]
test.each(REFUSED)('%s', async (_, order, why) => {
  const { here, run } = await bobs()
  const ran = await run(order)
  expect([said(ran, here.account), ran.steps]).toEqual([why, []])
})

describe('the check command', () => {
  test('has the new key in its environment, and no other identity', async () => {
    const { here, run } = await bobs()
    await run({ flags: { checkCommand: 'check --all' } })
    const [, , key] = here.account.keys
    expect(here.environments).toEqual([
      expect.objectContaining({ AWS_ACCESS_KEY_ID: key?.id, AWS_SECRET_ACCESS_KEY: key?.secret, PATH: '/bin' }),
    ])
  })

  test('keeps the old key where it is if it fails', async () => {
    const { here, old, run } = await bobs()
    const ran = await run({ store: ['profile:bob', 'command:to-vault'], flags: { checkCommand: 'check' }, exits: { check: 7 } })
    expect(said(ran, here.account)).toBe(
      'the check command ended with exit code 7\n\nprofile:bob holds what it held before\nthe new key key 3 was deleted again',
    )
    expect([live(here), here.held('profile:bob', 'Bob')?.AccessKeyId, here.vaults.size]).toEqual([['Active'], old.id, 0])
  })
})

describe('a step that fails says what became of things', () => {
  test('before a program may have the key', async () => {
    const { here, run } = await bobs()
    const store = ['profile:bob', 'env-file:/here/.env']
    const at = (await (await bobs()).run({ store })).steps.findIndex(({ name }) => name === 'replace /here/.env')
    const ran = await run({ store, fault: { at, what: 'fails' } })
    expect([said(ran, here.account), codeOf(ran)]).toEqual([
      'cannot use env-file:/here/.env: ENOSPC\n\nprofile:bob holds what it held before\nthe new key key 3 was deleted again',
      3,
    ])
  })

  test('once a program may have it, and the secret is in a file', async () => {
    const { here, run } = await bobs()
    const store = ['profile:bob', 'command:to-vault']
    const ran = await run({ store, exits: { 'to-vault': 1 } })
    expect([said(ran, here.account), codeOf(ran)]).toEqual([
      'cannot use command:to-vault: it ended with exit code 1\n\nkey 3 stays. To finish, run the same command again.',
      3,
    ])
    expect([(await run({ store })).failure, here.vaults.get('to-vault')?.AccessKeyId]).toEqual([undefined, here.account.keys[2]?.id])
  })

  test('and where it is not', async () => {
    const { here, run } = await bobs(100, 'command:to-vault')
    const ran = await run({ exits: { 'to-vault': 1 } })
    expect([said(ran, here.account), codeOf(ran)]).toEqual([
      'cannot use command:to-vault: it ended with exit code 1\n\nBoth keys stay active: key 3 may be in use, and no later run can know it. ' +
        'Find out which key each store holds, and deactivate the one that none does, with\n' +
        '  iamkey update-access-key --user-name Bob --access-key-id key 1 --status Inactive --profile admin\n' +
        '  iamkey update-access-key --user-name Bob --access-key-id key 3 --status Inactive --profile admin',
      4,
    ])
  })

  test('unless the store can be read', async () => {
    const { here, run } = await bobs(100, 'command:to-vault < show-id')
    const ran = await run({ exits: { 'to-vault': 1 } })
    expect([said(ran, here.account), codeOf(ran)]).toEqual([
      'cannot use command:to-vault: it ended with exit code 1\n\nthe new key key 3 was deleted again',
      3,
    ])
  })

  test('and after', async () => {
    const { here, run } = await bobs()
    here.account.denied.add('UpdateAccessKey')
    const ran = await run({ flags: AT_ONCE })
    expect(said(ran, here.account)).toBe(
      'An error occurred (AccessDenied)\n\nkey 3 stays. To finish, run the same command again, or retire key 1 with\n' +
        '  iamkey update-access-key --user-name Bob --access-key-id key 1 --status Inactive --profile admin',
    )
    expect(live(here)).toEqual(['Active', 'Active'])
  })
})

describe('a store', () => {
  test('that gives back something else makes the key be taken back', async () => {
    const { here, run } = await bobs()
    const file = '/home/user/.aws/credentials'
    const damage = () => here.write(file, here.file(file)?.replace(/(aws_secret_access_key = ).*/, '$1damaged') ?? '')
    const ran = await run({ after: ({ name }) => name === `remove ${file}.iamkey-lock` && damage() })
    expect(said(ran, here.account)).toMatch(
      /^cannot use profile:bob: it does not give back the key that was put there\n\nprofile:bob holds what it held before\n/,
    )
  })

  test("that holds another user's key is left alone", async () => {
    const { here, run } = await bobs()
    await here.put('profile:bob', { UserName: 'Carol', ...pairOf(here.account.addKey('Carol')) })
    const ran = await run()
    expect(said(ran, here.account)).toBe('profile:bob holds the key key 3 of the user Carol, not one of Bob')
  })

  test('that ends with its job says nothing of what others use', async () => {
    const { here, run } = await bobs()
    const { id, secret } = here.account.addKey('Carol')
    here.write('/job/env', `AWS_ACCESS_KEY_ID=${id}\nAWS_SECRET_ACCESS_KEY=${secret}\n`)
    const { failure } = await run({ store: ['profile:bob', 'github-env'] })
    const [, , , key] = here.account.keys
    expect([failure, here.file('/job/env')]).toEqual([undefined, expect.stringContaining(`AWS_ACCESS_KEY_ID=${key?.id}\n`)])
  })

  test('that holds a key which no list shows yet is not mistaken for a stranger', async () => {
    const here = world({ listed: age => age > 60_000 })
    here.account.addKey('Bob', START - 100 * DAY)
    await here.put('profile:bob', { UserName: 'Bob', ...pairOf(here.account.addKey('Bob')) })
    const admin = pairOf(here.account.addKey('ops', START - DAY))
    const ran = await here.run({ UserName: 'Bob', store: ['profile:bob'] }, admin)
    expect(said(ran, here.account)).toBe(
      'profile:bob holds the key key 2, which IAM does not list as active, but knows: run this again later',
    )
  })
})

describe('two runs at once', () => {
  test('on one machine the second stops', async () => {
    const { here, run } = await bobs()
    const [one, two] = await Promise.all([run({ latency: () => 100 }), run({ latency: () => 150 })])
    expect([one.failure, said(two, here.account)]).toEqual([
      undefined,
      'another run, process 1000 on test, is rotating the keys of this user',
    ])
  })

  test('on two machines no store ever holds a key that does not work, and a later run ends it', async () => {
    const latency = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 })
    const store = fc.constantFrom('command:to-vault', 'command:to-vault < show-id', 'profile:bob')
    await fc.assert(
      fc.asyncProperty(latency, latency, fc.integer({ min: 0, max: 20_000 }), store, async (fast, slow, later, kept) => {
        const { here, run } = await bobs(100, kept)
        const paced = (waits: readonly number[]) => {
          let turn = 0
          return () => waits[turn++ % waits.length] ?? 1
        }
        const one = run({ machine: 'one', latency: paced(fast) })
        const two = here.clock.sleep(later).then(() => run({ machine: 'two', latency: paced(slow), flags: { twoKeys: 'delete-older' } }))
        await here.clock.run(Promise.all([one, two]))
        const works = () => here.works(kept, 'Bob')
        expect(works()).toBe(true)
        await here.clock.run(here.clock.sleep(DAY))
        await run({ machine: 'three', flags: { twoKeys: 'delete-older' } })
        // What no program tells, and no journal of that machine, is left as it is.
        const active = live(here).filter(status => status === 'Active').length
        expect([active, works()]).toEqual([kept === 'command:to-vault' ? 2 : 1, true])
      }),
      { numRuns: 300 },
    )
  }, 60_000)
})

describe('the journal', () => {
  const JOURNAL = '/home/user/.local/state/iamkey/rotations/123456789012-Bob.json'

  const linesOf = (here: World): readonly unknown[] =>
    (here.file(JOURNAL) ?? '').split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line)]))

  test('has each step before it happens', async () => {
    const { here, old, run } = await bobs(100, 'command:to-vault')
    const seen: string[] = []
    await run({
      after({ kind, name }) {
        if (kind === 'program' || name === 'CreateAccessKey') seen.push(`${name} after ${JSON.stringify(linesOf(here).at(-1))}`)
      },
    })
    const [, , key] = here.account.keys
    const store = 'command:to-vault'
    expect(seen).toEqual([
      `CreateAccessKey after ${JSON.stringify({ what: 'asked', at: START + 10_000, before: [old.id] })}`,
      `to-vault after ${JSON.stringify({ what: 'storing', id: key?.id, store, at: START + 14_000 })}`,
    ])
    const replaces = { [old.id]: 'held' }
    expect(linesOf(here).slice(-5)).toEqual([
      { what: 'created', id: key?.id, at: START + 10_000, replaces },
      { what: 'storing', id: key?.id, store, at: START + 14_000 },
      { what: 'stored', id: key?.id, store, at: START + 14_000 },
      { what: 'handed over', id: key?.id, at: START + 14_000, replaces },
      { ended: true },
    ])
  })

  test('that says nothing is not left behind', async () => {
    const { here, run } = await bobs(30)
    await run()
    expect(here.file(JOURNAL)).toBeUndefined()
  })

  test('that is there and cannot be added to ends a run before it begins', async () => {
    const { here, run } = await bobs()
    await run()
    const { steps } = await run()
    const ran = await run({ fault: { at: steps.findIndex(({ name }) => name === `replace ${JOURNAL}`), what: 'fails' } })
    expect([said(ran, here.account), codeOf(ran)]).toEqual([`the journal ${JOURNAL} cannot be used (ENOSPC)`, 3])
  })

  test('of a run on another machine holds a run off for an hour', async () => {
    const { here, run } = await bobs()
    here.write(JOURNAL, JSON.stringify({ pid: 77, hostname: 'elsewhere' }))
    expect(said(await run(), here.account)).toBe('another run, process 77 on elsewhere, is rotating the keys of this user')
    await here.clock.run(here.clock.sleep(3_600_000))
    expect((await run()).failure).toBeUndefined()
  })

  test('of a run that had the number of this one holds no run off, as in a container', async () => {
    const { here, run } = await bobs()
    here.write(JOURNAL, JSON.stringify({ pid: 1000, hostname: 'test' }))
    expect([(await run({ flags: AT_ONCE })).failure, live(here)]).toEqual([undefined, ['Inactive', 'Active']])
  })

  test('is nowhere else, whatever a user is called', async () => {
    const host = testHost()
    await openLocalJournal('123456789012-/../../x', host, host.holdSignals())
    expect([...host.contents.keys()]).toEqual(['/home/user/.local/state/iamkey/rotations/123456789012-_.._.._x.json'])
  })

  test.each(['', '{"pid":', '[1,2]', '{"asked":1,"before":"no"}'])('that says %j says nothing', async text => {
    const { here, run } = await bobs()
    here.write(JOURNAL, text)
    expect([(await run({ flags: AT_ONCE })).failure, live(here)]).toEqual([undefined, ['Inactive', 'Active']])
  })
})
