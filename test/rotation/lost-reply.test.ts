/** What a run says of a key that it may have requested, where it cannot find out what became of the request. */
import { expect, test } from 'vitest'
import { Failure, Interrupted } from '../../src/core/errors.ts'
import { OutcomeUnknown } from '../../src/core/iam.ts'
import { DAY, type Fault, type Order, START, type Step, type World, world } from './world.ts'

const RIVAL = 'another key has appeared since this run looked: another run may be under way. If there is none, run this again'
const NOT_KNOWN =
  'Whether a key was created is not known. Run the same command again, or look for it with\n  iamkey list-access-keys --user-name Bob --profile admin'
const appeared = (key: string) =>
  `The key ${key} has appeared meanwhile, and its secret is lost. Unless another program created it, delete it with\n` +
  `  iamkey delete-access-key --user-name Bob --access-key-id ${key} --profile admin`
const LOOK_AGAIN = 'If another program created it, look again with\n  iamkey list-access-keys --user-name Bob --profile admin'

const denies =
  (action: string) =>
  ({ account }: World) => {
    account.denied.add(action)
  }

/** Bob's key, which is due, and somebody who may rotate it. */
async function bobs(isAws = false) {
  // Elsewhere a use is reported at once, so that the run waits for it.
  const here = world({ isAws })
  const old = here.account.addKey('Bob', START - 100 * DAY)
  old.used = { at: START - DAY, service: 's3', region: 'us-east-1' }
  await here.put('profile:bob', { UserName: 'Bob', AccessKeyId: old.id, SecretAccessKey: old.secret })
  const { id, secret } = here.account.addKey('ops', START - 10 * DAY)
  const run = (order: Partial<Order> = {}) =>
    here.run({ UserName: 'Bob', store: ['profile:bob'], ...order }, { AccessKeyId: id, SecretAccessKey: secret })
  return { here, run }
}

type Case = readonly [fact: string, what: Fault, then: (here: World) => void, message: string]

const CASES: readonly Case[] = [
  ['the keys may not be listed any more', 'reply lost', denies('ListAccessKeys'), `An error occurred (AccessDenied)\n\n${NOT_KNOWN}`],
  [
    'the key may not be deleted',
    '500 after',
    denies('DeleteAccessKey'),
    `An error occurred (AccessDenied)\n\n${appeared('key 3')}\n${LOOK_AGAIN}`,
  ],
  [
    'two keys have appeared',
    'reply lost',
    ({ account }) => account.addKey('Bob', START),
    `${RIVAL}\n\n${appeared('key 3')}\n${appeared('key 4')}\n${LOOK_AGAIN}`,
  ],
  [
    'a key from before the request has appeared, too',
    'reply lost',
    ({ account }) => account.addKey('Bob', START - DAY),
    `${RIVAL}\n\n${appeared('key 3')}\n${LOOK_AGAIN}`,
  ],
  [
    'the service gives no dates',
    'reply lost',
    ({ account }) => {
      account.listsDates = false
    },
    `${RIVAL}\n\nListAccessKeys shows the key key 3. The dates of the service do not tell whether one of them is new. Look again with\n` +
      '  iamkey list-access-keys --user-name Bob --profile admin',
  ],
]

test.each(CASES)('it is named, or looked for, where %s', async (_, what, then, message) => {
  const { here, run } = await bobs()
  const { steps } = await (await bobs()).run()
  const at = steps.findIndex(({ name }) => name === 'CreateAccessKey')
  const after = ({ name }: Step) => {
    if (name === 'CreateAccessKey') then(here)
  }
  const { failure } = await run({ fault: { at, what }, after })
  const said = failure instanceof Failure ? [failure.message, failure.exitCode] : []
  expect(said).toEqual([here.account.keys.reduce((text, { id }, index) => text.replaceAll(`key ${index + 1}`, id), message), 3])
})

test.each([
  ['with a journal, a later run will know', false, 3],
  ['without one, a person decides, and the key is named', true, 4],
] as const)('at AWS, which may report a use late: %s', async (_, stateless, code) => {
  const { here, run } = await bobs(true)
  const { steps } = await (await bobs(true)).run({ stateless })
  const at = steps.findIndex(({ name }) => name === 'CreateAccessKey')
  const { failure } = await run({ fault: { at, what: 'reply lost' }, stateless })
  const [, , id] = here.account.keys.map(({ id }) => id)
  const said = failure instanceof Failure ? [failure.message, failure.exitCode] : []
  const later = `the reply to CreateAccessKey was lost, and ${id} has appeared. Another run may have made it, whose use should be reported by 2026-01-31T01:00:15Z. Run this again then`
  expect(said).toEqual([code === 3 ? later : `the reply to CreateAccessKey was lost\n\n${appeared(id ?? '')}\n${LOOK_AGAIN}`, code])
  expect(here.account.liveKeys('Bob')).toHaveLength(2)
})

test('a signal during the search for it does not silence that', async () => {
  const { here, run } = await bobs()
  const { steps } = await (await bobs()).run()
  const at = steps.findIndex(({ name }) => name === 'CreateAccessKey')
  const after = ({ name }: Step) => {
    if (name === 'CreateAccessKey') throw new OutcomeUnknown({ retryable: true, failure: new Failure('ConnectionClosed') })
  }
  const { failure, steps: taken } = await run({ fault: { at: at + 1, what: 'interrupted' }, after })
  const requests = taken.slice(at).flatMap(({ kind, name }) => (kind === 'request' ? name : []))
  expect([requests, here.account.liveKeys('Bob').length]).toEqual([['CreateAccessKey', 'ListAccessKeys'], 2])
  expect(failure).toEqual(new Interrupted('SIGINT', `interrupted by SIGINT: the reply to CreateAccessKey was lost\n\n${NOT_KNOWN}`))
})
