/**
 * Carries out the tasks of a plan, one after the other. Each task turns one RotationProgress into the next; the journal records it beforehand. A
 * failure is rolled back as long as no irrevocable store has been given the key; afterwards the new key stays. Every step may be repeated.
 */

import type { Context } from '../core/command.ts'
import { Failure, FailureWithRecovery, Interrupted } from '../core/errors.ts'
import { type KeyPair, type KeyStore, pairOfStored, type Rollback, StoreFailure, type WholeKey } from '../core/key-store.ts'
import { callWithRetry } from '../keys/retry.ts'
import { waitUntilUsable } from '../keys/wait-until-usable.ts'
import { runCheckCommand } from './check-command.ts'
import { createSuccessor } from './create.ts'
import { describeFailure, StoringFailed } from './failed-step.ts'
import { CommittedFailure, handOver, holderOf, readBack, recordOptional, recordStoring, withRecordedRollback } from './hand-over.ts'
import type { Journal, Replaced } from './journal.ts'
import { narrate } from './narration.ts'
import type { ObserveContext } from './observe.ts'
import type { RotationOptions } from './options.ts'
import type { Step, Task } from './tasks.ts'
import { StepFailure } from './verdict.ts'

export interface ApplyContext
  extends ObserveContext,
    Pick<Context, 'host' | 'accountOptions'>,
    Pick<RotationOptions, 'checkCommand' | 'useReportedWithin'> {
  readonly UserName: string
  /** The ids of the keys at the beginning. */
  readonly before: readonly string[]
  /** How the remaining keys relate to the one that the stores get. */
  readonly replaces: Readonly<Record<string, Replaced>>
  readonly journal: Journal
  /** The service's clock. */
  readonly serviceTime: () => number
}

/** The progress of a run. */
export interface RotationProgress {
  /** The key that is to be in use at the end. */
  readonly key: WholeKey | undefined
  /** This run created it and can delete it. */
  readonly isNew: boolean
  /** Restores the stores' earlier content, newest first. */
  readonly rollback: readonly Rollback[]
  /** An irrevocable store has been started, or the old key is about to be retired: no rollback. */
  readonly committed: boolean
  readonly done: readonly Done[]
}

export interface Done {
  readonly task: Task
  /** The key that it concerned. */
  readonly AccessKeyId: string | undefined
  readonly at: number
}

/** @throws StepFailure of the failed step, which says what was rolled back or how to continue; Interrupted with the same */
export async function apply(tasks: readonly Task[], context: ApplyContext): Promise<RotationProgress> {
  let state: RotationProgress = { key: undefined, isNew: false, rollback: [], committed: false, done: [] }
  for (const [index, task] of tasks.entries()) {
    if (task.step === 'retire') state = { ...state, committed: true }
    try {
      if (context.signals.received) throw new Interrupted(context.signals.received)
      const change = await perform(task, state, context)
      const { key } = { ...state, ...change }
      const AccessKeyId = 'AccessKeyId' in task ? task.AccessKeyId : key?.AccessKeyId
      const at = context.serviceTime()
      state = { ...state, ...change, done: [...state.done, { task, AccessKeyId, at }] }
      context.progress.note(narrate(task, AccessKeyId ?? '', at))
      if (isDelivered(tasks, index))
        await recordOptional(context, { what: 'handed over', id: keyOf(state).AccessKeyId, replaces: context.replaces })
    } catch (error) {
      throw await describeFailure(error, task, error instanceof CommittedFailure ? { ...state, committed: true } : state, context)
    }
  }
  return state
}

/** Every store that should get the key has it. */
const isDelivered = (tasks: readonly Task[], index: number): boolean => isDelivery(tasks[index]) && !tasks.slice(index + 1).some(isDelivery)
const isDelivery = (task: Task | undefined): boolean => task?.step === 'store' || task?.step === 'verify' || task?.step === 'hand over'

type Change = Partial<Pick<RotationProgress, 'key' | 'isNew' | 'rollback' | 'committed'>>

const STEPS: { readonly [Name in Step]: (task: Task<Name>, state: RotationProgress, context: ApplyContext) => Promise<Change> } = {
  discard: async ({ AccessKeyId }, _, context) => {
    const { UserName } = context
    await checkUnheld(AccessKeyId, context)
    await unlessGone(callWithRetry('DeleteAccessKey', { UserName, AccessKeyId }, context), ['NoSuchEntity'])
    await recordOptional(context, { what: 'deleted', id: AccessKeyId })
    return {}
  },

  create: async (_, __, context) => ({ key: await createSuccessor(context), isNew: true }),

  'take up': async ({ AccessKeyId, store }, _, context) => {
    const { UserName } = context
    const from = context.stores.find(({ name }) => name === store)
    const found = store === undefined ? [context.signingKey] : [await from?.read?.(UserName), await from?.staged?.(UserName)]
    const pair = found.flatMap(key => (key?.AccessKeyId === AccessKeyId ? (pairOfStored(key) ?? []) : []))[0]
    if (pair === undefined) throw new StoreFailure(store ?? 'the key that signs', 'it has changed since this run began')
    return { key: { UserName, ...pair } }
  },

  stage: async ({ stores }, state, context) => {
    let { rollback } = state
    for (const store of storesOf(stores, context)) {
      try {
        if (store.stage) rollback = [await store.stage(keyOf(state), context.signals.interrupt), ...rollback]
      } catch (error) {
        throw new StoringFailed(error, rollback)
      }
    }
    return { rollback }
  },

  wait: async (_, state, context) => {
    await waitFor(keyOf(state), context)
    return {}
  },

  store: async ({ stores }, state, context) => {
    const key = keyOf(state)
    let { rollback } = state
    for (const store of storesOf(stores, context)) {
      try {
        if (context.signals.received) throw new StoreFailure(store.name, 'interrupted')
        await recordStoring(store, key, context)
        rollback = [withRecordedRollback(await store.put(key, context.signals.interrupt), store, key, context), ...rollback]
        await recordOptional(context, { what: 'stored', id: key.AccessKeyId, store: store.identity })
      } catch (error) {
        throw new StoringFailed(error, rollback)
      }
    }
    return { rollback }
  },

  verify: async (_, state, context) => {
    const key = keyOf(state)
    const pairs: KeyPair[] = []
    for (const store of context.stores) if (!store.irrevocable && !store.ephemeral) pairs.push(...(await readBack(store, key, context)))
    const pair = pairs[0] ?? key
    await waitFor(pair, context, 1)
    if (context.checkCommand !== undefined) await runCheckCommand(context.checkCommand, pair, context)
    return {}
  },

  'hand over': async ({ store: name }, state, context) => {
    for (const store of storesOf([name], context)) await handOver(store, keyOf(state), state.committed, context)
    // From here on the store has the key and cannot be rolled back.
    return { committed: true }
  },

  retire: async ({ AccessKeyId, how }, _, context) => {
    const { UserName, signingKey } = context
    const named = { UserName, AccessKeyId }
    await checkUnheld(AccessKeyId, context)
    const call =
      how === 'delete'
        ? callWithRetry('DeleteAccessKey', named, context)
        : callWithRetry('UpdateAccessKey', { ...named, Status: 'Inactive' }, context)
    // A key that deactivates itself may be refused afterwards.
    await unlessGone(call, AccessKeyId === signingKey?.AccessKeyId ? ['NoSuchEntity', 'InvalidClientTokenId'] : ['NoSuchEntity'])
    await recordOptional(context, { what: how === 'delete' ? 'deleted' : 'deactivated', id: AccessKeyId })
    return {}
  },
}

/** Generic, so that the compiler matches a task with its step. */
const perform = <Name extends Step>(task: Task<Name>, state: RotationProgress, context: ApplyContext): Promise<Change> =>
  STEPS[task.step](task, state, context)

function keyOf({ key }: Pick<RotationProgress, 'key'>): WholeKey {
  if (key === undefined) throw new Error('there is no key yet')
  return key
}

const storesOf = (names: readonly string[], { stores }: ApplyContext): readonly KeyStore[] =>
  stores.filter(({ name }) => names.includes(name))

async function waitFor(pair: KeyPair, context: ApplyContext, times?: number): Promise<void> {
  const why = await waitUntilUsable(pair, context.identityOf(pair), context.waitTimeout, context, times)
  if (context.signals.received) throw new Interrupted(context.signals.received)
  if (why !== undefined) throw new Failure(`the key ${pair.AccessKeyId} is not known to work: ${why}`)
}

/** A store may have got the key back since it was read: from a backup, or from another program. A trace may lag behind its store. */
async function checkUnheld(AccessKeyId: string, { stores, UserName }: ApplyContext): Promise<void> {
  const readable = stores.filter(({ trails }) => !trails)
  const holder = await holderOf(AccessKeyId, readable, UserName)
  if (holder === undefined) return
  const failure = new StoreFailure(holder, `it may hold ${AccessKeyId} again, which stays`)
  throw new StepFailure(failure, 'To finish, run the same command again.', 'NotFinished')
}

async function unlessGone(call: Promise<unknown>, codes: readonly string[]): Promise<void> {
  await call.catch(error => {
    if (!codes.includes(codeOf(error) ?? '')) throw error
  })
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof FailureWithRecovery ? error.failure.code : error instanceof Failure ? error.code : undefined
