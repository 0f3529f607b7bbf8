/** The output of a rotation: what was done, what would be done, or why nothing was. Never a secret. Pure. */

import { updateCommand } from '../keys/recovery-commands.ts'
import type { Dict, Value } from '../python/value.ts'
import type { Done, RotationProgress } from './apply.ts'
import type { Go } from './decision.ts'
import { moment } from './duration.ts'
import type { Stop } from './obstacles.ts'
import type { RotationOptions } from './options.ts'
import type { Retiring } from './other-keys.ts'
import type { Holding, RotationState } from './state.ts'
import { lastingOf, presumedKeyIn } from './store-facts.ts'
import type { Task } from './tasks.ts'
import type { Verdict } from './verdict.ts'

/** What was done. */
export function formatResult(before: RotationState, decision: Go, options: RotationOptions, { key, done }: RotationProgress): Dict {
  const state = { ...before, now: done.at(-1)?.at ?? before.now }
  const { UserName } = state
  const retired = decision.tasks.find(task => task.step === 'retire')
  const undo = retired?.how === 'deactivate' ? { UserName, AccessKeyId: retired.AccessKeyId } : undefined
  const current = (key ?? decision.current).AccessKeyId
  return rotation(state, decision, options, {
    Result: decision.open === undefined ? decision.result : 'DecisionNeeded',
    NewAccessKeyId: current,
    Stores: key === undefined ? storesOf(state) : lastingOf(state).map(({ store }) => entry(store, current, 'works')),
    Steps: stepsOf(done),
    Undo: undo && updateCommand(undo, 'Active', options.accountOptions),
  })
}

/** What would be done. */
export function formatPlan(state: RotationState, decision: Go, options: RotationOptions): Dict {
  const steps = decision.tasks.map(task =>
    withoutUndefined({
      Step: task.step,
      Store: storeOf(task),
      AccessKeyId: 'AccessKeyId' in task ? task.AccessKeyId : undefined,
      Why: 'why' in task ? task.why : undefined,
    }),
  )
  const { result, current } = decision
  const isRenewed = decision.tasks.some(({ step }) => step === 'create')
  return rotation(state, decision, options, {
    Result: decision.open === undefined || result !== 'NothingDue' ? 'Planned' : 'DecisionNeeded',
    NewAccessKeyId: isRenewed ? undefined : current.AccessKeyId,
    Stores: lastingOf(state).map(holding => plannedFor(holding, state)),
    Plan: steps,
  })
}

/** Why nothing was done. */
export function formatStop(state: RotationState, { verdict, why }: Stop): Dict {
  const { UserName } = state
  return rotationOutput({ UserName, Result: verdict, Why: why, Stores: storesOf(state), Steps: [], Next: NEXT[verdict] })
}

/** Why a run did not begin. */
export const formatRefusal = (UserName: string, verdict: Verdict, why: string): Dict =>
  rotationOutput({ UserName, Result: verdict, Why: why, Steps: [], Next: NEXT[verdict] })

/** The steps of a failed run. */
export function formatFailure(state: RotationState, { why }: Go, verdict: Verdict, done: readonly Done[]): Dict {
  return rotationOutput({ UserName: state.UserName, Result: verdict, Why: why, Steps: stepsOf(done), Next: NEXT[verdict] })
}

const NEXT: Readonly<Record<Verdict, string>> = {
  NotFinished: 'The same command, run again, goes on.',
  DecisionNeeded: 'A person must decide: what to look at, and the commands, are on standard error.',
}

type OutputMembers = Readonly<Record<string, Value | undefined>>

function rotation(
  state: RotationState,
  decision: Go,
  options: RotationOptions,
  { Result, NewAccessKeyId, Stores, ...more }: OutputMembers,
): Dict {
  const { UserName } = state
  const { why, current, tasks, retiring } = decision
  const isRenewed = tasks.some(({ step }) => step === 'create')
  const retired = tasks.find(task => task.step === 'retire')?.AccessKeyId
  return rotationOutput({
    UserName,
    Result,
    Why: decision.open ?? why,
    OldAccessKeyId: retired ?? (isRenewed ? current.AccessKeyId : retiring[0]?.AccessKeyId),
    NewAccessKeyId,
    Stores,
    ...more,
    Next: Result === 'DecisionNeeded' ? NEXT.DecisionNeeded : next(state, decision, options),
  })
}

const rotationOutput = (members: OutputMembers): Dict => new Map([['Rotation', withoutUndefined(members)]])

/** Omits members without a value. */
const withoutUndefined = (members: OutputMembers): Dict =>
  new Map(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

const stepsOf = (done: readonly Done[]): Value =>
  done.map(({ task, AccessKeyId, at }) => withoutUndefined({ Step: task.step, Store: storeOf(task), AccessKeyId, Time: moment(at) }))

function storeOf(task: Task): Value | undefined {
  if ('store' in task) return task.store
  return 'stores' in task ? task.stores.join(', ') : undefined
}

/** What the users of each store have. */
const storesOf = (state: RotationState): Value => lastingOf(state).map(holding => storeEntry(holding, state))

const storeEntry = (holding: Holding, state: RotationState): Dict =>
  entry(holding.store, holding.AccessKeyId ?? (holding.readable ? undefined : presumedKeyIn(holding, state)), holding.condition)

const entry = (Store: string, AccessKeyId: string | undefined, Condition: string): Dict =>
  withoutUndefined({ Store, AccessKeyId, Condition })

/** The same, whether it can be read, and what storing a key does there. */
function plannedFor(holding: Holding, state: RotationState): Dict {
  const { irrevocable, readable, trace, effect } = holding
  const Readable = readable ? 'yes' : trace === undefined ? 'no' : 'the id alone'
  const Storing = [effect, irrevocable ? 'cannot be taken back' : 'can be taken back'].filter(Boolean).join('; ')
  return new Map([...storeEntry(holding, state), ['Readable', Readable], ['Storing', Storing]])
}

/** What later runs will do, and when. */
function next(state: RotationState, { current, tasks, retiring }: Go, options: RotationOptions): string {
  const { now } = state
  const { olderThan, deleteInactiveAfter, retireAfter, retire } = options
  const isRenewed = tasks.some(({ step }) => step === 'create')
  const isRetired = tasks.some(({ step }) => step === 'retire')
  const deleted = tasks.flatMap(task =>
    task.step === 'retire' && task.how === 'deactivate'
      ? `A run from ${moment(now + deleteInactiveAfter)} on deletes ${task.AccessKeyId}, unless it has been made active again.`
      : [],
  )
  const verb = retire === 'delete' ? 'delete' : 'deactivate'
  const old: readonly Retiring[] =
    isRenewed && !isRetired && retire !== 'keep'
      ? [{ AccessKeyId: current.AccessKeyId, at: now + retireAfter, sooner: now + Math.min(retireAfter, 3_600_000), how: verb }]
      : retiring
  const created = isRenewed ? now : current.created
  const due = created === undefined ? 'with --older-than 0d' : `from ${moment(created + olderThan)} on`
  return [...deleted, ...old.map(retirementSentence), `A run ${due} rotates ${isRenewed ? 'the new key' : current.AccessKeyId}.`].join(' ')
}

function retirementSentence({ AccessKeyId, at, sooner, how }: Retiring): string {
  const unused = sooner === undefined || sooner >= at ? '' : `, or from ${moment(sooner)} on if it is not used any more`
  return `A run from ${moment(at)} on ${how}s ${AccessKeyId}${unused}.`
}
