/**
 * A rotation is broken at each of its steps in each way there is, and then the same command is given again. In every cell it ends with
 * exactly one active key, which every place holds and which works, and with nothing left over.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { Failure } from '../../src/errors.ts'
import type { KeyPair } from '../../src/place.ts'
import type { Key } from '../support/account.ts'
import { DAY, FAULTS, type Order, type Ran, START, type Step, type World, world } from './world.ts'

const PLACES: readonly (readonly string[])[] = [
  ['profile:bob'],
  ['env-file:/work/.env'],
  ['csv:/work/keys.csv'],
  ['command:to-vault'],
  ['profile:bob', 'env-file:/work/.env'],
  ['profile:bob', 'command:to-vault'],
  ['command:to-vault', 'command:to-other'],
  ['csv:/work/keys.csv', 'github-env'],
]
const USERS = { 'own key': undefined, "another user's key": 'Bob' } as const
const STATE = `/home/user/.local/state`
/** As long as a run may be busy with a key it has made. */
const TRIAL = 300_000

interface Scene {
  readonly store: readonly string[]
  readonly who: keyof typeof USERS
  readonly journal: boolean
}

const SCENES: readonly Scene[] = PLACES.flatMap(store =>
  (['own key', "another user's key"] as const).flatMap(who => [true, false].map(journal => ({ store, who, journal }))),
)

const pairOf = ({ id, secret }: Key): KeyPair => ({ AccessKeyId: id, SecretAccessKey: secret })

async function scene({ store, who }: Scene) {
  const here = world()
  const user = USERS[who] ?? 'ops'
  const old = here.account.addKey(user, START - 100 * DAY)
  old.used = { at: START - DAY, service: 's3', region: 'us-east-1' }
  const admin = user === 'ops' ? old : here.account.addKey('ops', START - 10 * DAY)
  for (const place of lasting(store)) await here.put(place, { UserName: user, ...pairOf(old) })
  /** With whatever signs at the time: one's own key comes from where it is kept. */
  const run = async (order: Omit<Order, 'store' | 'UserName'>): Promise<Ran> => {
    here.remove('/job/')
    const own = user === 'ops' ? await here.held(lasting(store)[0] ?? '', user) : undefined
    return here.run({ ...order, store, ...(USERS[who] !== undefined && { UserName: user }) }, own ?? pairOf(admin))
  }
  return { here, user, old, run }
}

const lasting = (store: readonly string[]) => store.filter(place => place !== 'github-env')

/** What must be true whenever the dust has settled: `sound` at any time, `complete` at the end. */
async function faults(here: World, user: string, old: Key, store: readonly string[]): Promise<readonly string[]> {
  const wrong: string[] = []
  const active = here.account.liveKeys(user).filter(({ status }) => status === 'Active')
  if (active.length !== 1) wrong.push(`${active.length} active keys`)
  for (const place of lasting(store)) {
    const pair = await here.held(place, user)
    if (pair?.AccessKeyId !== active[0]?.id || pair?.SecretAccessKey !== active[0]?.secret) wrong.push(`${place} does not hold it`)
  }
  const others = here.account.liveKeys(user).filter(key => key !== active[0] && key !== old)
  if (others.length > 0) wrong.push('an orphan')
  if (active[0] === old) wrong.push('nothing was rotated')
  return wrong
}

const secretsIn = (here: World, text: string) => here.account.keys.filter(({ secret }) => text.includes(secret)).length

let cells = 0
afterAll(() => console.info(`crash matrix: ${cells} cells in ${SCENES.length} scenes`))

describe.each(SCENES)('$who in $store, journal: $journal', about => {
  const flags = { twoKeys: 'delete-unused' } as const

  test('a run that meets nothing rotates', async () => {
    const { here, user, old, run } = await scene(about)
    const { failure } = await run({ flags })
    expect(failure).toBeUndefined()
    expect(await faults(here, user, old, about.store)).toEqual([])
  })

  test('a run that is broken anywhere is made good by the next', async () => {
    const clean = await scene(about)
    const { steps } = await clean.run({ flags })
    const wrong: string[] = []
    for (const [at, step] of steps.entries()) {
      for (const what of FAULTS[step.kind]) {
        const { here, user, old, run } = await scene(about)
        const broken = await run({ flags, fault: { at, what } })
        const told = broken.failure instanceof Error ? broken.failure.message : ''
        const kept = here.file(`${STATE}/iamkey/rotations/123456789012-${user}.json`) ?? ''
        const say = (why: string, ran?: Ran) => wrong.push(`${at} ${described(step)}, ${what}: ${why}${ran ? `: ${messageOf(ran)}` : ''}`)
        if (secretsIn(here, told + kept) > 0) say('a secret was told')
        if (!about.journal) here.remove(STATE)
        let again = await run({ flags })
        if (!about.journal && /another run may have made it/.test(messageOf(again))) {
          await here.clock.run(here.clock.sleep(TRIAL))
          again = await run({ flags })
        }
        if (again.failure !== undefined) say('the next run failed', again)
        for (const fault of await faults(here, user, old, about.store)) say(fault, broken)
        cells += 1
      }
    }
    expect(wrong).toEqual([])
  })
})

const described = ({ kind, name }: Step) => `${kind} ${name}`
const messageOf = ({ failure }: Ran) =>
  failure instanceof Failure ? failure.message : failure instanceof Error ? (failure.stack ?? '') : String(failure ?? '')
