/**
 * What befalls a rotation from night to night: actions that are denied, stores that drift, lists that lag, clocks that are apart, programs
 * that fail, runners that know nothing of each other. What each cell must come to is said in `matrix.ts`.
 */

import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { Action } from '../support/actions.ts'
import { aftermath, type Cell, cellsOf, codeOf, described, messageOf, type Scene, type Stage, stage, story } from './matrix.ts'
import { type Consumer, DAY, FAULTS, type Fault, type Ran } from './world.ts'

const counts: Record<string, number> = {}
const count = (group: string) => {
  counts[group] = (counts[group] ?? 0) + 1
}
afterAll(() => console.info(`nights: ${JSON.stringify(counts)} cells`))

const BOB = "another user's key" as const
const scene = (store: readonly string[], about: Partial<Scene> = {}): Scene => ({ caller: BOB, store, journal: true, flags: {}, ...about })

const PROFILE = ['profile:bob']
const VAULT = ['command:to-vault']
const SHOWN = ['command:to-vault < show-id']
const BOTH = ['profile:bob', 'command:to-vault']
const TWO = ['command:to-vault', 'command:to-other']
const ALL = [PROFILE, VAULT, SHOWN, BOTH, TWO]

const label = (value: unknown) => JSON.stringify(value)

describe('an action that is denied for three nights', () => {
  const ACTIONS: readonly Action[] = [
    'CreateAccessKey',
    'ListAccessKeys',
    'UpdateAccessKey',
    'DeleteAccessKey',
    'GetAccessKeyLastUsed',
    'GetCallerIdentity',
  ]
  const FLAGS = [
    {},
    { retireAfter: '0m' },
    { retireAfter: '0m', retire: 'delete' },
    { twoKeys: 'delete-unused', retireAfter: '0m' },
  ] as const
  const CASES = ALL.flatMap(store =>
    [true, false].flatMap(journal =>
      (['none', 's3', 'sts'] as const).flatMap(consumer => FLAGS.map(flags => scene(store, { journal, consumer, flags }))),
    ),
  )

  test.each(ACTIONS)(
    '%s',
    async action => {
      const wrong: string[] = []
      for (const each of CASES) {
        const here = await stage(each)
        here.here.account.denied.add(action)
        const runs: Ran[] = []
        for (let night = 0; night < 3; night++) {
          if (!here.journal) here.here.remove('/home/user/.local/state')
          runs.push(await here.run())
          await here.wait(DAY)
        }
        here.here.account.denied.clear()
        const first = runs.map(ran => `${codeOf(ran)}`).join(' ')
        const ended = await aftermath(here)
        wrong.push(...ended.wrong.map(what => `${label([each.store, each.journal, each.consumer, each.flags])} (${first}): ${what}`))
        count('denied')
      }
      expect(wrong).toEqual([])
    },
    120_000,
  )
})

describe('a store that drifts between two nights', () => {
  const CREDENTIALS = '/home/user/.aws/credentials'
  const entry = (id: string, secret: string) => `[bob]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`

  /** Done after the first night, on which the key was rotated. */
  const DRIFTS: Readonly<Record<string, (here: Stage) => void>> = {
    'the old text is back': ({ here, old }) => here.write(CREDENTIALS, entry(old.id, old.secret)),
    'the file is gone': ({ here }) => here.remove(CREDENTIALS),
    'the file is empty': ({ here }) => here.write(CREDENTIALS, ''),
    'the profile is gone': ({ here }) => here.write(CREDENTIALS, '[other]\nregion = x\n'),
    'the secret is that of another key': ({ here, old }) =>
      here.write(CREDENTIALS, (here.file(CREDENTIALS) ?? '').replace(/(aws_secret_access_key = ).*/, `$1${old.secret}`)),
    'the id is that of another key': ({ here, old }) =>
      here.write(CREDENTIALS, (here.file(CREDENTIALS) ?? '').replace(/(aws_access_key_id = ).*/, `$1${old.id}`)),
    'the key is deleted': ({ here, user }) => Object.assign(here.account.liveKeys(user).at(-1) ?? {}, { deleted: here.account.now() }),
    'the key is deactivated': ({ here, user }) => Object.assign(here.account.liveKeys(user).at(-1) ?? {}, { status: 'Inactive' }),
    'both keys are deleted': ({ here, user }) => {
      for (const key of here.account.liveKeys(user)) key.deleted = here.account.now()
    },
    'the old key is deleted': ({ here, old }) => {
      old.deleted ??= here.account.now()
    },
    'somebody makes another key': ({ here, user }) => {
      if (here.account.liveKeys(user).length < 2) here.account.addKey(user)
    },
  }

  test.each(Object.keys(DRIFTS))(
    '%s',
    async drift => {
      const wrong: string[] = []
      for (const store of [PROFILE, ['profile:bob', 'env-file:/here/.env'], BOTH, ['profile:bob', 'command:to-vault < show-id']]) {
        for (const journal of [true, false]) {
          for (const when of [1000, DAY + 3_600_000, 3 * DAY, 9 * DAY]) {
            const here = await stage(scene(store, { journal }))
            await here.run()
            await here.wait(when)
            if (when >= DAY) await here.run()
            DRIFTS[drift]?.(here)
            here.here.accept()
            const name = `${label([store, journal, when / DAY])}`
            for (let night = 0; night < 12; night++) {
              if (!journal) here.here.remove('/home/user/.local/state')
              const ran = await here.run()
              const sound = here.stores.filter(each => here.here.works(each, here.user))
              // Either it is well, or the run fails and says what the store has; and it is never made worse.
              if (codeOf(ran) === 0 && sound.length < here.stores.length) wrong.push(`${name}: exit 0, and ${label(sound)} work`)
              if (codeOf(ran) !== 0 && ![3, 4].includes(codeOf(ran))) wrong.push(`${name}: exit ${codeOf(ran)}: ${messageOf(ran)}`)
              await here.wait(DAY)
            }
            wrong.push(...here.here.seen.map(what => `${name}: ${what}`))
            count('drift')
          }
        }
      }
      expect(wrong).toEqual([])
    },
    120_000,
  )
})

describe('lists that lag', () => {
  const LAGS = [
    { listed: (age: number) => age > 8000, stillListed: (since: number) => since < 8000 },
    { listed: (age: number) => age > 45_000, stillListed: (since: number) => since < 45_000 },
  ]
  const SOME: Partial<typeof FAULTS> = {
    request: ['killed after', 'reply lost', '500 after', 'denied'],
    program: ['killed after', 'stores and fails'],
  }
  const CASES = [PROFILE, VAULT, SHOWN, BOTH].flatMap(store =>
    [true, false].flatMap(journal =>
      [{}, { retireAfter: '0m', retire: 'delete' } as const].map((flags): [string, Scene] => [
        label([store, journal, flags]),
        scene(store, { journal, flags }),
      ]),
    ),
  )

  test.each(CASES)(
    '%s',
    async (_, each) => {
      const wrong: string[] = []
      for (const [index, account] of LAGS.entries()) {
        for (const cell of await cellsOf({ ...each, account }, SOME)) {
          const ended = await story({ ...each, account }, here => here.run({ fault: cell }))
          wrong.push(...ended.wrong.map(what => `lag ${index}, ${described(cell)}: ${what}`))
          count('lag')
        }
      }
      expect(wrong).toEqual([])
    },
    120_000,
  )

  test.each([PROFILE, SHOWN, VAULT])('%s: a run right after a good one does nothing', async store => {
    for (const journal of [true, false]) {
      for (const account of LAGS.slice(0, 1)) {
        const here = await stage(scene([store].flat(), { journal, account, flags: { retireAfter: '0m', retire: 'delete' } }))
        await here.run()
        if (!journal) here.here.remove('/home/user/.local/state')
        const next = await here.run()
        expect([codeOf(next), here.here.account.liveKeys('Bob').length, here.here.seen]).toEqual([expect.toBeOneOf([0, 3]), 1, []])
      }
    }
  })
})

describe('a lost reply to CreateAccessKey', () => {
  const CASES: readonly (readonly [Fault, number])[] = (['reply lost', '500 after', 'killed after'] as const).flatMap(what =>
    [0, 3000, 8000, 30_000].map(lag => [what, lag] as const),
  )
  test.each(CASES)('%s, a lag of %i ms: ends in one key without a word', async (what, lag) => {
    for (const [isAws, store] of [true, false].flatMap(isAws => ALL.map(store => [isAws, store] as const))) {
      const each = scene(store, { account: { listed: age => age >= lag }, isAws })
      for (const cell of await cellsOf(each, { request: [what] })) {
        if (cell.step.name !== 'CreateAccessKey') continue
        const { wrong, person, runs } = await story(each, here => here.run({ fault: cell }))
        const first = what === 'killed after' ? runs[1] : runs[0]
        // A later run settles it if the list lags for longer than lists do, or if a rival's use may be reported late.
        const settled = lag > 20_000 ? expect.toBeOneOf([0, 3]) : isAws ? 3 : 0
        expect([wrong, person, label(store), codeOf(first as Ran)]).toEqual([[], undefined, label(store), settled])
        count('lost reply')
      }
    }
  })
})

describe('clocks that are apart', () => {
  test.each([-4 * 60_000, 4 * 60_000, -20 * 60_000, 20 * 60_000])(
    'by %i ms',
    async ahead => {
      const wrong: string[] = []
      const some: Partial<typeof FAULTS> = {
        request: ['killed after', 'reply lost'],
        program: ['killed after', 'stores and fails'],
        file: ['killed after'],
      }
      for (const each of [scene(PROFILE, { ahead }), scene(SHOWN, { ahead }), scene(VAULT, { ahead })]) {
        for (const cell of await cellsOf(each, some)) {
          const ended = await story(each, here => here.run({ fault: cell }))
          wrong.push(...ended.wrong.map(what => `${label(each.store)}, ${described(cell)}: ${what}`))
          count('clocks')
        }
      }
      expect(wrong).toEqual([])
    },
    120_000,
  )
})

describe('a consumer of its own kind', () => {
  const PROGRAM: Partial<typeof FAULTS> = { program: FAULTS.program, request: ['killed after', 'denied'] }
  const CASES = (['none', 'sts'] as const).flatMap(consumer =>
    [VAULT, SHOWN, TWO].flatMap(store =>
      [true, false].flatMap(journal =>
        (['fail', 'delete-unused', 'delete-older'] as const).map((twoKeys): [Consumer, string, Scene] => [
          consumer,
          label([store, journal, twoKeys]),
          scene(store, { journal, consumer, flags: { twoKeys } }),
        ]),
      ),
    ),
  )
  test.each(CASES)(
    '%s, %s',
    async (_, __, each) => {
      const wrong: string[] = []
      for (const cell of await cellsOf(each, PROGRAM)) {
        const ended = await story(each, here => here.run({ fault: cell }))
        wrong.push(...ended.wrong.map(what => `${described(cell)}: ${what}`))
        count('consumers')
      }
      expect(wrong).toEqual([])
    },
    120_000,
  )
})

describe('two runners without a common journal', () => {
  const steps = fc.integer({ min: 0, max: 30 })
  const faults = fc.constantFrom<Fault | undefined>(
    undefined,
    undefined,
    'killed before',
    'killed after',
    'reply lost',
    'denied',
    'stores and fails',
  )
  const stores = fc.constantFrom(...ALL, ['profile:bob', 'command:to-vault < show-id'])
  const latency = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 })
  const words = fc.constantFrom('fail' as const, 'delete-unused' as const, 'delete-older' as const)
  const paced = (waits: readonly number[]) => {
    let turn = 0
    return () => waits[turn++ % waits.length] ?? 1
  }

  test('no store ever has a dead key', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          store: stores,
          fast: latency,
          slow: latency,
          later: fc.integer({ min: 0, max: 20_000 }),
          at: steps,
          what: faults,
          twoKeys: words,
        }),
        fc.array(fc.constantFrom('one', 'two', 'three'), { minLength: 2, maxLength: 6 }),
        async ({ store, fast, slow, later, at, what, twoKeys }, nights) => {
          const here = await stage(scene(store, { flags: { twoKeys } }))
          const fault: Partial<Pick<Cell, never>> & { fault?: { at: number; what: Fault } } =
            what === undefined ? {} : { fault: { at, what } }
          const one = here.run({ machine: 'one', latency: paced(fast), ...fault })
          const two = here.here.clock.sleep(later).then(() => here.run({ machine: 'two', latency: paced(slow) }))
          await here.here.clock.run(Promise.all([one, two]))
          const codes: number[] = []
          for (const machine of nights) {
            await here.wait(DAY / 2)
            codes.push(codeOf(await here.run({ machine })))
          }
          count('two runners')
          expect([here.here.seen, codes.filter(code => ![0, 3, 4].includes(code))]).toEqual([[], []])
          expect(here.stores.filter(each => !here.here.works(each, here.user))).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  }, 120_000)
})
