/** What follows from what is known, as a table: the keys there are, what holds and uses them, what the journal says, and what was asked for. */

import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/rotation/decision.ts'
import { EMPTY, type Entry, withEntry } from '../../src/rotation/journal.ts'
import type { RotationOptions } from '../../src/rotation/options.ts'
import { plan } from '../../src/rotation/plan.ts'
import type { Condition, Holding, Key, RotationState } from '../../src/rotation/state.ts'
import type { Task } from '../../src/rotation/tasks.ts'
import { DAY, START } from './world.ts'

const MINUTE = 60_000
const HOUR = 3_600_000

const OPTIONS: RotationOptions = {
  olderThan: 90 * DAY,
  twoKeys: 'fail',
  retire: 'deactivate',
  deleteInactiveAfter: 7 * DAY,
  retireAfter: DAY,
  waitTimeout: MINUTE,
  checkCommand: undefined,
  longestRun: 5 * MINUTE,
  useReportedWithin: MINUTE,
  accountOptions: ' --profile admin',
}

/** Last used so long after its creation; by default something works with it to this day. */
const key = (AccessKeyId: string, age: number, about: Partial<Key> = {}): Key => ({
  AccessKeyId,
  created: START - age,
  active: true,
  used: { at: START - MINUTE, service: 's3' },
  ...about,
})
/** As a run leaves it that waited until its key worked. */
const tried = (AccessKeyId: string, age: number): Key => key(AccessKeyId, age, { used: { at: START - age + MINUTE, service: 'sts' } })
const unused = (AccessKeyId: string, age: number): Key => key(AccessKeyId, age, { used: 'never' })
const undated = (AccessKeyId: string, about: Partial<Key> = {}): Key => key(AccessKeyId, 0, { ...about, created: undefined, used: 'never' })
const idle = (AccessKeyId: string, age: number, since: number): Key => key(AccessKeyId, age, { used: { at: START - since, service: 's3' } })
const inactive = (AccessKeyId: string, age: number, used: Key['used'] = { at: START - age + DAY, service: 's3' }): Key =>
  key(AccessKeyId, age, { active: false, used })

const file = (
  AccessKeyId?: string,
  store = 'profile:bob',
  condition: Condition = AccessKeyId === undefined ? 'empty' : 'works',
): Holding => ({
  store,
  identity: store,
  irrevocable: false,
  ephemeral: false,
  readable: true,
  whole: AccessKeyId !== undefined,
  condition,
  ...(AccessKeyId !== undefined && { AccessKeyId }),
})
const vault: Holding = {
  ...file(),
  store: 'command:vault',
  identity: 'command:vault',
  irrevocable: true,
  readable: false,
  condition: 'unknown',
}
const other: Holding = { ...vault, store: 'command:other', identity: 'command:other' }
const shown = (AccessKeyId: string, holding = vault): Holding => ({ ...holding, readable: true, AccessKeyId, condition: 'works' })
const ephemeral: Holding = {
  ...file(),
  store: 'github-env',
  identity: 'github-env',
  ephemeral: true,
  readable: false,
  condition: 'unknown',
}

const at = START - HOUR
const created = (id: string, replaces = 'OLD'): Entry => ({ what: 'created', id, at, replaces: { [replaces]: 'held' } })
const storing = (id: string, store = 'command:vault'): Entry => ({ what: 'storing', id, store, at })
const stored = (id: string, store = 'command:vault', when = at): Entry => ({ what: 'stored', id, store, at: when })
const handedOver = (id: string, ago: number, how: 'held' | 'elsewhere' = 'held'): Entry => ({
  what: 'handed over',
  id,
  at: START - ago,
  replaces: { OLD: how },
})

interface Case extends Partial<Pick<RotationState, 'signer' | 'unlisted'>>, Partial<RotationOptions> {
  readonly keys: readonly Key[]
  readonly holdings?: readonly Holding[]
  readonly journal?: readonly Entry[]
}

function planned({ keys, holdings = [file('OLD')], signer, journal = [], unlisted = [], ...options }: Case) {
  const history = journal.reduce(withEntry, EMPTY)
  const sorted = [...keys].sort((one, another) => (one.created ?? 0) - (another.created ?? 0))
  return plan(
    { now: START, UserName: 'Bob', signer, keys: sorted, holdings, history, unlisted, missing: [] },
    { ...OPTIONS, ...options },
    true,
  )
}

function inShort(task: Task): string {
  if (task.step === 'store') return `store ${task.stores.join(' ')}`
  if (task.step === 'hand over') return `hand over ${task.store}`
  if (task.step === 'retire') return `${task.how} ${task.AccessKeyId}`
  if (task.step === 'take up') return `take up ${task.AccessKeyId} from ${task.store ?? 'the signer'}`
  return 'AccessKeyId' in task ? `${task.step} ${task.AccessKeyId}` : task.step
}

const FRESH = ['create', 'wait', 'store profile:bob', 'verify']
const HANDED = ['create', 'wait', 'verify', 'hand over command:vault']

const THEN: readonly (readonly [fact: string, given: Case, result: string, tasks: readonly string[]])[] = [
  ['a key that is old enough is replaced, and stays for a day', { keys: [key('OLD', 90 * DAY)] }, 'Rotated', FRESH],
  ['a younger one is left alone', { keys: [key('OLD', 90 * DAY - 1)] }, 'NothingDue', []],
  ['the age is a matter of choice', { keys: [key('OLD', 0)], olderThan: 0 }, 'Rotated', FRESH],
  [
    'with no time for the old one, it goes at once',
    { keys: [key('OLD', 90 * DAY)], retireAfter: 0 },
    'Rotated',
    [...FRESH, 'deactivate OLD'],
  ],
  [
    'or is deleted, if that was said',
    { keys: [key('OLD', 90 * DAY)], retireAfter: 0, retire: 'delete' },
    'Rotated',
    [...FRESH, 'delete OLD'],
  ],
  ['or neither', { keys: [key('OLD', 90 * DAY)], retireAfter: 0, retire: 'keep' }, 'Rotated', FRESH],
  [
    'what cannot be taken back comes after the proof',
    { keys: [key('OLD', 90 * DAY)], holdings: [vault, file('OLD')] },
    'Rotated',
    [...FRESH, 'hand over command:vault'],
  ],

  // ---- the old key
  [
    'the predecessor goes once its time is over, whoever uses it',
    { keys: [key('OLD', 91 * DAY), tried('NEW', DAY)], holdings: [file('NEW')], journal: [created('NEW'), handedOver('NEW', DAY)] },
    'Finished',
    ['deactivate OLD'],
  ],
  [
    'sooner if nothing has used it for an hour',
    {
      keys: [idle('OLD', 91 * DAY, 2 * HOUR), tried('NEW', DAY)],
      holdings: [file('NEW')],
      journal: [created('NEW'), handedOver('NEW', HOUR)],
    },
    'Finished',
    ['deactivate OLD'],
  ],
  [
    'but not before an hour is over',
    {
      keys: [idle('OLD', 91 * DAY, 2 * HOUR), tried('NEW', DAY)],
      holdings: [file('NEW')],
      journal: [created('NEW'), handedOver('NEW', HOUR - 1)],
    },
    'NothingDue',
    [],
  ],
  [
    'one that is in use is never deleted',
    {
      keys: [key('OLD', 91 * DAY), tried('NEW', DAY)],
      holdings: [file('NEW')],
      journal: [created('NEW'), handedOver('NEW', DAY)],
      retire: 'delete',
    },
    'Finished',
    ['deactivate OLD'],
  ],
  [
    'one that is not in use is, if that was said',
    {
      keys: [idle('OLD', 91 * DAY, 2 * DAY), tried('NEW', DAY)],
      holdings: [file('NEW')],
      journal: [created('NEW'), handedOver('NEW', DAY)],
      retire: 'delete',
    },
    'Finished',
    ['delete OLD'],
  ],
  [
    'the predecessor is deleted a week after it was deactivated',
    {
      keys: [inactive('OLD', 99 * DAY, 'unknown'), key('NEW', 8 * DAY)],
      holdings: [file('NEW')],
      journal: [created('NEW'), { what: 'deactivated', id: 'OLD', at: START - 7 * DAY }],
    },
    'NothingDue',
    ['discard OLD'],
  ],
  [
    'without a journal a week after its successor came',
    { keys: [inactive('OLDER', 30 * DAY), key('OLD', 7 * DAY)] },
    'NothingDue',
    ['discard OLDER'],
  ],
  ['but not sooner', { keys: [inactive('OLDER', 30 * DAY), key('OLD', 6 * DAY)] }, 'NothingDue', []],
  [
    'nor where it was used since',
    { keys: [inactive('OLDER', 100 * DAY, { at: START - 6 * DAY, service: 's3' }), key('OLD', 30 * DAY)] },
    'NothingDue',
    [],
  ],
  ['nor where that is not known', { keys: [inactive('OLDER', 100 * DAY, 'unknown'), key('OLD', 30 * DAY)] }, 'NothingDue', []],
  ['nor one that came later', { keys: [key('OLD', 60 * DAY), inactive('OTHER', 30 * DAY)] }, 'NothingDue', []],
  ['and it makes room', { keys: [inactive('OLDER', 200 * DAY), key('OLD', 90 * DAY)] }, 'Rotated', ['discard OLDER', ...FRESH]],

  // ---- after a run that was killed, with what it wrote
  [
    'a key that no store was to get goes, and the rotation begins again',
    { keys: [key('OLD', 90 * DAY), tried('NEW', HOUR)], journal: [created('NEW')] },
    'Rotated',
    ['discard NEW', ...FRESH],
  ],
  [
    'so does one of which a store that can be read has nothing',
    { keys: [key('OLD', 90 * DAY), tried('NEW', HOUR)], journal: [created('NEW'), storing('NEW', 'profile:bob')] },
    'Rotated',
    ['discard NEW', ...FRESH],
  ],
  [
    'a key whose reply was lost, and that nothing has used, goes as well',
    { keys: [key('OLD', 90 * DAY), unused('NEW', 2 * MINUTE)], journal: [{ what: 'asked', at: START - 2 * MINUTE, before: ['OLD'] }] },
    'Rotated',
    ['discard NEW', ...FRESH],
  ],
  [
    'a key that a store has is handed over by that',
    { keys: [key('OLD', 90 * DAY), tried('NEW', HOUR)], holdings: [file('NEW')], journal: [created('NEW'), storing('NEW', 'profile:bob')] },
    'NothingDue',
    [],
  ],
  [
    'and is put where it is missing',
    {
      keys: [key('OLD', 90 * DAY), tried('NEW', HOUR)],
      holdings: [file('NEW'), vault],
      journal: [created('NEW'), storing('NEW', 'profile:bob'), storing('NEW')],
    },
    'Finished',
    ['take up NEW from profile:bob', 'wait', 'verify', 'hand over command:vault'],
  ],
  [
    'a program that has it by what it said is believed',
    { keys: [key('OLD', 90 * DAY), tried('NEW', HOUR)], holdings: [vault], journal: [created('NEW'), stored('NEW')] },
    'NothingDue',
    [],
  ],
  [
    'so is use, where nothing else was to get the key',
    { keys: [key('OLD', 90 * DAY), key('NEW', 2 * HOUR)], holdings: [vault], journal: [created('NEW'), storing('NEW')] },
    'NothingDue',
    [],
  ],

  // ---- the same without
  [
    'a predecessor that was not used since is deactivated, whatever was asked for',
    { keys: [idle('OLD', 92 * DAY, 3 * DAY), tried('NEW', 2 * DAY)], holdings: [file('NEW')], retire: 'delete' },
    'Finished',
    ['deactivate OLD'],
  ],
  ['one that is in use has its time', { keys: [key('OLD', 91 * DAY), tried('NEW', DAY / 2)], holdings: [file('NEW')] }, 'NothingDue', []],
  [
    'unless the older one may go',
    { keys: [key('OLD', 92 * DAY), tried('NEW', 2 * DAY)], holdings: [file('NEW')], twoKeys: 'delete-older' },
    'Finished',
    ['deactivate OLD'],
  ],
  [
    'a store that still has the old key gets the new one, and one that cannot be read gets it again',
    { keys: [key('OLD', 91 * DAY), tried('NEW', DAY)], holdings: [file('NEW'), file('OLD', 'env-file:.env'), vault] },
    'Finished',
    ['take up NEW from profile:bob', 'wait', 'store env-file:.env', 'verify', 'hand over command:vault'],
  ],
  [
    'a store that was added gets the key, too',
    { keys: [key('OLD', DAY)], holdings: [file('OLD'), file(undefined, 'env-file:.env'), vault, ephemeral] },
    'Repaired',
    ['take up OLD from profile:bob', 'wait', 'store env-file:.env github-env', 'verify'],
  ],
  [
    'a key that signs is at hand',
    { keys: [key('OLD', 91 * DAY), key('NEW', DAY)], holdings: [vault], signer: 'NEW' },
    'Finished',
    ['take up NEW from the signer', 'wait', 'verify', 'hand over command:vault'],
  ],
  [
    'an unused key makes room where it may',
    { keys: [key('OLD', 91 * DAY), unused('NEW', DAY)], holdings: [vault], twoKeys: 'delete-unused' },
    'Rotated',
    ['discard NEW', ...HANDED],
  ],
  [
    'an inactive key makes room where it may',
    { keys: [key('OLD', 91 * DAY), inactive('OTHER', DAY, 'unknown')], twoKeys: 'delete-inactive' },
    'Rotated',
    ['discard OTHER', ...FRESH],
  ],
  [
    'and so does whatever the words before allow',
    { keys: [key('OLD', 91 * DAY), inactive('OTHER', DAY)], twoKeys: 'delete-older' },
    'Rotated',
    ['discard OTHER', ...FRESH],
  ],

  ['a key without a date is rotated where its age is not asked for', { keys: [undated('OLD')], olderThan: 0 }, 'Rotated', FRESH],
  [
    'an inactive key without a date stays, and makes room where it may',
    { keys: [undated('OLD'), undated('OTHER', { active: false })], olderThan: 0, twoKeys: 'delete-inactive' },
    'Rotated',
    ['discard OTHER', ...FRESH],
  ],

  // ---- what is broken
  ['an empty store is filled', { keys: [key('OLD', DAY)], holdings: [file()] }, 'Repaired', FRESH],
  ['so is one with a key that is gone', { keys: [key('OLD', DAY)], holdings: [file('GONE', 'profile:bob', 'deleted')] }, 'Repaired', FRESH],
  ['and one with half of another', { keys: [key('OLD', DAY)], holdings: [file('OLD', 'profile:bob', 'mismatched')] }, 'Repaired', FRESH],
  [
    'from a store that has the key, where there is one',
    { keys: [key('OLD', DAY)], holdings: [file('OLD'), file(undefined, 'env-file:.env')] },
    'Repaired',
    ['take up OLD from profile:bob', 'wait', 'store env-file:.env', 'verify'],
  ],
  [
    'a store that was given a key which is gone by now gets another',
    { keys: [key('OLD', DAY)], holdings: [{ ...vault, condition: 'deleted' }], journal: [stored('GONE')] },
    'Repaired',
    HANDED,
  ],
  [
    'a key that no store was ever to get is no key to work with',
    { keys: [key('NEW', DAY)], holdings: [vault], journal: [created('NEW')] },
    'Repaired',
    HANDED,
  ],
]

describe('a plan', () => {
  test.each(THEN)('%s', (_, given, result, tasks) => {
    const decision = planned(given)
    expect(decision.kind === 'go' ? [decision.result, decision.tasks.map(inShort), decision.open] : decision).toEqual([
      result,
      tasks,
      undefined,
    ])
  })
})

const NOT: readonly (readonly [fact: string, given: Case, verdict: string, why: string | RegExp])[] = [
  [
    'a user without keys is not given one',
    { keys: [], holdings: [file('GONE', 'profile:bob', 'deleted')] },
    'DecisionNeeded',
    'Bob has no access key, so there is nothing to rotate; create-access-key with the same --store makes a first one\n' +
      'profile:bob holds GONE, which IAM does not have',
  ],
  [
    'nor one whose keys were switched off',
    { keys: [inactive('OLD', 100 * DAY)], holdings: [file('OLD', 'profile:bob', 'inactive')] },
    'DecisionNeeded',
    'Bob has no active access key, only OLD, so there is nothing to rotate; create-access-key with the same --store makes a first one\n' +
      'profile:bob holds OLD, which is inactive',
  ],
  [
    "another user's key is not overwritten",
    { keys: [key('OLD', 100 * DAY)], holdings: [{ ...file('THEIRS'), owner: 'Carol' }] },
    'DecisionNeeded',
    'profile:bob holds the key THEIRS of the user Carol, not one of Bob',
  ],
  [
    'a list that lacks what works is waited for',
    { keys: [key('OLD', 100 * DAY)], holdings: [file('NEW', 'profile:bob', 'contradictory')] },
    'NotFinished',
    'profile:bob holds the key NEW, which IAM does not list as active, but knows: run this again later',
  ],
  [
    'so is one that lacks what a run has made',
    { keys: [key('OLD', 100 * DAY)], journal: [created('NEW')], unlisted: ['NEW'] },
    'NotFinished',
    'the key NEW, which an earlier run created, is not listed yet: run this again later',
  ],
  [
    'a key that has just come may be that of another run',
    { keys: [key('OLD', 100 * DAY), unused('NEW', MINUTE)], twoKeys: 'delete-unused' },
    'NotFinished',
    'the key NEW is so new that another run may have made it, and it may be about to store it. If there is none, run this again after 2026-01-31T00:04:00Z',
  ],
  [
    'a program that has outlived its run may still store the key',
    {
      keys: [key('OLD', 100 * DAY), tried('NEW', 2 * MINUTE)],
      holdings: [shown('OLD')],
      journal: [created('NEW'), { ...storing('NEW'), at: START - MINUTE }],
    },
    'NotFinished',
    'a program that an earlier run has started may still store NEW. Run this again after 2026-01-31T00:04:00Z',
  ],
  [
    'while an old key has its time, there is no room for another',
    {
      keys: [key('OLD', 91 * DAY), key('NEW', HOUR)],
      holdings: [file('NEW')],
      journal: [created('NEW'), handedOver('NEW', HOUR / 2)],
      olderThan: 0,
    },
    'NotFinished',
    'NEW is due, but there is no room for a new key yet: OLD has its time until 2026-01-31T23:30:00Z. Run this again then',
  ],
  [
    'nor before an inactive one is deleted',
    {
      keys: [inactive('OLD', 91 * DAY), key('NEW', 2 * DAY)],
      holdings: [file('NEW')],
      journal: [created('NEW'), { what: 'deactivated', id: 'OLD', at: START - DAY }],
      olderThan: 0,
    },
    'NotFinished',
    'NEW is due, but there is no room for a new key yet: OLD is deleted from 2026-02-06T00:00:00Z. Run this again then',
  ],
  [
    'a key that may be in a store, and whose secret is nowhere else, stays beside the other',
    { keys: [key('OLD', 100 * DAY), tried('NEW', 2 * HOUR)], holdings: [vault], journal: [created('NEW'), storing('NEW')] },
    'DecisionNeeded',
    `command:vault holds OLD or NEW: a run ended before it could be known. Both keys stay active.
OLD: active, created 2025-10-23T00:00:00Z, last used 2026-01-30T23:59:00Z for s3, perhaps held by command:vault. If nothing needs it:
  iamkey update-access-key --user-name Bob --access-key-id OLD --status Inactive --profile admin
NEW: active, created 2026-01-30T22:00:00Z, last used 2026-01-30T22:01:00Z for sts, perhaps held by command:vault. If nothing needs it:
  iamkey update-access-key --user-name Bob --access-key-id NEW --status Inactive --profile admin`,
  ],
  [
    'as do two keys of two stores',
    { keys: [key('OLD', 100 * DAY), tried('NEW', 2 * HOUR)], holdings: [shown('NEW'), shown('OLD', other)], journal: [created('NEW')] },
    'DecisionNeeded',
    /^the stores hold different keys, and no secret can be read: command:vault holds NEW, command:other holds OLD\. Both keys stay active\.\n/,
  ],
  [
    'two keys leave no room, and nobody said which may go',
    { keys: [key('OLD', 100 * DAY), unused('NEW', 2 * DAY)] },
    'DecisionNeeded',
    `Bob has two access keys already, and --two-keys fail lets none of them go.
OLD: active, created 2025-10-23T00:00:00Z, last used 2026-01-30T23:59:00Z for s3, held by profile:bob. If nothing needs it:
  iamkey update-access-key --user-name Bob --access-key-id OLD --status Inactive --profile admin
NEW: active, created 2026-01-29T00:00:00Z, never used. --two-keys delete-unused lets it go, or
  iamkey delete-access-key --user-name Bob --access-key-id NEW --profile admin`,
  ],
  [
    'a store that is broken says so, where there is no room to repair it',
    { keys: [key('OLD', DAY), key('NEW', DAY)], holdings: [file()] },
    'DecisionNeeded',
    /^profile:bob holds no whole key\. Bob has two access keys already, and --two-keys fail lets none of them go\.\n/,
  ],
]

/** The ids of these tests are shorter than IAM's, which each command says. */
const plain = (decision: Decision) =>
  decision.kind === 'stop' ? { ...decision, why: decision.why.replace(/^That takes parameter_validation .*\n?/gm, '').trimEnd() } : decision

const UNDATED: typeof NOT = [
  [
    'of a key without a date nobody knows whether it is due',
    { keys: [undated('OLD')] },
    'DecisionNeeded',
    'the service gives no date of OLD, so whether it is due is not known; --older-than 0d rotates it now',
  ],
  [
    'a second key without a date may be that of another run',
    { keys: [key('OLD', 100 * DAY), undated('NEW')], twoKeys: 'delete-unused' },
    'DecisionNeeded',
    'the service gives no date of the key NEW: another run may have made it just now, and it may be about to store it. ' +
      'If none has, let one of them go, and run this again.\n' +
      'NEW: active, of unknown age, never used. If nothing needs it:\n' +
      '  iamkey update-access-key --user-name Bob --access-key-id NEW --status Inactive --profile admin\n' +
      'OLD: active, created 2025-10-23T00:00:00Z, last used 2026-01-30T23:59:00Z for s3, held by profile:bob. If nothing needs it:\n' +
      '  iamkey update-access-key --user-name Bob --access-key-id OLD --status Inactive --profile admin',
  ],
]

describe('there is no plan', () => {
  test.each([...NOT, ...UNDATED])('%s', (_, given, verdict, why) => {
    const decision = planned(given)
    expect(plain(decision)).toMatchObject({ kind: 'stop', verdict, why: typeof why === 'string' ? why : expect.stringMatching(why) })
  })
})

const OPEN: readonly (readonly [fact: string, given: Case, why: RegExp])[] = [
  [
    'a second active key that no rotation explains',
    { keys: [key('OLD', 50 * DAY), key('OTHER', 10 * DAY)] },
    /^OTHER is active beside OLD, and stays: no rotation explains it\./,
  ],
  [
    'one that no store had held, and that is still in use',
    {
      keys: [key('OLD', 92 * DAY), tried('NEW', 2 * DAY)],
      holdings: [file('NEW')],
      journal: [created('NEW'), handedOver('NEW', 2 * DAY, 'elsewhere')],
    },
    /^OLD is active beside NEW, and stays: it is still in use, and no store had held it\./,
  ],
  [
    'one that signs this run',
    {
      keys: [key('OLD', 92 * DAY), tried('NEW', 2 * DAY)],
      holdings: [file('NEW')],
      journal: [created('NEW'), handedOver('NEW', 2 * DAY)],
      signer: 'OLD',
    },
    /^OLD is active beside NEW, and stays: it signs this run, so something besides the stores holds it\./,
  ],
]

test.each(OPEN)('a person must decide about %s', (_, given, why) => {
  expect(planned(given)).toMatchObject({ kind: 'go', tasks: [], open: expect.stringMatching(why) })
})

const NEVER: readonly (readonly [fact: string, given: Case])[] = [
  ['a key in use that is younger', { keys: [key('OLD', 100 * DAY), key('OTHER', DAY)] }],
  ['one that was used once, if only for STS', { keys: [key('OLD', 100 * DAY), tried('OTHER', 2 * DAY)] }],
  ['a key whose use is unknown', { keys: [key('OLD', 100 * DAY), key('OTHER', DAY, { used: 'unknown' })] }],
  ['an unused one that came today', { keys: [key('OLD', 100 * DAY), unused('OTHER', DAY - 1)] }],
  [
    'an unused one, where nothing uses the other one either',
    { keys: [unused('OLD', 100 * DAY), unused('OTHER', 2 * DAY)], holdings: [vault] },
  ],
  ['the older one, where the store cannot be read', { keys: [key('OLD', 200 * DAY), key('OTHER', 100 * DAY)], holdings: [vault] }],
  ['a key that a store was to get', { keys: [key('OLD', 100 * DAY), tried('NEW', 2 * DAY)], holdings: [vault], journal: [storing('NEW')] }],
  [
    'a key that a store got which this run does not name',
    { keys: [key('OLD', 100 * DAY), tried('NEW', 2 * DAY)], journal: [created('NEW'), stored('NEW', 'env-file in /elsewhere')] },
  ],
  [
    'a younger key in use beside the one that signs',
    { keys: [key('OLD', 100 * DAY), key('OTHER', DAY)], holdings: [vault], signer: 'OLD', olderThan: 0 },
  ],
  ['a key that signs', { keys: [key('OLD', 100 * DAY), unused('OTHER', DAY)], signer: 'OTHER' }],
  ['an older key that signs', { keys: [unused('OTHER', 120 * DAY), key('OLD', 100 * DAY)], signer: 'OTHER' }],
]

describe('no word lets go', () => {
  test.each(NEVER)('%s', (_, given) => {
    for (const twoKeys of ['fail', 'delete-inactive', 'delete-unused', 'delete-older'] as const) {
      const decision = planned({ ...given, twoKeys })
      const tasks = decision.kind === 'go' ? decision.tasks.filter(({ step }) => step === 'discard' || step === 'retire') : []
      expect(tasks).toEqual([])
    }
  })
})

describe('one list alone', () => {
  const look = (keys: readonly Key[], holdings: readonly Holding[], settled: boolean) =>
    plan({ now: START, UserName: 'Bob', signer: undefined, keys, holdings, history: EMPTY, unlisted: [], missing: [] }, OPTIONS, settled)
      .kind

  test('is no reason for a new key, nor for a question', () => {
    const old = key('OLD', 100 * DAY)
    expect([look([old], [vault], false), look([old], [vault], true)]).toEqual(['again', 'go'])
    expect([look([], [vault], false), look([], [vault], true)]).toEqual(['again', 'stop'])
  })

  test('is reason enough where a store has the key, and it works', () => {
    expect(look([key('OLD', 100 * DAY)], [file('OLD')], false)).toBe('go')
  })
})
