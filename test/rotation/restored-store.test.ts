/** A store gets the old key back while a run retires that key: from a backup, or from another program. */
import { expect, test } from 'vitest'
import { Failure } from '../../src/core/errors.ts'
import { DAY, type Order, START, type Step, world } from './world.ts'

const CREDENTIALS = '/home/user/.aws/credentials'

/** Bob's key, which is due, and a run that replaces and retires it at once. */
async function bobs(retire: 'deactivate' | 'delete') {
  const here = world()
  const old = here.account.addKey('Bob', START - 100 * DAY)
  await here.put('profile:bob', { UserName: 'Bob', AccessKeyId: old.id, SecretAccessKey: old.secret })
  const { id, secret } = here.account.addKey('ops', START - 10 * DAY)
  const run = (order: Partial<Order> = {}) =>
    here.run(
      { UserName: 'Bob', store: ['profile:bob'], flags: { retireAfter: '0m', retire }, ...order },
      { AccessKeyId: id, SecretAccessKey: secret },
    )
  return { here, old, run }
}

test('a store that cannot be read any more may hold it, so that it stays and no command against it is shown', async () => {
  const { steps } = await (await bobs('deactivate')).run()
  const requests = steps.filter(({ kind }) => kind === 'request')
  const lastTrial = requests.findIndex(({ name }) => name === 'UpdateAccessKey') - 1

  const { here, old, run } = await bobs('deactivate')
  const spoil = async () => here.write(CREDENTIALS, 'no profile\n')
  const { failure } = await run({ gate: nth => (nth === lastTrial ? spoil() : undefined) })

  expect(failure instanceof Failure && [failure.message, failure.exitCode]).toEqual([
    `cannot use profile:bob: it may hold ${old.id} again, which stays\n\nTo finish, run the same command again.`,
    3,
  ])
  expect(here.account.liveKeys('Bob').map(({ status }) => status)).toEqual(['Active', 'Active'])
})

test.each([
  ['deactivate', 'UpdateAccessKey'],
  ['delete', 'DeleteAccessKey'],
] as const)('it is not retired (%s), and stays while no store shows the other', async (retire, action) => {
  const { steps } = await (await bobs(retire)).run()
  const requests = steps.filter(({ kind }) => kind === 'request')
  const lastTrial = requests.findIndex(({ name }) => name === action) - 1
  expect(requests[lastTrial]?.name).toBe('GetCallerIdentity')

  const { here, old, run } = await bobs(retire)
  const before = here.file(CREDENTIALS) ?? ''
  const taken: Step[] = []
  const restore = async () => here.write(CREDENTIALS, before)
  const { failure } = await run({ gate: nth => (nth === lastTrial ? restore() : undefined), after: step => taken.push(step) })

  expect(taken.map(({ name }) => name)).not.toContain(action)
  expect(failure instanceof Failure && [failure.message, failure.exitCode]).toEqual([
    `cannot use profile:bob: it may hold ${old.id} again, which stays\n\nTo finish, run the same command again.`,
    3,
  ])
  expect(here.account.liveKeys('Bob').map(({ status }) => status)).toEqual(['Active', 'Active'])

  // The secret of the new key is nowhere any more: a person decides.
  const next = await run()
  expect(next.failure instanceof Failure && next.failure.exitCode).toBe(4)
  expect(here.account.liveKeys('Bob').map(({ status }) => status)).toEqual(['Active', 'Active'])
  expect(here.file(CREDENTIALS)).toBe(before)
})
