/** Rotations whose journal is a tag of the user: each run is on a machine that has no state directory of an earlier one. */
import { afterAll, describe, expect, test } from 'vitest'
import type { Iam, Operation } from '../../src/core/iam.ts'
import type { KeyStore } from '../../src/core/key-store.ts'
// Also loaded before the clock runs, which takes a run that waits for a module for one that waits for nothing.
import { openTagJournal, readTagHistory } from '../../src/rotation/tag-journal.ts'
import { testHost } from '../support/host.ts'
import { aftermath, type Caller, cellsOf, codeOf, described, messageOf, type Scene, type Stage, stage, story } from './matrix.ts'
import { DAY } from './world.ts'

const STORES = [
  ['env-file:/here/.env'],
  ['command:to-vault'],
  ['command:to-vault < show-id'],
  ['command:to-vault < show-key'],
  ['env-file:/here/.env', 'command:to-vault'],
  ['command:to-vault', 'command:to-other'],
  ['csv:/here/keys.csv', 'github-env'],
] as const
const CALLERS: readonly Caller[] = ['their own key', "another user's key"]

const SCENES: readonly Scene[] = STORES.flatMap(store =>
  CALLERS.flatMap(caller =>
    [{}, { retireAfter: '0m' }].map((flags): Scene => ({ store, caller, journal: false, flags: { journal: 'user-tags', ...flags } })),
  ),
)
const nameOf = ({ caller, store, flags }: Scene) => [caller, store.join(' '), flags.retireAfter].filter(Boolean).join(', ')

const counts = { cells: 0, persons: 0 }
afterAll(() => console.info(`crash matrix with tags: ${counts.cells} cells, of which ${counts.persons} are left to a person`))

describe.each(SCENES.map(scene => [nameOf(scene), scene] as const))('%s', (_, scene) => {
  test('a run that meets nothing rotates, and leaves no tag in the end', async () => {
    const here = await stage(scene)
    const first = await here.run()
    const { wrong } = await aftermath(here, first)
    expect([first.failure, wrong, here.here.account.tags.get(here.user)?.size ?? 0]).toEqual([undefined, [], 0])
  })

  test('whatever a run is broken by, the next ones make it good without --two-keys, or both keys stay active', async () => {
    const wrong: string[] = []
    const persons: string[] = []
    for (const cell of await cellsOf(scene)) {
      const ended = await story(scene, here => here.run({ fault: cell }))
      wrong.push(...ended.wrong.map(what => `${described(cell)}: ${what}`))
      counts.cells += 1
      if (ended.person) {
        counts.persons += 1
        persons.push(`${described(cell)}: ${ended.person.split('\n')[0]}`)
      }
    }
    if (process.env.SHOW) console.info(nameOf(scene), persons)
    expect(wrong).toEqual([])
  }, 240_000)
})

const TAG = 'iamkey:rotation'
const BOB: Scene = { store: ['command:to-vault'], caller: "another user's key", journal: false, flags: { journal: 'user-tags' } }
const tagsOf = ({ here, user }: Stage) => here.account.tags.get(user) ?? new Map<string, string>()
const created = ({ here, user, old }: Stage) => here.account.keys.filter(({ id, user: owner }) => owner === user && id !== old.id)

describe('the tag', () => {
  test('never has more than IAM takes, or a secret, and is there from before a key is created', async () => {
    const here = await stage({ ...BOB, store: ['env-file:/here/.env', 'command:to-vault', 'command:to-other'] })
    const seen: (readonly [string, string | undefined])[] = []
    await here.run({ after: ({ name }) => seen.push([name, tagsOf(here).get(TAG)]) })
    const values = seen.flatMap(([, value]) => value ?? [])
    expect(values.filter(value => !/^[\w +\-=.:/@]{1,256}$/.test(value))).toEqual([])
    expect(here.here.account.keys.filter(({ secret }) => values.some(value => value.includes(secret)))).toEqual([])
    expect(seen.find(([name]) => name === 'CreateAccessKey')?.[1]).toMatch(/^1\.\w{4}\.\w{6} kAKIA\w{16} a\w{12}\.0$/)
  })

  test('is the only one that is touched', async () => {
    const here = await stage(BOB)
    const others = [
      [here.old.id, 'made for the nightly backup'],
      ['Team', 'ci'],
    ] as const
    here.here.account.tags.set(here.user, new Map(others))
    const first = await here.run()
    expect([...tagsOf(here).keys()]).toEqual([here.old.id, 'Team', TAG])
    expect((await aftermath(here, first)).wrong).toEqual([])
    expect([...tagsOf(here)]).toEqual(others)
  })

  test('is not written by --plan, nor where nothing is due', async () => {
    for (const flags of [{ plan: true }, { olderThan: '200d' }]) {
      const here = await stage({ ...BOB, flags: { ...BOB.flags, ...flags } })
      const { steps, failure } = await here.run()
      expect([failure, steps.filter(({ name }) => /Tag/.test(name)).map(({ name }) => name)]).toEqual([undefined, ['ListUserTags']])
    }
  })

  test.each(['ListUserTags', 'TagUser'] as const)('ends a run before there is a key where %s is denied', async action => {
    const here = await stage(BOB)
    here.here.account.denied.add(action)
    const ran = await here.run()
    expect([codeOf(ran), messageOf(ran), created(here)]).toEqual([254, 'An error occurred (AccessDenied)', []])
  })

  test('stays, and does no harm, where UntagUser is denied', async () => {
    const here = await stage({ ...BOB, flags: { ...BOB.flags, retireAfter: '0m' } })
    here.here.account.denied.add('UntagUser')
    const first = await here.run()
    const { wrong } = await aftermath(here, first)
    expect([first.failure, wrong, tagsOf(here).size]).toEqual([undefined, [], 1])
  })

  test('of a run that may be under way stops another one, which says until when', async () => {
    const here = await stage(BOB)
    await here.run({ machine: 'one', fault: { at: 12, what: 'killed after' } })
    await here.wait(1000)
    const ran = await here.run({ machine: 'two' })
    expect([codeOf(ran), messageOf(ran)]).toEqual([
      3,
      expect.stringMatching(
        /^another run is rotating the keys of Bob\. It last wrote to the tag iamkey:rotation at 2026-01-31T00:00:1\dZ\. If it is gone, run this again after 2026-01-31T00:05:1\dZ$/,
      ),
    ])
    expect((await aftermath(here)).wrong).toEqual([])
  })

  test('of another version stops a run, and stays as it is', async () => {
    const here = await stage(BOB)
    here.here.account.tags.set(here.user, new Map([[TAG, '2.abcd']]))
    const ran = await here.run()
    expect([codeOf(ran), messageOf(ran), tagsOf(here).get(TAG), created(here)]).toEqual([
      4,
      expect.stringContaining('cannot be read'),
      '2.abcd',
      [],
    ])
  })

  test('that would have to be too long ends a run before there is a key', async () => {
    const here = await stage({ ...BOB, store: Array.from({ length: 14 }, (_, nth) => `env-file:/here/${nth}.env`) })
    const ran = await here.run()
    expect([messageOf(ran), created(here), tagsOf(here).size]).toEqual([expect.stringContaining('does not fit into the tag'), [], 0])
  })

  test('does not let a file on another host go for the same', async () => {
    const here = await stage({ ...BOB, store: ['env-file:/here/.env'] })
    const at = (await (await stage({ ...BOB, store: ['env-file:/here/.env'] })).run()).steps.findIndex(({ name }) =>
      name.startsWith('replace /here/.env'),
    )
    await here.run({ machine: 'one', fault: { at, what: 'killed before' } })
    await here.wait(DAY)
    const ran = await here.run({ machine: 'two' })
    expect([codeOf(ran), here.here.account.liveKeys('Bob').map(({ status }) => status)]).toEqual([4, ['Active', 'Active']])
  })
})

test('a store is the same on every host, but for a file', async () => {
  const tags = new Map<string, string>()
  const at = Date.UTC(2026, 0, 31)
  const iam = {
    call: async (operation: string, input: { readonly Tags?: readonly { readonly Key: string; readonly Value: string }[] }) => {
      for (const { Key, Value } of input.Tags ?? []) tags.set(Key, Value)
      const Tags = Array.from(tags, ([Key, Value]) => ({ Key, Value }))
      return { output: operation === 'ListUserTags' ? { Tags, IsTruncated: false } : {}, serverTime: at }
    },
  } as unknown as Iam<Operation>
  const store = (identity: string, local: boolean): KeyStore => ({
    name: identity,
    identity,
    irrevocable: false,
    local,
    check: async () => {},
    put: async () => async () => '',
  })
  const on = (hostname: string) => {
    const host = { ...testHost({ now: at }), hostname }
    const stores = [store('a file', true), store('a secret', false)]
    const means = {
      host,
      stores,
      openIam: async () => iam,
      clock: host.clock,
      signals: host.holdSignals(),
      random: () => 0.5,
      maxAttempts: 3,
    }
    return { ...means, debug() {}, progress: { say() {}, note() {}, end() {} } }
  }
  const one = await openTagJournal('Bob', 1000, on('one'))
  await one.record({ what: 'asked', at, before: [] })
  await one.record({ what: 'created', at, id: 'AKIAIOSFODNN7EXAMPLE', replaces: {} })
  for (const name of ['a file', 'a secret']) await one.record({ what: 'storing', at, id: 'AKIAIOSFODNN7EXAMPLE', store: name })
  await one.end(['AKIAIOSFODNN7EXAMPLE'])
  const known = async (hostname: string) =>
    Object.keys((await readTagHistory('Bob', on(hostname))).stores).filter(name => name.startsWith('a '))
  expect([await known('one'), await known('two')]).toEqual([['a file', 'a secret'], ['a secret']])
})

/** A promise, and what resolves it. */
function signal() {
  let give = () => {}
  const given = new Promise<void>(resolve => {
    give = resolve
  })
  return { given, give }
}

const MINUTE = 60_000

describe.each<Scene['store']>([['command:to-vault'], ['command:to-vault < show-id'], ['env-file:/here/.env']])(
  'two runners, %s',
  (...store) => {
    const scene: Scene = { store, caller: "another user's key", journal: false, flags: { journal: 'user-tags' } }
    const requests = async () => (await (await stage(scene)).run()).steps.filter(({ kind }) => kind === 'request').length

    /** The first comes to its nth request; then the second to its mth, while so much time passes; then the first ends, and then the second. */
    async function crossed(n: number, m: number, pause: number) {
      const here = await stage(scene)
      const [reached, resume, ended] = [signal(), signal(), signal()]
      const one = here.run({
        machine: 'one',
        gate: nth => {
          if (nth !== n) return undefined
          reached.give()
          return resume.given
        },
      })
      const first = one.then(ran => {
        reached.give()
        ended.give()
        return ran
      })
      await here.here.clock.run(reached.given)
      const two = here.run({
        machine: 'two',
        gate: nth => {
          if (nth !== m) return undefined
          resume.give()
          return ended.given
        },
      })
      const second = two.then(ran => {
        resume.give()
        return ran
      })
      if (pause > 0) await here.here.clock.run(here.here.clock.sleep(pause))
      const runs = await Promise.all([first, second])
      const active = here.here.account.liveKeys(here.user).filter(({ status }) => status === 'Active')
      const wrong = active.filter(({ id }) => id !== here.old.id).length > 1 ? ['two new keys'] : []
      const { wrong: later, person } = await aftermath(here)
      return { runs, wrong: [...wrong, ...later], person }
    }

    test.each([0, 10 * MINUTE, DAY])(
      'at each pair of steps, %i ms apart',
      async pause => {
        const wrong: string[] = []
        const persons: string[] = []
        const count = await requests()
        for (let n = 0; n <= count; n++) {
          for (let m = 0; m <= count; m++) {
            const ended = await crossed(n, m, pause)
            wrong.push(...ended.wrong.map(what => `${n}, ${m}: ${what}`))
            if (ended.person) persons.push(`${n}, ${m}: ${ended.person.split('\n')[0]}`)
          }
        }
        if (process.env.SHOW) console.info(store, pause, count, persons)
        expect(wrong).toEqual([])
      },
      600_000,
    )
  },
)
