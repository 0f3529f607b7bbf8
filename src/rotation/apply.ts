/**
 * The tasks of a decision, carried out one after the other, each a function from how far the run has come to how far it is then. What fails
 * before the old key is retired is taken back; from there on the new key stays. Each step may be done again.
 */

import type { Context } from '../core/command.ts'
import { Failure, FailureWithRecovery, Interrupted } from '../core/errors.ts'
import {
  type KeyPair,
  type KeyStore,
  type Rollback,
  StoreFailure,
  StoreOutcomeUnknown,
  type WholeKey,
  wholeKey,
} from '../core/key-store.ts'
import type { GetIdentity } from '../core/sts.ts'
import { createKey } from '../keys/create.ts'
import { deleteCommand, updateCommand } from '../keys/recovery-commands.ts'
import { callWithRetry } from '../keys/retry.ts'
import { waitUntilUsable } from '../keys/wait-until-usable.ts'
import { storeKey } from '../stores/deliver.ts'
import { tryOut } from './check-command.ts'
import type { Journal } from './journal.ts'
import type { ObserveContext } from './observe.ts'
import type { RotationOptions } from './options.ts'
import type { Step, Task } from './plan.ts'

interface ApplyContext
  extends ObserveContext,
    Pick<Context, 'progress' | 'host' | 'accountOptions'>,
    Pick<RotationOptions, 'patience' | 'checkCommand'> {
  readonly UserName: string
  /** The ids of the keys there were at the beginning. */
  readonly before: readonly string[]
  readonly journal: Journal
  readonly identityOf: (pair: KeyPair) => GetIdentity
}

/** How far a run has come. */
export interface Progress {
  /** The key that is to be in use in the end. */
  readonly key: WholeKey | undefined
  /** Newest first. Empty where there is nothing to take back, or nothing any more. */
  readonly rollback: readonly Rollback[]
  readonly done: readonly Done[]
}

interface Done {
  readonly task: Task
  /** The key it was done to. */
  readonly AccessKeyId: string | undefined
  readonly at: number
}

/**
 * @throws Failure of the step that failed, as a FailureWithRecovery that says what was taken back, or how to go on
 */
export async function apply(tasks: readonly Task[], world: ApplyContext): Promise<Progress> {
  let state: Progress = { key: undefined, rollback: [], done: [] }
  for (const task of tasks) {
    // From here on nobody wants the new key taken back.
    if (task.step === 'retire') state = { ...state, rollback: [] }
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

type Change = Partial<Pick<Progress, 'key' | 'rollback'>>

const STEPS: { readonly [Name in Step]: (task: Task<Name>, state: Progress, world: ApplyContext) => Promise<Change> } = {
  discard: async ({ AccessKeyId }, _, world) => {
    const { UserName } = world
    await unlessGone(callWithRetry('DeleteAccessKey', { UserName, AccessKeyId }, world), ['NoSuchEntity'])
    return {}
  },

  create: async (_, { rollback }, world) => {
    const { UserName, before, journal } = world
    journal.asks(before)
    const callJournal = { begin() {}, created: journal.created, end() {} }
    const { output, undo } = await createKey({ UserName }, { ...world, callJournal }, before).catch(error => {
      throw codeOf(error) === 'LimitExceeded' ? new Failure(RIVAL, { cause: error }) : error
    })
    return { key: wholeKey(output), rollback: [...(undo ? [undo] : []), ...rollback] }
  },

  'take up': async ({ AccessKeyId, store }, _, world) => {
    const { UserName } = world
    const pair = store === undefined ? world.signingKey : world.stores.find(({ name }) => name === store)?.read?.(UserName)
    if (pair?.AccessKeyId !== AccessKeyId) throw new StoreFailure(store ?? 'the key that signs', 'it has changed since this run began')
    return { key: { UserName, ...pair } }
  },

  wait: async (_, state, world) => {
    await untilItIsOfUse(keyOf(state), world)
    return {}
  },

  store: async ({ stores }, state, world) => {
    const { rollback } = await storeKey(keyOf(state), placesOf(stores, world), world.signals.interrupt)
    return { rollback: [rollback, ...state.rollback] }
  },

  verify: async (_, state, world) => {
    const key = keyOf(state)
    const pairs = world.stores.flatMap(store => readBack(store, key, world) ?? [])
    const pair = pairs[0] ?? key
    await untilItIsOfUse(pair, world, 1)
    if (world.checkCommand !== undefined) await tryOut(world.checkCommand, pair, world)
    return {}
  },

  'hand over': async ({ store, nth }, state, world) => {
    for (const each of placesOf([store], world)) await each.put(keyOf(state), world.signals.interrupt)
    world.journal.handedOver(nth)
    // It works from there, and cannot be taken back.
    return { rollback: [] }
  },

  retire: async ({ AccessKeyId, how }, _, world) => {
    const { UserName, signingKey } = world
    const named = { UserName, AccessKeyId }
    const call =
      how === 'delete'
        ? callWithRetry('DeleteAccessKey', named, world)
        : callWithRetry('UpdateAccessKey', { ...named, Status: 'Inactive' }, world)
    // A key that retires itself may be told so by the end of its own credentials.
    await unlessGone(call, AccessKeyId === signingKey?.AccessKeyId ? ['NoSuchEntity', 'InvalidClientTokenId'] : ['NoSuchEntity'])
    return {}
  },
}

const RIVAL = 'another key has appeared since this run looked: another run may be under way. If there is none, run this again'

/** Generic, so that the compiler sees that a task goes with its step. */
const perform = <Name extends Step>(task: Task<Name>, state: Progress, world: ApplyContext): Promise<Change> =>
  STEPS[task.step](task, state, world)

function keyOf({ key }: Progress): WholeKey {
  if (key === undefined) throw new Error('there is no key yet')
  return key
}

const placesOf = (names: readonly string[], { stores }: ApplyContext): readonly KeyStore[] =>
  stores.filter(({ name }) => names.includes(name))

async function untilItIsOfUse(pair: KeyPair, world: ApplyContext, times?: number): Promise<void> {
  const why = await waitUntilUsable(pair, world.identityOf(pair), world.patience, world, times)
  if (world.signals.received) throw new Interrupted(world.signals.received)
  if (why !== undefined) throw new Failure(`the key ${pair.AccessKeyId} is not known to work: ${why}`)
}

/** @throws StoreFailure where something else comes back than was put there */
function readBack({ name, irrevocable, read }: KeyStore, key: WholeKey, { UserName }: ApplyContext): KeyPair | undefined {
  if (irrevocable || read === undefined) return undefined
  const pair = read(UserName)
  if (pair?.AccessKeyId === key.AccessKeyId && pair.SecretAccessKey === key.SecretAccessKey) return pair
  throw new StoreFailure(name, 'it does not give back the key that was put there')
}

async function unlessGone(call: Promise<unknown>, codes: readonly string[]): Promise<void> {
  await call.catch(error => {
    if (!codes.includes(codeOf(error) ?? '')) throw error
  })
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof FailureWithRecovery ? error.failure.code : error instanceof Failure ? error.code : undefined

// ---- the end of a run that failed -----------------------------------------------------------------------------------------------

async function ended(error: unknown, task: Task, state: Progress, world: ApplyContext): Promise<unknown> {
  const advice =
    state.rollback.length === 0 || error instanceof StoreOutcomeUnknown ? goingOn(task, state, world) : await undone(state, world)
  if (advice === '') return error
  const failure =
    error instanceof Failure ? error : new Failure(`unexpected ${error instanceof Error ? error.name : 'end'}`, { cause: error })
  const { received } = world.signals
  return received ? new Interrupted(received, `interrupted by ${received}: ${advice}`) : new FailureWithRecovery(failure, advice)
}

/** The stores first: whoever reads one must never find a key there that is gone. */
async function undone({ key, rollback }: Progress, world: ApplyContext): Promise<string> {
  const sentences: string[] = []
  const withdrawal = rollback.at(-1)
  for (const each of rollback.slice(0, -1)) sentences.push(await each())
  const holder = world.stores.find(store => stillHolds(store, key?.AccessKeyId, world))
  if (holder === undefined) sentences.push((await withdrawal?.()) ?? '')
  else {
    const { UserName } = world
    const remedy = deleteCommand({ UserName, AccessKeyId: key?.AccessKeyId ?? '' }, world.accountOptions)
    sentences.push(`${key?.AccessKeyId} stays, for ${holder.name} may hold it. Run the same command again, or delete it with\n  ${remedy}`)
  }
  return sentences.filter(sentence => sentence !== '').join('\n')
}

/** What cannot be read now may hold anything. */
function stillHolds({ read, irrevocable }: KeyStore, AccessKeyId: string | undefined, { UserName }: ApplyContext): boolean {
  try {
    return !irrevocable && AccessKeyId !== undefined && read?.(UserName)?.AccessKeyId === AccessKeyId
  } catch {
    return true
  }
}

/** Nothing is taken back, for there is nothing, or nothing any more. */
function goingOn(task: Task, { key }: Progress, { UserName, accountOptions }: ApplyContext): string {
  if (key === undefined) return ''
  const again = `${key.AccessKeyId} stays. To finish, run the same command again`
  if (task.step !== 'retire') return `${again}.`
  const named = { UserName, AccessKeyId: task.AccessKeyId }
  const remedy = task.how === 'delete' ? deleteCommand(named, accountOptions) : updateCommand(named, 'Inactive', accountOptions)
  return `${again}, or retire ${task.AccessKeyId} with\n  ${remedy}`
}
