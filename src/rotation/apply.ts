/**
 * The tasks of a decision, carried out one after the other, each a function from how far the run has come to how far it is then. What fails
 * before the old key is retired is taken back; from there on the new key stays. Each step may be done again.
 */

import type { Context } from '../core/command.ts'
import { Aftermath, Failure, Interrupted } from '../core/errors.ts'
import { type KeyPair, type Place, PlaceFailure, PlaceInDoubt, type TakeBack, type WholeKey, wholeKey } from '../core/key-store.ts'
import type { AskIdentity } from '../core/sts.ts'
import { createKey } from '../keys/create.ts'
import { deletion, update } from '../keys/recovery-commands.ts'
import { repeat } from '../keys/retry.ts'
import { untilItWorks } from '../keys/wait-until-usable.ts'
import { storeKey } from '../stores/deliver.ts'
import { tryOut } from './check-command.ts'
import type { Journal } from './journal.ts'
import type { Means } from './observe.ts'
import type { Wishes } from './options.ts'
import type { Step, Task } from './plan.ts'

interface World extends Means, Pick<Context, 'progress' | 'machine' | 'sameAccount'>, Pick<Wishes, 'patience' | 'checkCommand'> {
  readonly UserName: string
  /** The ids of the keys there were at the beginning. */
  readonly before: readonly string[]
  readonly journal: Journal
  readonly identityOf: (pair: KeyPair) => AskIdentity
}

/** How far a run has come. */
export interface State {
  /** The key that is to be in use in the end. */
  readonly key: WholeKey | undefined
  /** Newest first. Empty where there is nothing to take back, or nothing any more. */
  readonly takeBack: readonly TakeBack[]
  readonly done: readonly Done[]
}

interface Done {
  readonly task: Task
  /** The key it was done to. */
  readonly AccessKeyId: string | undefined
  readonly at: number
}

/**
 * @throws Failure of the step that failed, as an Aftermath that says what was taken back, or how to go on
 */
export async function carryOut(tasks: readonly Task[], world: World): Promise<State> {
  let state: State = { key: undefined, takeBack: [], done: [] }
  for (const task of tasks) {
    // From here on nobody wants the new key taken back.
    if (task.step === 'retire') state = { ...state, takeBack: [] }
    try {
      if (world.signals.received) throw new Interrupted(world.signals.received)
      const change = await perform(task, state, world)
      const { key } = { ...state, ...change }
      const AccessKeyId = 'AccessKeyId' in task ? task.AccessKeyId : key?.AccessKeyId
      state = { ...state, ...change, done: [...state.done, { task, AccessKeyId, at: world.clock.now() }] }
    } catch (error) {
      throw await ended(error, task, state, world)
    }
  }
  return state
}

type Change = Partial<Pick<State, 'key' | 'takeBack'>>

const STEPS: { readonly [Name in Step]: (task: Task<Name>, state: State, world: World) => Promise<Change> } = {
  discard: async ({ AccessKeyId }, _, world) => {
    const { UserName } = world
    await unlessGone(repeat('DeleteAccessKey', { UserName, AccessKeyId }, world), ['NoSuchEntity'])
    return {}
  },

  create: async (_, { takeBack }, world) => {
    const { UserName, before, journal } = world
    journal.asks(before)
    const note = { begin() {}, created: journal.created, end() {} }
    const { output, undo } = await createKey({ UserName }, { ...world, note }).catch(error => {
      throw codeOf(error) === 'LimitExceeded' ? new Failure(RIVAL, { cause: error }) : error
    })
    return { key: wholeKey(output), takeBack: [...(undo ? [undo] : []), ...takeBack] }
  },

  'take up': async ({ AccessKeyId, place }, _, world) => {
    const { UserName } = world
    const pair = place === undefined ? world.signingKey : world.places.find(({ name }) => name === place)?.read?.(UserName)
    if (pair?.AccessKeyId !== AccessKeyId) throw new PlaceFailure(place ?? 'the key that signs', 'it has changed since this run began')
    return { key: { UserName, ...pair } }
  },

  wait: async (_, state, world) => {
    await untilItIsOfUse(keyOf(state), world)
    return {}
  },

  store: async ({ places }, state, world) => {
    const { takeBack } = await storeKey(keyOf(state), placesOf(places, world), world.signals.came)
    return { takeBack: [takeBack, ...state.takeBack] }
  },

  verify: async (_, state, world) => {
    const key = keyOf(state)
    const pairs = world.places.flatMap(place => readBack(place, key, world) ?? [])
    const pair = pairs[0] ?? key
    await untilItIsOfUse(pair, world, 1)
    if (world.checkCommand !== undefined) await tryOut(world.checkCommand, pair, world)
    return {}
  },

  'hand over': async ({ place, nth }, state, world) => {
    for (const each of placesOf([place], world)) await each.put(keyOf(state), world.signals.came)
    world.journal.handedOver(nth)
    // It works from there, and cannot be taken back.
    return { takeBack: [] }
  },

  retire: async ({ AccessKeyId, how }, _, world) => {
    const { UserName, signingKey } = world
    const named = { UserName, AccessKeyId }
    const call =
      how === 'delete' ? repeat('DeleteAccessKey', named, world) : repeat('UpdateAccessKey', { ...named, Status: 'Inactive' }, world)
    // A key that retires itself may be told so by the end of its own credentials.
    await unlessGone(call, AccessKeyId === signingKey?.AccessKeyId ? ['NoSuchEntity', 'InvalidClientTokenId'] : ['NoSuchEntity'])
    return {}
  },
}

const RIVAL = 'another key has appeared since this run looked: another run may be under way. If there is none, run this again'

/** Generic, so that the compiler sees that a task goes with its step. */
const perform = <Name extends Step>(task: Task<Name>, state: State, world: World): Promise<Change> => STEPS[task.step](task, state, world)

function keyOf({ key }: State): WholeKey {
  if (key === undefined) throw new Error('there is no key yet')
  return key
}

const placesOf = (names: readonly string[], { places }: World): readonly Place[] => places.filter(({ name }) => names.includes(name))

async function untilItIsOfUse(pair: KeyPair, world: World, times?: number): Promise<void> {
  const why = await untilItWorks(pair, world.identityOf(pair), world.patience, world, times)
  if (world.signals.received) throw new Interrupted(world.signals.received)
  if (why !== undefined) throw new Failure(`the key ${pair.AccessKeyId} is not known to work: ${why}`)
}

/** @throws PlaceFailure where something else comes back than was put there */
function readBack({ name, final, read }: Place, key: WholeKey, { UserName }: World): KeyPair | undefined {
  if (final || read === undefined) return undefined
  const pair = read(UserName)
  if (pair?.AccessKeyId === key.AccessKeyId && pair.SecretAccessKey === key.SecretAccessKey) return pair
  throw new PlaceFailure(name, 'it does not give back the key that was put there')
}

async function unlessGone(call: Promise<unknown>, codes: readonly string[]): Promise<void> {
  await call.catch(error => {
    if (!codes.includes(codeOf(error) ?? '')) throw error
  })
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Aftermath ? error.failure.code : error instanceof Failure ? error.code : undefined

// ---- the end of a run that failed -----------------------------------------------------------------------------------------------

async function ended(error: unknown, task: Task, state: State, world: World): Promise<unknown> {
  const advice = state.takeBack.length === 0 || error instanceof PlaceInDoubt ? goingOn(task, state, world) : await undone(state, world)
  if (advice === '') return error
  const failure =
    error instanceof Failure ? error : new Failure(`unexpected ${error instanceof Error ? error.name : 'end'}`, { cause: error })
  const { received } = world.signals
  return received ? new Interrupted(received, `interrupted by ${received}: ${advice}`) : new Aftermath(failure, advice)
}

/** The places first: whoever reads one must never find a key there that is gone. */
async function undone({ key, takeBack }: State, world: World): Promise<string> {
  const sentences: string[] = []
  const withdrawal = takeBack.at(-1)
  for (const each of takeBack.slice(0, -1)) sentences.push(await each())
  const holder = world.places.find(place => stillHolds(place, key?.AccessKeyId, world))
  if (holder === undefined) sentences.push((await withdrawal?.()) ?? '')
  else {
    const { UserName } = world
    const remedy = deletion({ UserName, AccessKeyId: key?.AccessKeyId ?? '' }, world.sameAccount)
    sentences.push(`${key?.AccessKeyId} stays, for ${holder.name} may hold it. Run the same command again, or delete it with\n  ${remedy}`)
  }
  return sentences.filter(sentence => sentence !== '').join('\n')
}

/** What cannot be read now may hold anything. */
function stillHolds({ read, final }: Place, AccessKeyId: string | undefined, { UserName }: World): boolean {
  try {
    return !final && AccessKeyId !== undefined && read?.(UserName)?.AccessKeyId === AccessKeyId
  } catch {
    return true
  }
}

/** Nothing is taken back, for there is nothing, or nothing any more. */
function goingOn(task: Task, { key }: State, { UserName, sameAccount }: World): string {
  if (key === undefined) return ''
  const again = `${key.AccessKeyId} stays. To finish, run the same command again`
  if (task.step !== 'retire') return `${again}.`
  const named = { UserName, AccessKeyId: task.AccessKeyId }
  const remedy = task.how === 'delete' ? deletion(named, sameAccount) : update(named, 'Inactive', sameAccount)
  return `${again}, or retire ${task.AccessKeyId} with\n  ${remedy}`
}
