/** What a rotation does with stores at services that no other store lets it do: go on from another machine, and be told no more than an id. */
import { describe, expect, test } from 'vitest'
import type { Value } from '../../src/python/value.ts'
import { aftermath, cellsOf, codeOf, messageOf, stage } from './matrix.ts'
import { DAY, type Ran } from './world.ts'

const SECRET = 'secrets-manager:ci/key'
const MARKED = 'github-secret:octo/hello?name=MARKED&marker=MARKED_ID'
const BOB = { caller: "another user's key", journal: false, flags: {} } as const

/** As long as another run may be busy with a key it has made. */
const TRIAL = 400_000

const rotationOf = ({ output }: Ran) => output?.get('Rotation') as ReadonlyMap<string, Value> | undefined
const member = (ran: Ran, name: string) => rotationOf(ran)?.get(name)

test('a machine that knows nothing finishes what another one began, with the key that that one made', async () => {
  const scene = { ...BOB, store: [SECRET] }
  const cells = await cellsOf(scene, { remote: ['killed before', 'killed after'], request: ['killed before', 'killed after'] })
  const staged = cells.findIndex(({ step, what }) => step.name === 'secretsmanager.PutSecretValue' && what === 'killed after')
  const wrong: string[] = []
  let resumed = 0
  for (const cell of cells.slice(staged)) {
    const here = await stage(scene)
    await here.run({ fault: cell, machine: 'one' })
    const [, made] = here.here.account.liveKeys('Bob')
    await here.wait(TRIAL)
    const next = await here.run({ machine: 'other' })
    const held = here.here.held(SECRET, 'Bob')
    if (codeOf(next) !== 0 || held?.AccessKeyId !== made?.id || here.here.account.liveKeys('Bob').length !== 2) {
      wrong.push(`${cell.step.name} ${cell.at} ${cell.what}: ${messageOf(next)}, ${held?.AccessKeyId} for ${made?.id}`)
    }
    if (JSON.stringify(member(next, 'Steps'), (_, value) => (value instanceof Map ? [...value] : value))?.includes('take up')) resumed += 1
    wrong.push(...(await aftermath(here, next)).wrong)
  }
  expect([wrong, resumed > 10]).toEqual([[], true])
}, 60_000)

test('a key that is staged and does not work any more is nothing', async () => {
  const here = await stage({ ...BOB, store: [SECRET] })
  const [cell] = (await cellsOf({ ...BOB, store: [SECRET] }, { request: ['killed before'] })).filter(
    ({ at, step }) => at > 8 && step.name === 'GetCallerIdentity',
  )
  if (cell === undefined) throw new Error('the key was not waited for')
  await here.run({ fault: cell })
  for (const key of here.here.account.liveKeys('Bob').slice(1)) key.deleted = here.here.account.now()
  await here.wait(TRIAL)
  const next = await here.run()
  expect([codeOf(next), member(next, 'Result'), (await aftermath(here, next)).wrong]).toEqual([0, 'Rotated', []])
})

describe('a run that is killed between the secret and its marker', () => {
  const scene = { ...BOB, store: [MARKED] }
  test.each([true, false])('leaves both keys alone, with a journal: %s', async journal => {
    const here = await stage({ ...scene, journal, consumer: 'none' })
    const cells = await cellsOf(scene, { remote: ['killed after'] })
    const put = cells.find(({ step }) => step.name.startsWith('PUT '))
    if (put === undefined) throw new Error('nothing was put')
    await here.run({ fault: put })
    await here.wait(TRIAL)
    const next = await here.run({ flags: { twoKeys: 'delete-older' } })
    const [old, made] = here.here.account.liveKeys('Bob')
    expect([here.here.held(MARKED, 'Bob')?.AccessKeyId, old?.status, made?.status, codeOf(next)]).toEqual([made?.id, 'Active', 'Active', 4])
  })

  test('is told from one that is not', async () => {
    const here = await stage(scene)
    const first = await here.run()
    await here.wait(DAY)
    const next = await here.run({ flags: { olderThan: '90d' } })
    expect([codeOf(first), codeOf(next), (await aftermath(here, next)).wrong]).toEqual([0, 0, []])
  })
})

test('a plan says of each store what it holds, whether it can be read, and what storing a key does there', async () => {
  const store = [SECRET, 'ssm:/ci/key', 'profile:bob', 'command:to-vault', MARKED, 'github-secret:octo/hello?name=KEY']
  const here = await stage({ ...BOB, store })
  const before = JSON.stringify([...here.here.services.secrets], (_, value) => (value instanceof Map ? [...value] : value))
  const ran = await here.run({ flags: { plan: true } })
  const stores = member(ran, 'Stores') as readonly ReadonlyMap<string, Value>[]
  const told = stores.map(each => [each.get('Store'), each.get('AccessKeyId') !== undefined, each.get('Readable'), each.get('Storing')])
  expect(told).toEqual([
    [SECRET, true, 'yes', 'a new version is kept as AWSPENDING until it works, and then becomes AWSCURRENT; can be taken back'],
    ['ssm:/ci/key', true, 'yes', 'a new version of the parameter; can be taken back'],
    ['profile:bob', true, 'yes', 'can be taken back'],
    ['command:to-vault', false, 'no', 'cannot be taken back'],
    [MARKED, true, 'the id alone', 'the secret MARKED, then the variable MARKED_ID; cannot be taken back'],
    ['github-secret:octo/hello?name=KEY', false, 'no', 'the secret KEY; cannot be taken back'],
  ])
  const after = JSON.stringify([...here.here.services.secrets], (_, value) => (value instanceof Map ? [...value] : value))
  expect([
    after,
    here.here.account.liveKeys('Bob').length,
    JSON.stringify(member(ran, 'Plan'), (_, value) => (value instanceof Map ? [...value] : value)),
  ]).toEqual([before, 1, expect.stringContaining(`[["Step","stage"],["Store","${SECRET}"]]`)])
})

test('two rotations of one secret on two machines at the same moment: one wins, and nothing is lost', async () => {
  const wrong: string[] = []
  for (let late = 0; late <= 6000; late += 300) {
    const here = await stage({ ...BOB, store: [SECRET, 'ssm:/ci/key'] })
    const { clock } = here.here
    const latency = () => 100
    const both = await Promise.all([
      here.run({ machine: 'one', latency }),
      clock.sleep(late).then(() => here.run({ machine: 'other', latency })),
    ])
    const codes = both.map(codeOf).sort()
    if (codes[0] !== 0) wrong.push(`${late}: ${both.map(messageOf).join(' | ')}`)
    wrong.push(...here.here.seen.map(what => `${late}: ${what}`))
    const keys = here.here.account.liveKeys('Bob').filter(({ status }) => status === 'Active')
    const held = here.here.held(SECRET, 'Bob')?.AccessKeyId
    if (keys.length > 2 || held !== here.here.held('ssm:/ci/key', 'Bob')?.AccessKeyId) wrong.push(`${late}: ${keys.length} keys, ${held}`)
    wrong.push(...(await aftermath(here)).wrong.map(what => `${late}: ${what}`))
  }
  expect(wrong).toEqual([])
}, 60_000)
