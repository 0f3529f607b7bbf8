/** What a rotation finds out: keys of lists that lag, what the stores hold and whether it works, and what the journal expects. */

import { describe, expect, test } from 'vitest'
import type { Iam, Operations, Reply } from '../../src/core/iam.ts'
import { recordsUse } from '../../src/keys/recorded-use.ts'
import { EMPTY } from '../../src/rotation/journal.ts'
import { observe } from '../../src/rotation/observe.ts'
import { messageOf, type Scene, stage } from './matrix.ts'
import { DAY, START } from './world.ts'

const NOW = Date.UTC(2026, 0, 31)

const OUTPUTS: Partial<{ readonly [O in keyof Operations]: Operations[O]['output'] }> = {
  ListAccessKeys: {
    AccessKeyMetadata: [{ AccessKeyId: 'AKIANEW', Status: 'Active', CreateDate: '2026-01-31T00:00:00.4Z' }],
    IsTruncated: false,
  },
  GetAccessKeyLastUsed: { UserName: 'Bob', AccessKeyLastUsed: {} },
}
const iam: Iam = {
  call: async <O extends keyof Operations>(operation: O) => ({ output: OUTPUTS[operation], serverTime: NOW }) as Reply<O>,
}

function observed(isAws: boolean) {
  const { signal } = new AbortController()
  return observe({ Account: '123456789012', UserName: 'Bob', signs: false }, EMPTY, {
    iam,
    isAws,
    signingKey: undefined,
    clock: { now: () => NOW, sleep: async () => {} },
    signals: { received: undefined, interrupt: signal, deadline: signal, release() {} },
    maxAttempts: 1,
    random: () => 0,
    stores: [],
    identityOf: () => async () => ({ Account: undefined, Arn: undefined, UserId: undefined }),
    waitTimeout: 1000,
    progress: { say() {}, note() {}, end() {} },
    debug() {},
  })
}

test('by a service whose dates are finer than its clock no key comes from the future', async () => {
  expect(await observed(true)).toMatchObject({ now: NOW, keys: [{ AccessKeyId: 'AKIANEW', created: NOW, used: 'never' }] })
})

test('a service that has reported no use of any key does not prove that one is unused', async () => {
  expect(await observed(false)).toMatchObject({ keys: [{ AccessKeyId: 'AKIANEW', used: 'unreported' }] })
})

test.each([
  [true, ['never', 'never'], true],
  [false, ['never', 'never'], false],
  [false, ['never', 'unknown'], false],
  [false, ['never', { at: NOW, service: 's3' }], true],
] as const)('uses are recorded (AWS: %s, keys: %j): %s', (isAws, uses, expected) => {
  expect(
    recordsUse(
      isAws,
      uses.map(used => ({ used })),
    ),
  ).toBe(expected)
})

const SCENE: Scene = { caller: "another user's key", store: ['profile:bob'], journal: true, flags: { olderThan: '1000d' } }
const PROFILE = '/home/user/.aws/credentials'

/** What a run finds that has nothing to do, after something happened to the store or to the key in it. */
const CONDITIONS: readonly (readonly [
  fact: string,
  scene: Partial<Scene>,
  happens: (here: Awaited<ReturnType<typeof stage>>) => void,
  found: string,
])[] = [
  ['a key that works', {}, () => {}, 'works'],
  ['the key of a store that shows no more than its id', { store: ['command:to-vault < show-id'] }, () => {}, 'works'],
  ['a key that is inactive', {}, ({ old }) => Object.assign(old, { status: 'Inactive' }), 'inactive'],
  ['a key that is gone', {}, ({ old }) => Object.assign(old, { deleted: START }), 'deleted'],
  [
    'half of one key and half of another',
    {},
    ({ here, old }) => here.write(PROFILE, (here.file(PROFILE) ?? '').replace(old.secret, 'x'.repeat(40))),
    'mismatched',
  ],
  ['a file that is gone', {}, ({ here }) => here.remove(PROFILE), 'empty'],
  [
    'a key without its secret',
    {},
    ({ here }) => here.write(PROFILE, '[bob]\naws_access_key_id = AKIA\naws_secret_access_key =\n'),
    'empty',
  ],
]

test.each(CONDITIONS)('%s is found', async (_, scene, happens, found) => {
  const here = await stage({ ...SCENE, ...scene })
  happens(here)
  here.here.account.addKey('Bob', START - 20 * DAY)
  const ran = await here.run({ flags: { ...here.flags, plan: true } })
  const text = JSON.stringify(ran.output, (_, value) => (value instanceof Map ? Object.fromEntries(value) : value))
  expect(text).toContain(`"Condition":"${found}"`)
})

describe('a list that lags', () => {
  test('is asked again until it has the key that a store holds', async () => {
    const here = await stage({ ...SCENE, account: { listed: age => age > 8000 } })
    await here.run({ flags: { olderThan: '0m', retireAfter: '0m', retire: 'delete' } })
    const next = await here.run()
    expect([next.failure, next.steps.filter(({ name }) => name === 'ListAccessKeys').length]).toEqual([undefined, 4])
    expect(here.here.account.liveKeys('Bob').length).toBe(1)
  })

  test('is no reason for a new key, however long it lags', async () => {
    const here = await stage({ ...SCENE, account: { listed: age => age > 600_000 } })
    await here.run({ flags: { olderThan: '0m', retireAfter: '0m', retire: 'delete' } })
    const next = await here.run({ flags: { olderThan: '0m' } })
    expect(messageOf(next)).toMatch(
      /^profile:bob holds the key AKIA\w+, which IAM does not list as active, but knows: run this again later$/,
    )
    expect(here.here.account.liveKeys('Bob').length).toBe(1)
  })

  test('and a list that still has a key which a run has deleted is not believed', async () => {
    const here = await stage({ ...SCENE, account: { stillListed: since => since < 60_000 } })
    await here.run({ flags: { olderThan: '0m', retireAfter: '0m', retire: 'delete' } })
    expect((await here.run()).failure).toBeUndefined()
  })
})
