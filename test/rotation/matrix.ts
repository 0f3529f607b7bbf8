/**
 * One cell of the crash matrix: a run is broken, and then the same command is given again, at once and in the nights that follow, until it
 * says that all is well; where it says that a person must decide, somebody who knows what the stores hold decides. What is wrong is told as
 * sentences: a key in a store that does not work and did before, an exit code that is not true, an end that is none.
 */

import { Failure } from '../../src/core/errors.ts'
import type { KeyPair } from '../../src/core/key-store.ts'
import type { Flags } from '../../src/core/options.ts'
import type { AccountOptions, Key } from '../support/account.ts'
import { type Consumer, DAY, FAULTS, type Fault, namedStore, type Order, type Ran, START, type Step, type World, world } from './world.ts'

export type Caller = 'their own key' | "another user's key"

export interface Scene {
  readonly caller: Caller
  readonly store: readonly string[]
  /** What survives on the machine; a job's machine is gone with the job. */
  readonly journal: boolean
  readonly flags: Partial<Flags>
  /** The user has a second key, which an earlier rotation made inactive. */
  readonly predecessor?: boolean
  /** No store holds anything yet. */
  readonly fresh?: boolean
  /** The stores have the key from a run of iamkey, so that the journal knows it. */
  readonly known?: boolean
  readonly consumer?: Consumer
  readonly account?: AccountOptions
  readonly ahead?: number
  readonly isAws?: boolean
}

const lasting = (store: readonly string[]) => store.filter(name => name !== 'github-env')
const pairOf = ({ id, secret }: Key): KeyPair => ({ AccessKeyId: id, SecretAccessKey: secret })
export const messageOf = ({ failure }: Ran) => (failure instanceof Error ? failure.message : String(failure ?? ''))
export const codeOf = ({ failure }: Ran) => (failure === undefined ? 0 : failure instanceof Failure ? failure.exitCode : -1)

const STATE = '/home/user/.local/state'

export interface Stage extends Scene {
  readonly here: World
  readonly user: string
  readonly old: Key
  readonly stores: readonly string[]
  run(about?: Partial<Order>): Promise<Ran>
  wait(ms: number): Promise<void>
}

export async function stage(scene: Scene): Promise<Stage> {
  const {
    caller,
    store,
    flags,
    predecessor = false,
    fresh = false,
    known = false,
    account: options,
    ahead = 0,
    isAws = true,
    consumer = 's3',
  } = scene
  const here = world({ ...options, ahead, isAws })
  const { account, clock } = here
  const user = caller === 'their own key' ? 'ops' : 'Bob'
  if (predecessor) account.addKey(user, START - 300 * DAY).status = 'Inactive'
  const old = account.addKey(user, START - 100 * DAY)
  old.used = { at: START - DAY, service: 's3', region: 'us-east-1' }
  const admin = user === 'ops' ? old : account.addKey('ops', START - 10 * DAY)
  if (!fresh) for (const name of lasting(store)) await here.put(name, { UserName: user, ...pairOf(old) })
  const staged: Stage = {
    ...scene,
    here,
    user,
    old,
    stores: lasting(store),
    async run(about = {}) {
      here.remove('/job/')
      // Who rotates their own key signs with what is kept in the first store.
      const own = user === 'ops' ? here.held(lasting(store)[0] ?? '', user) : undefined
      return here.run({ store, flags, ...(user === 'ops' ? {} : { UserName: user }), ...about }, own ?? pairOf(admin))
    },
    wait: ms => clock.run(clock.sleep(ms)),
  }
  here.watch(lasting(store), user, consumer)
  if (known) await learned(staged)
  return staged
}

/** A rotation that meets nothing, and the hundred days after it. */
async function learned({ here, run, wait, user }: Stage): Promise<void> {
  const flags = { olderThan: '0m', retireAfter: '0m', retire: 'delete' } as const
  await run({ flags })
  await wait(100 * DAY)
  for (const key of here.account.liveKeys(user)) key.used = { at: here.account.now() - DAY, service: 's3', region: 'us-east-1' }
}

/** A step of a run that meets nothing, and what it is to meet. */
export interface Cell {
  readonly at: number
  readonly step: Step
  readonly what: Fault
}

export async function cellsOf(scene: Scene, faults: Partial<typeof FAULTS> = FAULTS): Promise<readonly Cell[]> {
  const { steps } = await (await stage(scene)).run()
  return steps.flatMap((step, at) => (faults[step.kind] ?? []).map(what => ({ at, step, what })))
}

export const described = ({ at, step, what }: Cell) => `step ${at}, ${step.kind} ${step.name}, ${what}`

const HOUR = 3_600_000
/** Between a run and the next. The last ones are after the end of an old key's time. */
const NIGHTS = [1000, DAY, DAY, DAY, DAY + HOUR, 8 * DAY]
/** More of them, where a person had to decide and something else came of that. */
const MORE = [DAY, DAY, 8 * DAY]

export interface Story {
  readonly wrong: readonly string[]
  /** A person had to decide. */
  readonly person: string | undefined
  readonly runs: readonly Ran[]
}

/** What a broken run leads to. */
export async function story(scene: Scene, broken: (stage: Stage) => Promise<Ran | undefined>): Promise<Story> {
  const here = await stage(scene)
  const first = await broken(here)
  return { ...(await aftermath(here, first)) }
}

export async function aftermath(here: Stage, first?: Ran): Promise<Story> {
  const wrong: string[] = []
  const runs: Ran[] = []
  let person: string | undefined
  const judge = (ran: Ran) => {
    runs.push(ran)
    if (tells(here, ran)) wrong.push('a secret is told')
    if (codeOf(ran) === 0 && ran.failure === undefined) wrong.push(...unhealthy(here))
  }
  if (first) judge(first)
  for (const pause of [...NIGHTS, ...MORE]) {
    if (runs.length > NIGHTS.length && person === undefined) break
    if (runs.length > 1 && isOver(here, runs.at(-1))) break
    await here.wait(pause)
    if (!here.journal) here.here.remove(STATE)
    const ran = await here.run()
    judge(ran)
    if (codeOf(ran) === 4) {
      person ??= messageOf(ran)
      wrong.push(...unhelpful(here, ran))
      decide(here, ran)
    }
  }
  const last = runs.at(-1)
  if (codeOf(last ?? (runs[0] as Ran)) !== 0) wrong.push(`the last run: ${messageOf(last as Ran)}`)
  wrong.push(...here.here.seen, ...unfinished(here))
  return { wrong: [...new Set(wrong)], person, runs }
}

/** All is well, and nothing is left to be done but to delete what is inactive. */
const isOver = ({ here, user }: Stage, ran: Ran | undefined): boolean =>
  ran !== undefined && codeOf(ran) === 0 && here.account.liveKeys(user).filter(({ status }) => status === 'Active').length === 1

/** Somebody who knows what the stores hold deactivates the keys that none does, and deletes what is offered for it. */
function decide({ here, user, stores }: Stage, ran: Ran): void {
  const held = stores.map(store => here.held(store, user)?.AccessKeyId)
  const offered = here.account
    .liveKeys(user)
    .filter(({ id }) => messageOf(ran).includes(`delete-access-key --user-name ${user} --access-key-id ${id}`))
  for (const key of offered) key.deleted = here.account.now()
  const live = here.account.liveKeys(user).filter(({ status }) => status === 'Active')
  const idle = live.filter(({ id }) => !held.includes(id))
  for (const key of idle) key.status = 'Inactive'
  // Where the stores hold different keys, the newer one is put everywhere by hand.
  const newest = live.findLast(({ id }) => held.includes(id))
  if (idle.length > 0 || newest === undefined) return
  for (const store of stores)
    if (store.startsWith('command:')) here.vaults.set(namedStore(store).name.slice('command:'.length), pairOf(newest))
  for (const key of live)
    if (key !== newest && stores.every(store => here.held(store, user)?.AccessKeyId !== key.id)) key.status = 'Inactive'
  here.accept()
}

/** Exit 0 is true: each store has a key that works, the same one, and one key at most is active beside it. */
function unhealthy({ here, user, stores }: Stage): readonly string[] {
  const wrong = stores.flatMap(store => (here.works(store, user) ? [] : [`exit 0, and ${store} has no key that works`]))
  if (new Set(stores.map(store => here.held(store, user)?.AccessKeyId)).size > 1) wrong.push('exit 0, and the stores hold different keys')
  return wrong
}

/** A run that leaves the decision to a person names every key, keeps what is active so, and offers nothing for deletion that may be in use. */
function unhelpful({ here, user, stores }: Stage, ran: Ran): readonly string[] {
  const live = here.account.liveKeys(user)
  const listed = here.account.listedKeys(user).filter(({ deleted }) => deleted === undefined)
  const held = stores.map(store => here.held(store, user)?.AccessKeyId)
  const message = messageOf(ran)
  return [
    ...(listed.length > 1
      ? listed.filter(({ id }) => !message.includes(`--access-key-id ${id}`)).map(({ id }) => `${id} is not named in: ${message}`)
      : []),
    ...live.flatMap(({ id }) =>
      held.includes(id) && message.includes(`delete-access-key --user-name ${user} --access-key-id ${id}`)
        ? [`offers ${id} for deletion`]
        : [],
    ),
  ]
}

/** What is not as it should be in the end. */
function unfinished({ here, user, stores }: Stage): readonly string[] {
  const wrong: string[] = []
  const live = here.account.liveKeys(user)
  const active = live.filter(({ status }) => status === 'Active')
  const [key] = active
  if (active.length !== 1) wrong.push(`${active.length} active keys in the end`)
  for (const store of stores) if (here.held(store, user)?.AccessKeyId !== key?.id) wrong.push(`${store} does not hold it in the end`)
  return wrong
}

/** Whether a secret got where none belongs: into what was said, or into the journal. */
function tells({ here, user }: Stage, ran: Ran): boolean {
  const text =
    messageOf(ran) + JSON.stringify(ran.output, (_, value) => (value instanceof Map ? [...value] : value)) + journalOf(here, user)
  return here.account.keys.some(({ secret }) => text.includes(secret))
}

const journalOf = (here: World, user: string) => here.file(`${STATE}/iamkey/rotations/123456789012-${user}.json`) ?? ''
