/** What follows what, one line each; that no order of events breaks the promise is shown in test/promise. */
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/core/command.ts'
import { Failure } from '../../src/core/errors.ts'
import type { AccessKey, AccessKeyMetadata } from '../../src/core/iam.ts'
import { createKey } from '../../src/keys/create.ts'
import { virtualClock } from '../promise/virtual-clock.ts'
import { fails, type Script, scripted } from '../support/script.ts'

const NOW = Date.UTC(2026, 0, 1)
const ID = 'AKIAIOSFODNN7EXAMPLE'
const KEY: AccessKey = {
  UserName: 'Bob',
  AccessKeyId: ID,
  Status: 'Active',
  SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  CreateDate: '2026-01-01T00:00:00Z',
}
const { SecretAccessKey: _, ...WITHOUT_SECRET } = KEY
const DELETE = `iamkey delete-access-key --user-name Bob --access-key-id ${ID} --profile prod`
const LIST = 'iamkey list-access-keys --user-name Bob --profile prod'
const MAKE_SURE = `ListAccessKeys shows no new key. To make sure, look again with\n  ${LIST}`
const { CreateDate: __, ...UNDATED } = WITHOUT_SECRET
const OTHER = { ...UNDATED, AccessKeyId: 'c67W2-r4MAyAYScRl' }
const CANNOT_TELL = `The dates of the service do not tell whether one of them is new. Look again with\n  ${LIST}`
const APPEARED =
  `The key ${ID} has appeared meanwhile, and its secret is lost. Unless another program created it, delete it with\n  ${DELETE}\n` +
  `If another program created it, look again with\n  ${LIST}`

const listed = (...AccessKeyMetadata: AccessKeyMetadata[]) => ({ AccessKeyMetadata, IsTruncated: false })
const NOTHING = listed()
/** As often as is looked within four seconds. */
const NOTHING_FOR_LONG = Array<typeof NOTHING>(9).fill(NOTHING)

interface End {
  readonly outcome?: Outcome
  readonly thrown?: unknown
}

interface Circumstances {
  readonly signal?: NodeJS.Signals
  readonly serverTime?: number | undefined
  readonly before?: readonly string[]
}

async function create(script: Script, { signal, before, ...more }: Circumstances = {}) {
  const serverTime = 'serverTime' in more ? more.serverTime : NOW
  const clock = virtualClock(NOW)
  const iam = scripted(script, serverTime)
  const [came, overdue] = [new AbortController(), new AbortController()]
  if (signal) came.abort()
  const noted: (string | undefined)[] = []
  const callJournal = { begin: () => {}, created: (id: string) => void noted.push(id), end: () => {} }
  // A signal that comes while the first call is under way.
  const signals = {
    get received() {
      return iam.asked.length > 0 ? signal : undefined
    },
    interrupt: came.signal,
    deadline: overdue.signal,
    release() {},
  }
  const context = { iam, clock, signals, maxAttempts: 3, random: () => 0.5, callJournal, accountOptions: ' --profile prod', debug() {} }
  const end = createKey({ UserName: 'Bob' }, context, before).then(
    (outcome): End => ({ outcome }),
    (thrown: unknown): End => ({ thrown }),
  )
  return {
    ...(await clock.run(end)),
    clock,
    iam,
    noted,
    seconds: (clock.now() - NOW) / 1000,
    asked: iam.asked.map(([operation]) => operation.replace('AccessKeys', '').replace('AccessKey', '')).join(' '),
  }
}

test('a key is handed on as the service sent it, with how to take it back', async () => {
  const { outcome, asked, noted } = await create({ CreateAccessKey: [{ AccessKey: KEY }] })
  expect(outcome).toEqual({
    output: new Map([['AccessKey', new Map(Object.entries(KEY))]]),
    secret: KEY.SecretAccessKey,
    undo: expect.any(Function),
    undoCommand: expect.any(Function),
  })
  expect(outcome?.undoCommand?.()).toBe(DELETE)
  expect({ asked, noted }).toEqual({ asked: 'Create', noted: [ID] })
})

interface Row {
  readonly when: string
  readonly script: Script
  /** The message of what is thrown; none where a key is delivered. */
  readonly thrown?: string
  readonly asked: string
  readonly seconds?: number
}

test.each<Row>([
  {
    when: 'what was not sent is sent again',
    script: { CreateAccessKey: [fails.notSent, { AccessKey: KEY }] },
    asked: 'Create Create',
    seconds: 0.5,
  },
  {
    when: 'what was throttled is tried again, and not for ever',
    script: { CreateAccessKey: [fails.throttled, fails.throttled, fails.throttled] },
    thrown: 'An error occurred (Throttling)',
    asked: 'Create Create Create',
    seconds: 1.5,
  },
  {
    when: 'what was refused is not tried again',
    script: { CreateAccessKey: [fails.denied] },
    thrown: 'An error occurred (AccessDenied)',
    asked: 'Create',
    seconds: 0,
  },
  {
    when: 'a key that appears after a lost reply is named and left alone',
    script: { CreateAccessKey: [fails.lost], ListAccessKeys: [listed(WITHOUT_SECRET)] },
    thrown: `Connection was closed\n\n${APPEARED}`,
    asked: 'Create List',
  },
  {
    when: 'a key that appears late is named, too',
    script: { CreateAccessKey: [fails.lost], ListAccessKeys: [NOTHING, NOTHING, listed(WITHOUT_SECRET)] },
    thrown: `Connection was closed\n\n${APPEARED}`,
    asked: 'Create List List List',
    seconds: 1,
  },
  {
    when: 'where no key appears for four seconds the call is made again, and another look taken in the end',
    script: { CreateAccessKey: [fails.lost, { AccessKey: KEY }], ListAccessKeys: NOTHING_FOR_LONG },
    asked: `Create${' List'.repeat(9)} Create`,
    seconds: 4,
  },
  {
    when: 'a redirection is not followed with a second attempt',
    script: { CreateAccessKey: [fails.moved], ListAccessKeys: NOTHING_FOR_LONG },
    thrown: `An error occurred (307)\n\n${MAKE_SURE}`,
    asked: `Create${' List'.repeat(9)}`,
  },
  {
    when: 'where nobody may look the user is told how to',
    script: { CreateAccessKey: [fails.lost], ListAccessKeys: [fails.denied] },
    thrown: `Connection was closed\n\nIt is not known whether a key was created, because ListAccessKeys did not answer either. Look for it with\n  ${LIST}`,
    asked: 'Create List',
    seconds: 0,
  },
  {
    when: 'keys without a date prove nothing, and the call is not made again',
    script: { CreateAccessKey: [fails.failed], ListAccessKeys: [...NOTHING_FOR_LONG.slice(1), listed(UNDATED, OTHER)] },
    thrown: `An error occurred (ServiceFailure)\n\nListAccessKeys shows the keys ${ID}, ${OTHER.AccessKeyId}. ${CANNOT_TELL}`,
    asked: `Create${' List'.repeat(9)}`,
    seconds: 4,
  },
  {
    when: 'beside a key that is new by its date, one without is not named',
    script: { CreateAccessKey: [fails.failed], ListAccessKeys: [listed(OTHER, WITHOUT_SECRET)] },
    thrown: `An error occurred (ServiceFailure)\n\n${APPEARED}`,
    asked: 'Create List',
  },
  {
    when: 'a list is read to its end',
    script: {
      CreateAccessKey: [fails.failed],
      ListAccessKeys: [
        { ...listed({ ...OTHER, CreateDate: '2020-01-01T00:00:00Z' }), IsTruncated: true, Marker: 'm' },
        listed(WITHOUT_SECRET),
      ],
    },
    thrown: `An error occurred (ServiceFailure)\n\n${APPEARED}`,
    asked: 'Create List List',
  },
  {
    when: 'a list without its list is an empty one',
    script: { CreateAccessKey: [fails.moved], ListAccessKeys: Array(9).fill({}) },
    thrown: `An error occurred (307)\n\n${MAKE_SURE}`,
    asked: `Create${' List'.repeat(9)}`,
  },
  {
    when: 'a key without an id leaves it open what there is',
    script: { CreateAccessKey: [fails.moved], ListAccessKeys: Array(9).fill(listed({ UserName: 'Bob' })) },
    thrown: `An error occurred (307)\n\nIt is not known whether a key was created, because ListAccessKeys did not answer either. Look for it with\n  ${LIST}`,
    asked: `Create${' List'.repeat(9)}`,
  },
  {
    when: 'a list that does not answer is asked for again',
    script: { CreateAccessKey: [fails.lost], ListAccessKeys: [fails.lost, fails.throttled, listed(WITHOUT_SECRET)] },
    thrown: `Connection was closed\n\n${APPEARED}`,
    asked: 'Create List List List',
  },
  {
    when: 'a user who does not exist has no key',
    script: { CreateAccessKey: [fails.moved], ListAccessKeys: Array(9).fill(fails.noSuchEntity) },
    thrown: `An error occurred (307)\n\n${MAKE_SURE}`,
    asked: `Create${' List'.repeat(9)}`,
  },
  {
    when: 'a refusal after a doubt is told with another look',
    script: { CreateAccessKey: [fails.lost, fails.limit], ListAccessKeys: [...NOTHING_FOR_LONG, listed(WITHOUT_SECRET)] },
    thrown: `An error occurred (LimitExceeded)\n\n${APPEARED}`,
    asked: `Create${' List'.repeat(9)} Create List`,
  },
  {
    when: 'a key without its secret is deleted',
    script: { CreateAccessKey: [{ AccessKey: WITHOUT_SECRET }], DeleteAccessKey: [{}] },
    thrown: `The reply to CreateAccessKey holds no secret.\n\nThe new key ${ID} was deleted again`,
    asked: 'Create Delete',
  },
  {
    when: 'a key whose secret is blank is deleted',
    script: { CreateAccessKey: [{ AccessKey: { ...KEY, SecretAccessKey: '\n  ' } }], DeleteAccessKey: [{}] },
    thrown: `The reply to CreateAccessKey holds no secret.\n\nThe new key ${ID} was deleted again`,
    asked: 'Create Delete',
  },
  {
    when: 'a key that a broken reply names is deleted',
    script: { CreateAccessKey: [fails.broken(ID)], DeleteAccessKey: [{}] },
    thrown: `Unable to parse response\n\nThe new key ${ID} was deleted again`,
    asked: 'Create Delete',
  },
  {
    when: 'a reply that names no key is in doubt',
    script: { CreateAccessKey: [{}], ListAccessKeys: [listed(WITHOUT_SECRET)] },
    thrown: `The reply to CreateAccessKey names no access key.\n\n${APPEARED}`,
    asked: 'Create List',
  },
  {
    when: 'an error that nobody foresaw is in doubt, and its words are kept',
    script: { CreateAccessKey: [new TypeError('wJalrXUtnFEMI')], ListAccessKeys: [listed(WITHOUT_SECRET)] },
    thrown: `The call to CreateAccessKey ended unexpectedly.\n\n${APPEARED}`,
    asked: 'Create List',
  },
])('$when', async ({ script, thrown, asked, seconds }) => {
  const ran = await create(script)
  expect(ran.thrown instanceof Failure ? ran.thrown.message : undefined).toBe(thrown)
  expect(ran.asked).toBe(asked)
  expect(ran.iam.left).toBe(0)
  if (seconds !== undefined) expect(ran.seconds).toBe(seconds)
})

const HOUR = 3_600_000

test.each<[what: string, CreateDate: string | undefined, serverTime: number | undefined, judged: 'new' | 'old' | 'cannot tell']>([
  ['made before it', '2026-01-01T00:59:50Z', NOW + HOUR, 'old'],
  ['made after it', '2026-01-01T01:00:00Z', NOW + HOUR, 'new'],
  ['made within the seconds that both cut off', '2025-12-31T23:59:58Z', NOW, 'new'],
  ['of a date without a zone, old', '2025-12-31T23:50:00', NOW, 'old'],
  ['of a date without a zone, new', '2026-01-01T00:00:00', NOW, 'new'],
  ['of a date in seconds, old', '1714558272', NOW, 'old'],
  ['of a date in seconds, new', `${NOW / 1000}`, NOW, 'new'],
  ['of a date that is to come, as a local time without a zone is', '2026-01-01T09:00:00', NOW, 'cannot tell'],
  ['of a date in milliseconds', `${NOW}`, NOW, 'cannot tell'],
  ['of a date that cannot be read', '2026-01-01-00-00-00', NOW, 'cannot tell'],
  ['of the date zero', '0.000000', NOW, 'cannot tell'],
  ['of an empty date', '', NOW, 'cannot tell'],
  ['of no date', undefined, NOW, 'cannot tell'],
  ['made long before, where the service does not say the time', '2025-12-31T23:54:59Z', undefined, 'old'],
  ['made now, where the service does not say the time', '2026-01-01T00:00:00Z', undefined, 'cannot tell'],
])('a key %s', async (_, CreateDate, serverTime, judged) => {
  const list = listed({ ...UNDATED, ...(CreateDate !== undefined && { CreateDate }) })
  const lists = Array(judged === 'new' ? 1 : 9).fill(list)
  const { thrown, iam } = await create({ CreateAccessKey: [fails.moved], ListAccessKeys: lists }, { serverTime })
  const message = thrown instanceof Failure ? thrown.message : ''
  const found = message.includes(DELETE) ? 'new' : message.includes(CANNOT_TELL) ? 'cannot tell' : 'old'
  expect({ found, left: iam.left }).toEqual({ found: judged, left: 0 })
  expect(message.includes(MAKE_SURE)).toBe(judged === 'old')
})

test.each<[what: string, key: AccessKeyMetadata, before: readonly string[], isNew: boolean]>([
  ['that it lacks is new, with or without a date', UNDATED, ['c67W2-r4MAyAYScRl'], true],
  ['that it has is not, whatever its date', WITHOUT_SECRET, [ID], false],
  ['that it lacks is not, where its date is from before: a list may lag', { ...UNDATED, CreateDate: '2020-01-01T00:00:00Z' }, [], false],
])('where there is a list from before the call, a key %s', async (_, key, before, isNew) => {
  const { thrown } = await create({ CreateAccessKey: [fails.moved], ListAccessKeys: Array(isNew ? 1 : 9).fill(listed(key)) }, { before })
  expect(thrown instanceof Failure && thrown.message.includes(DELETE)).toBe(isNew)
})

test.each<[string, Script, string]>([
  ['refused', { CreateAccessKey: [fails.denied] }, ''],
  ['throttled', { CreateAccessKey: [fails.throttled] }, ''],
  [
    'in doubt',
    { CreateAccessKey: [fails.lost], ListAccessKeys: [NOTHING] },
    `interrupted by SIGTERM: Connection was closed\n\n${MAKE_SURE}`,
  ],
])('after a signal a call that was %s is the last one', async (_, script, message) => {
  const { thrown, iam } = await create(script, { signal: 'SIGTERM' })
  expect(thrown).toMatchObject({ name: 'Interrupted', signal: 'SIGTERM', message })
  expect(iam.left).toBe(0)
})

interface Undoing {
  readonly when: string
  readonly script: Script
  readonly sentence: string
}

test.each<Undoing>([
  { when: 'once', script: { DeleteAccessKey: [{}] }, sentence: `the new key ${ID} was deleted again` },
  {
    when: 'whatever passes',
    script: { DeleteAccessKey: [fails.throttled, fails.notSent, fails.failed, fails.lost, {}] },
    sentence: `the new key ${ID} was deleted again`,
  },
  {
    when: 'where a lost attempt did it',
    script: { DeleteAccessKey: [fails.lost, fails.noSuchEntity] },
    sentence: `the new key ${ID} was deleted again`,
  },
  {
    when: 'in vain, where that is forbidden',
    script: { DeleteAccessKey: [fails.denied] },
    sentence: `the new key ${ID} could not be deleted again (AccessDenied). Delete it with\n  ${DELETE}`,
  },
  {
    when: 'in vain, where nobody answers',
    script: { DeleteAccessKey: Array(5).fill(fails.lost) },
    sentence: `the new key ${ID} could not be deleted again (no answer). Delete it with\n  ${DELETE}`,
  },
  {
    when: 'where the service answers with success and no word',
    script: { DeleteAccessKey: [fails.wordless, fails.wordless] },
    sentence: `the service answered the deletion of the new key ${ID} with an empty reply. To make sure that it is deleted, look with\n  ${LIST}`,
  },
  {
    when: 'where a first answer has no word and a second says that it is gone',
    script: { DeleteAccessKey: [fails.wordless, fails.noSuchEntity] },
    sentence: `the new key ${ID} was deleted again`,
  },
  {
    when: 'until the service knows it',
    script: { DeleteAccessKey: [fails.noSuchEntity, fails.noSuchEntity, {}] },
    sentence: `the new key ${ID} was deleted again`,
  },
  {
    when: 'in vain, where the service never knows it',
    script: { DeleteAccessKey: Array(5).fill(fails.noSuchEntity), ListAccessKeys: [NOTHING] },
    sentence: `IAM does not know the new key ${ID}\n${MAKE_SURE}`,
  },
])('a key is taken back $when', async ({ script, sentence }) => {
  const { outcome, iam, clock } = await create({ ...script, CreateAccessKey: [{ AccessKey: KEY }] })
  expect(await clock.run(outcome?.undo?.() ?? Promise.reject())).toBe(sentence)
  expect(iam.left).toBe(0)
})

test('after a doubt, a key that turns up once another is delivered is named', async () => {
  const late = { ...WITHOUT_SECRET, AccessKeyId: 'AKIALATEEXAMPLE00000' }
  const { outcome } = await create({
    CreateAccessKey: [fails.lost, { AccessKey: KEY }],
    ListAccessKeys: [...NOTHING_FOR_LONG, listed(WITHOUT_SECRET, late)],
  })
  await expect(outcome?.afterDelivery?.()).rejects.toThrow(
    /^The output is whole, but there may be another key\.\n\nThe key AKIALATEEXAMPLE00000 has appeared meanwhile/,
  )
})
