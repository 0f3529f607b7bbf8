/**
 * A rotation is broken at each of its steps in each way there is, and then the same command is given again. In every cell it ends with
 * exactly one active key, which every store holds and which works, and with nothing left over; and at no time does a store hold a key that
 * does not work.
 */
import { afterAll, describe, expect, test } from 'vitest'
import type { KeyPair } from '../../src/core/key-store.ts'
import type { Flags } from '../../src/core/options.ts'
import type { Key } from '../support/account.ts'
import { DAY, FAULTS, type Fault, type Ran, START, type Step, type World, world } from './world.ts'

type Caller = 'their own key' | "another user's key"

interface Scene {
  readonly caller: Caller
  readonly store: readonly string[]
  /** What survives on the machine; a job's machine is gone with the job. */
  readonly journal: boolean
  readonly flags: Partial<Flags>
  /** The user has a second key, which an earlier rotation made inactive. */
  readonly predecessor?: boolean
  /** No store holds anything yet. */
  readonly fresh?: boolean
}

const PLACES = [
  ['profile:bob'],
  ['env-file:/here/.env'],
  ['csv:/here/keys.csv'],
  ['command:to-vault'],
  ['profile:bob', 'env-file:/here/.env'],
  ['profile:bob', 'command:to-vault'],
  ['command:to-vault', 'command:to-other'],
  ['csv:/here/keys.csv', 'github-env'],
] as const
const CALLERS: readonly Caller[] = ['their own key', "another user's key"]

const LETTING_GO = { twoKeys: 'delete-unused' } as const
const everywhere = (about: Omit<Scene, 'caller' | 'journal' | 'store'>, stores: readonly (readonly string[])[]): readonly Scene[] =>
  stores.flatMap(store => CALLERS.flatMap(caller => [true, false].map(journal => ({ store, caller, journal, ...about }))))

const SCENES: readonly Scene[] = [
  ...everywhere({ flags: LETTING_GO }, PLACES),
  ...everywhere({ flags: { ...LETTING_GO, retire: 'delete' } }, [PLACES[5]]),
  ...everywhere({ flags: { ...LETTING_GO, checkCommand: 'check' } }, [PLACES[5]]),
  ...everywhere({ flags: LETTING_GO, predecessor: true }, [PLACES[0], PLACES[3]]),
  ...everywhere({ flags: LETTING_GO, fresh: true }, [PLACES[5]]).filter(({ caller }) => caller !== 'their own key'),
]

const lasting = (store: readonly string[]) => store.filter(store => store !== 'github-env')
const pairOf = ({ id, secret }: Key): KeyPair => ({ AccessKeyId: id, SecretAccessKey: secret })

interface Stage extends Scene {
  readonly here: World
  readonly user: string
  readonly old: Key
  run(fault?: { readonly at: number; readonly what: Fault }): Promise<Ran>
}

async function stage(scene: Scene): Promise<Stage> {
  const here = world()
  const { account } = here
  const { caller, store, flags, predecessor = false, fresh = false } = scene
  const user = caller === 'their own key' ? 'ops' : 'Bob'
  if (predecessor) account.addKey(user, START - 300 * DAY).status = 'Inactive'
  const old = account.addKey(user, START - 100 * DAY)
  old.used = { at: START - DAY, service: 's3', region: 'us-east-1' }
  const admin = user === 'ops' ? old : account.addKey('ops', START - 10 * DAY)
  if (!fresh) for (const each of lasting(store)) await here.put(each, { UserName: user, ...pairOf(old) })
  return {
    ...scene,
    here,
    user,
    old,
    async run(fault) {
      here.remove('/job/')
      // Whoever rotates their own key signs with what is kept in the first store.
      const own = user === 'ops' ? await here.held(lasting(store)[0] ?? '', user) : undefined
      const order = { store, flags, ...(user === 'ops' ? {} : { UserName: user }), ...(fault && { fault }) }
      return here.run(order, own ?? pairOf(admin))
    },
  }
}

/** The same command once more, and what it said; where it says when another run must be over, then. */
async function again({ here, run, journal }: Stage): Promise<Ran> {
  if (!journal) here.remove('/home/user/.local/state')
  const next = await run()
  const [, when] = /another run may have made it, .* run this again after (\S+)$/.exec(messageOf(next)) ?? []
  if (journal || when === undefined) return next
  await here.clock.run(here.clock.sleep(Date.parse(when) - here.clock.now()))
  return run()
}

/** Places whose key does not work. */
async function unsound({ here, user, store, fresh }: Stage): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const each of lasting(store)) {
    const pair = await here.held(each, user)
    const key = here.account.liveKeys(user).find(({ id }) => id === pair?.AccessKeyId)
    const works = key?.status === 'Active' && key.secret === pair?.SecretAccessKey
    if (!works && !(fresh && pair === undefined)) wrong.push(`${each} holds a key that does not work`)
  }
  return wrong
}

/** What is not as it should be in the end. */
async function unfinished({ here, user, store, old }: Stage): Promise<readonly string[]> {
  const wrong: string[] = []
  const live = here.account.liveKeys(user)
  const active = live.filter(({ status }) => status === 'Active')
  const [key] = active
  if (active.length !== 1) wrong.push(`${active.length} active keys`)
  if (key === old) wrong.push('nothing was rotated')
  if (live.some(other => other !== key && other !== old)) wrong.push('an orphan')
  for (const each of lasting(store)) if ((await here.held(each, user))?.AccessKeyId !== key?.id) wrong.push(`${each} does not hold it`)
  return wrong
}

const messageOf = ({ failure }: Ran) => (failure instanceof Error ? failure.message : String(failure ?? ''))

/** Whether a secret got where none belongs: into what was said, or into the journal. */
function tells({ here, user }: Stage, ran: Ran): boolean {
  const text = messageOf(ran) + (here.file(`/home/user/.local/state/iamkey/rotations/123456789012-${user}.json`) ?? '')
  return here.account.keys.some(({ secret }) => text.includes(secret))
}

interface Cell {
  readonly at: number
  readonly step: Step
  readonly what: Fault
  /** Nobody has been given the new key for good yet, and the old one is not being retired. */
  readonly revocable: boolean
}

async function cellsOf(scene: Scene): Promise<readonly Cell[]> {
  const { steps } = await (await stage(scene)).run()
  const given = steps.findIndex(({ kind, name }) => kind === 'program' && name !== 'check')
  const retiring = steps.findLastIndex(({ kind }) => kind === 'request')
  const last = given === -1 ? retiring - 1 : given
  return steps.flatMap((step, at) => FAULTS[step.kind].map(what => ({ at, step, what, revocable: at <= last })))
}

/** What a run that could clean up after itself has left. */
async function traces({ here, user, store, old, fresh }: Stage): Promise<readonly string[]> {
  const wrong: string[] = []
  if (here.account.liveKeys(user).some(key => key.created > old.created)) wrong.push('the new key is still there')
  if (old.status !== 'Active') wrong.push('the old key does not work any more')
  for (const each of lasting(store)) {
    if ((await here.held(each, user))?.AccessKeyId !== (fresh ? undefined : old.id)) wrong.push(`${each} is not as it was`)
  }
  return wrong
}

/** A run that is neither killed nor cut off, and knows what became of its call and its programs. */
const canCleanUp = ({ revocable, what, step }: Cell, { failure }: Ran): boolean =>
  failure instanceof Error &&
  revocable &&
  !['offline', 'deaf', 'full disk'].includes(what) &&
  step.name !== 'CreateAccessKey' &&
  !(step.kind === 'program' && what === 'interrupted')

const described = ({ at, step, what }: Cell) => `step ${at}, ${step.kind} ${step.name}, ${what}`

let count = 0
let stopped = 0
afterAll(() =>
  console.info(
    `crash matrix: ${count} cells; where no key may go, ${stopped} more are left to their user, with the commands for each choice`,
  ),
)

const nameOf = ({ caller, store, journal, flags, predecessor, fresh }: Scene) =>
  [
    caller,
    store.join(' '),
    journal ? 'with a journal' : 'without',
    ...Object.values(flags),
    predecessor && 'two keys',
    fresh && 'new stores',
  ]
    .filter(Boolean)
    .join(', ')

describe.each(SCENES.map(scene => [nameOf(scene), scene] as const))('%s', (_, scene) => {
  test('a run that meets nothing rotates', async () => {
    const here = await stage(scene)
    const { failure } = await here.run()
    expect([failure, await unfinished(here)]).toEqual([undefined, []])
  })

  test('whatever a run is broken by, the next makes it good', async () => {
    const wrong: string[] = []
    for (const cell of await cellsOf(scene)) {
      const here = await stage(scene)
      const broken = await here.run(cell)
      const soon = [
        ...(await unsound(here)),
        ...(canCleanUp(cell, broken) ? await traces(here) : []),
        ...(tells(here, broken) ? ['a secret is told'] : []),
      ]
      const next = await again(here)
      const late = [...(next.failure === undefined ? [] : [messageOf(next)]), ...(await unfinished(here)), ...(await unsound(here))]
      wrong.push(...[...soon, ...late].map(what => `${described(cell)}: ${what}`))
      count += 1
    }
    expect(wrong).toEqual([])
  }, 60_000)
})

/** Whether the new key may be there without the journal having its id. */
const isUnnamed = ({ step, what }: Cell) =>
  step.name === 'CreateAccessKey' || (step.name.startsWith('append') && what !== 'killed after') || what === 'deaf'

describe.each(everywhere({ flags: {} }, [PLACES[0], PLACES[3], PLACES[5]]).map(scene => [nameOf(scene), scene] as const))(
  '%s',
  (_, scene) => {
    test('where no key may go, the next run makes it good, or names the keys and what to paste', async () => {
      const wrong: string[] = []
      for (const cell of await cellsOf(scene)) {
        const here = await stage(scene)
        await here.run(cell)
        const next = await again(here)
        const pasted = here.here.account
          .liveKeys(here.user)
          .every(({ id }) => messageOf(next).includes(`--access-key-id ${id} --profile admin`))
        if (next.failure !== undefined) stopped += 1
        if (next.failure !== undefined && scene.journal && !isUnnamed(cell)) wrong.push(`${described(cell)}: the journal was of no use`)
        const late = next.failure === undefined ? await unfinished(here) : pasted ? [] : [messageOf(next)]
        wrong.push(...[...late, ...(await unsound(here))].map(what => `${described(cell)}: ${what}`))
        count += 1
      }
      expect(wrong).toEqual([])
    })
  },
)
