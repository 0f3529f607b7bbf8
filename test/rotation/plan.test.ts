/** What follows from a situation, as a table: the keys there are, who holds and uses them, and what was asked for. */
import { describe, expect, test } from 'vitest'
import type { RotationOptions } from '../../src/rotation/options.ts'
import { decideRotation, type Task } from '../../src/rotation/plan.ts'
import type { Holding, Key, Past, RotationState } from '../../src/rotation/state.ts'
import { DAY, START } from './world.ts'

const MINUTE = 60_000

const WISHES: RotationOptions = {
  olderThan: 90 * DAY,
  twoKeys: 'fail',
  retire: 'deactivate',
  deleteInactiveAfter: 7 * DAY,
  patience: MINUTE,
  checkCommand: undefined,
  trial: 5 * MINUTE,
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
const inactive = (AccessKeyId: string, age: number, used: Key['used'] = { at: START - age + DAY, service: 's3' }): Key =>
  key(AccessKeyId, age, { active: false, used })

const file = (AccessKeyId?: string, store = 'profile:bob'): Holding => ({
  store,
  irrevocable: false,
  readable: true,
  ...(AccessKeyId !== undefined && { AccessKeyId }),
})
const vault: Holding = { store: 'command:vault', irrevocable: true, readable: false }
const passing: Holding = { store: 'github-env', irrevocable: false, readable: false }
const past = (about: Partial<Past>): Past => ({ asked: START - MINUTE, before: ['OLD'], created: undefined, handedOver: 0, ...about })

interface Case extends Partial<Pick<RotationState, 'signer' | 'past'>>, Partial<RotationOptions> {
  readonly keys: readonly Key[]
  readonly holdings?: readonly Holding[]
}

function decided({ keys, holdings = [file('OLD')], signer, past, ...wishes }: Case): readonly string[] | string {
  const situation = {
    now: START,
    UserName: 'Bob',
    signer,
    keys: [...keys].sort((one, other) => (one.created ?? 0) - (other.created ?? 0)),
    holdings,
    past,
  }
  const decision = decideRotation(situation, { ...WISHES, ...wishes })
  return decision.kind === 'stop' ? decision.why : decision.tasks.map(inShort)
}

function inShort(task: Task): string {
  if (task.step === 'store') return `store ${task.stores.join(' ')}`
  if (task.step === 'hand over') return `hand over ${task.store}`
  if (task.step === 'retire') return `${task.how} ${task.AccessKeyId}`
  if (task.step === 'take up') return `take up ${task.AccessKeyId} from ${task.store ?? 'the signer'}`
  return 'AccessKeyId' in task ? `${task.step} ${task.AccessKeyId}` : task.step
}

const FRESH = ['create', 'wait', 'store profile:bob', 'verify']
const SPREAD = ['wait', 'verify']

const THEN: readonly (readonly [fact: string, given: Case, tasks: readonly string[]])[] = [
  ['a key that is old enough is replaced', { keys: [key('OLD', 90 * DAY)] }, [...FRESH, 'deactivate OLD']],
  ['a younger one is left alone', { keys: [key('OLD', 90 * DAY - 1)] }, []],
  ['the age is a matter of choice', { keys: [key('OLD', 0)], olderThan: 0 }, [...FRESH, 'deactivate OLD']],
  ['so is the end of the old key', { keys: [key('OLD', 90 * DAY)], retire: 'delete' }, [...FRESH, 'delete OLD']],
  ['or that it has none', { keys: [key('OLD', 90 * DAY)], retire: 'keep' }, FRESH],
  ['stores that hold nothing get the first key', { keys: [key('OLD', 90 * DAY)], holdings: [file()] }, [...FRESH, 'deactivate OLD']],
  ['a store that holds a key that is gone is no reason to hurry', { keys: [key('OLD', DAY)], holdings: [file('GONE')] }, []],
  [
    'what cannot be taken back comes after the proof',
    { keys: [key('OLD', 90 * DAY)], holdings: [vault, file('OLD')] },
    [...FRESH, 'hand over command:vault', 'deactivate OLD'],
  ],
  ['the predecessor of the key goes after a week', { keys: [inactive('OLDER', 30 * DAY), key('OLD', 7 * DAY)] }, ['discard OLDER']],
  ['but not sooner', { keys: [inactive('OLDER', 30 * DAY), key('OLD', 6 * DAY)] }, []],
  [
    'nor where somebody used it since',
    { keys: [inactive('OLDER', 100 * DAY, { at: START - 6 * DAY, service: 's3' }), key('OLD', 30 * DAY)] },
    [],
  ],
  ['nor where nobody knows', { keys: [inactive('OLDER', 100 * DAY, 'unknown'), key('OLD', 30 * DAY)] }, []],
  ['nor one that came later', { keys: [key('OLD', 60 * DAY), inactive('OTHER', 30 * DAY)] }, []],
  ['and it makes room', { keys: [inactive('OLDER', 200 * DAY), key('OLD', 90 * DAY)] }, ['discard OLDER', ...FRESH, 'deactivate OLD']],

  // ---- after a run that was killed, with what it wrote
  [
    'a key that nobody got goes, and the rotation begins again',
    { keys: [key('OLD', 90 * DAY), unused('NEW', MINUTE)], past: past({ created: 'NEW' }) },
    ['discard NEW', ...FRESH, 'deactivate OLD'],
  ],
  [
    'a key that a store holds is verified, and the old one goes',
    { keys: [key('OLD', 90 * DAY), tried('NEW', MINUTE)], holdings: [file('NEW')], past: past({ created: 'NEW' }), retire: 'delete' },
    ['take up NEW from profile:bob', ...SPREAD, 'delete OLD'],
  ],
  [
    'so does one that all programs have',
    { keys: [key('OLD', 90 * DAY), tried('NEW', MINUTE)], holdings: [vault], past: past({ created: 'NEW', handedOver: 1 }) },
    ['deactivate OLD'],
  ],
  [
    'one that some of them have is given up for another',
    {
      keys: [key('OLD', 90 * DAY), key('NEW', MINUTE)],
      holdings: [vault, { ...vault, store: 'command:other' }],
      past: past({ created: 'NEW', handedOver: 1 }),
    },
    ['discard NEW', 'create', 'wait', 'verify', 'hand over command:vault', 'hand over command:other', 'deactivate OLD'],
  ],
  [
    'a key that was asked for and may have come goes only where that is allowed',
    { keys: [key('OLD', 90 * DAY), unused('NEW', MINUTE)], past: past({}), twoKeys: 'delete-unused' },
    ['discard NEW', ...FRESH, 'deactivate OLD'],
  ],

  // ---- the same without
  [
    'a key that nobody has used since its successor came is deactivated, whatever was asked for',
    {
      keys: [key('OLD', 91 * DAY, { used: { at: START - DAY, service: 's3' } }), tried('NEW', DAY)],
      holdings: [file('NEW')],
      retire: 'delete',
    },
    ['take up NEW from profile:bob', ...SPREAD, 'deactivate OLD'],
  ],
  ['one that is in use is left alone', { keys: [key('OLD', 91 * DAY), tried('NEW', DAY)], holdings: [file('NEW')] }, []],
  [
    'as is one that was not due when the other came',
    { keys: [unused('OTHER', 50 * DAY), key('OLD', 10 * DAY)], holdings: [file('OLD')] },
    [],
  ],
  [
    'unless the older one may go',
    { keys: [key('OLD', 91 * DAY), tried('NEW', DAY)], holdings: [file('NEW')], twoKeys: 'delete-older' },
    ['take up NEW from profile:bob', ...SPREAD, 'deactivate OLD'],
  ],
  [
    'the key that signs gives way to what the stores hold',
    { keys: [key('OLD', 91 * DAY), tried('NEW', DAY)], holdings: [file('NEW')], signer: 'OLD', retire: 'delete' },
    ['take up NEW from profile:bob', ...SPREAD, 'deactivate OLD'],
  ],
  [
    'a store that still holds the old key gets the new one',
    { keys: [key('OLD', 91 * DAY), tried('NEW', DAY)], holdings: [file('NEW'), file('OLD', 'env-file:.env'), vault] },
    ['take up NEW from profile:bob', 'wait', 'store env-file:.env', 'verify', 'hand over command:vault', 'deactivate OLD'],
  ],
  [
    'a store that was added gets the key, too',
    { keys: [key('OLD', DAY)], holdings: [file('OLD'), file(undefined, 'env-file:.env'), vault, passing] },
    ['take up OLD from profile:bob', 'wait', 'store env-file:.env', 'verify'],
  ],
  [
    'a key that signs is given to programs once more',
    { keys: [key('OLD', 91 * DAY, { used: { at: START - DAY, service: 's3' } }), key('NEW', DAY)], holdings: [vault], signer: 'NEW' },
    ['take up NEW from the signer', 'wait', 'verify', 'hand over command:vault', 'deactivate OLD'],
  ],
  [
    'an unused key that nobody holds makes room where it may',
    { keys: [key('OLD', 91 * DAY), tried('NEW', DAY)], holdings: [vault], twoKeys: 'delete-unused' },
    ['discard NEW', 'create', 'wait', 'verify', 'hand over command:vault', 'deactivate OLD'],
  ],
  [
    'of two unused keys the younger',
    { keys: [unused('OLD', 91 * DAY), unused('NEW', DAY)], holdings: [vault], twoKeys: 'delete-unused' },
    ['discard NEW', 'create', 'wait', 'verify', 'hand over command:vault', 'deactivate OLD'],
  ],
  [
    'a key without a date is rotated where its age is not asked for',
    { keys: [undated('OLD')], olderThan: 0 },
    [...FRESH, 'deactivate OLD'],
  ],
  [
    'an inactive key without a date stays, and makes room where it may',
    { keys: [undated('OLD'), undated('OTHER', { active: false })], olderThan: 0, twoKeys: 'delete-inactive' },
    ['discard OTHER', ...FRESH, 'deactivate OLD'],
  ],
  [
    'an inactive key makes room where it may',
    { keys: [key('OLD', 91 * DAY), inactive('OTHER', DAY, 'unknown')], twoKeys: 'delete-inactive' },
    ['discard OTHER', ...FRESH, 'deactivate OLD'],
  ],
  [
    'and so does whatever the words before allow',
    { keys: [key('OLD', 91 * DAY), inactive('OTHER', DAY)], twoKeys: 'delete-older' },
    ['discard OTHER', ...FRESH, 'deactivate OLD'],
  ],
]

describe('a decision', () => {
  test.each(THEN)('%s', (_, given, tasks) => {
    expect(decided(given)).toEqual(tasks)
  })
})

/** What follows the command for a key of these tests. */
const SHORT = 'That takes parameter_validation = false in the profile, for the id is shorter than 16 characters.'

const NOT: readonly (readonly [fact: string, given: Case, why: string])[] = [
  [
    'a user without keys is not given one',
    { keys: [] },
    'Bob has no access key, so there is nothing to rotate; create-access-key with the same --store makes a first one',
  ],
  [
    'nor one whose keys were switched off',
    { keys: [inactive('OLD', 100 * DAY)] },
    'Bob has no active access key, only OLD, so there is nothing to rotate; create-access-key with the same --store makes a first one',
  ],
  [
    "another user's key is not overwritten",
    { keys: [key('OLD', 100 * DAY)], holdings: [{ ...file('THEIRS'), owner: 'Carol' }] },
    'profile:bob holds the key THEIRS of the user Carol, not one of Bob',
  ],
  [
    'a key that has just come may be that of another run',
    { keys: [key('OLD', 100 * DAY), unused('NEW', MINUTE)], twoKeys: 'delete-unused' },
    'the key NEW is so new that another run may have made it, and it may be about to store it. If there is none, run this again after 2026-01-31T00:04:00Z',
  ],
  [
    'also where a store has it',
    { keys: [key('OLD', 100 * DAY, { used: 'never' }), tried('NEW', MINUTE)], holdings: [file('NEW')] },
    'the key NEW is so new that another run may have made it, and it may still be busy with it. If there is none, run this again after 2026-01-31T00:04:00Z',
  ],
  [
    'two keys leave no room, and nobody said which may go',
    { keys: [key('OLD', 100 * DAY), unused('NEW', DAY)] },
    `Bob has two access keys already, and --two-keys fail lets none of them go.
OLD: active, created 2025-10-23T00:00:00Z, last used 2026-01-30T23:59:00Z for s3, held by profile:bob. Where nobody needs it:
  iamkey delete-access-key --user-name Bob --access-key-id OLD --profile admin
${SHORT}
NEW: active, created 2026-01-30T00:00:00Z, never used. --two-keys delete-unused lets it go, or
  iamkey delete-access-key --user-name Bob --access-key-id NEW --profile admin
${SHORT}`,
  ],
  [
    'of a key without a date nobody knows whether it is due',
    { keys: [undated('OLD')], olderThan: 90 * DAY },
    'the service gives no date of OLD, so whether it is due is not known; --older-than 0d rotates it now',
  ],
  [
    'a second key without a date may be that of another run',
    { keys: [key('OLD', 100 * DAY), undated('NEW')], twoKeys: 'delete-unused' },
    'the service gives no date of the key NEW: another run may have made it just now, and it may be about to store it. If none has, deactivate or delete one of NEW and OLD, and run this again',
  ],
]

describe('no decision is made', () => {
  test.each(NOT)('%s', (_, given, why) => {
    expect(decided(given)).toEqual(why)
  })
})

const NEVER: readonly (readonly [fact: string, given: Case])[] = [
  ['a key in use that is younger', { keys: [key('OLD', 100 * DAY), key('OTHER', DAY)] }],
  ['a key nobody knows the use of', { keys: [key('OLD', 100 * DAY), key('OTHER', DAY, { used: 'unknown' })] }],
  [
    'a younger key in use beside the one that signs',
    { keys: [key('OLD', 100 * DAY), key('OTHER', DAY)], holdings: [vault], signer: 'OLD' },
  ],
  ['a key that signs', { keys: [key('OLD', 100 * DAY), unused('OTHER', DAY)], signer: 'OTHER' }],
  ['an older key that signs', { keys: [unused('OTHER', 120 * DAY), key('OLD', 100 * DAY)], signer: 'OTHER' }],
]

describe('no word lets go', () => {
  test.each(NEVER)('%s', (_, given) => {
    for (const twoKeys of ['fail', 'delete-inactive', 'delete-unused', 'delete-older'] as const) {
      expect(decided({ ...given, twoKeys })).toMatch('Bob has two access keys already')
    }
  })
})
