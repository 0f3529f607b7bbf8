/** What a rotation tells: its output, of what was done or of what would be. Never a secret. Pure. */

import { updateCommand } from '../keys/recovery-commands.ts'
import type { Dict, Value } from '../python/value.ts'
import type { Progress } from './apply.ts'
import { moment } from './duration.ts'
import type { RotationOptions } from './options.ts'
import type { Go, Task } from './plan.ts'
import type { RotationState } from './state.ts'

/** What was done. */
export function report(situation: RotationState, decision: Go, wishes: RotationOptions, { key, done }: Progress): Dict {
  const steps = done.map(({ task, AccessKeyId, at }) => structure({ Step: task.step, Place: placeOf(task), AccessKeyId, Time: moment(at) }))
  const retired = decision.tasks.find(task => task.step === 'retire')
  const named = retired?.how === 'deactivate' && { UserName: situation.UserName, AccessKeyId: retired.AccessKeyId }
  return rotation(situation, decision, wishes, {
    Result: decision.result,
    NewAccessKeyId: (key ?? decision.current).AccessKeyId,
    Steps: steps,
    Undo: named ? updateCommand(named, 'Active', wishes.accountOptions) : undefined,
  })
}

/** What would be done. */
export function plan(situation: RotationState, decision: Go, wishes: RotationOptions): Dict {
  const steps = decision.tasks.map(task =>
    structure({
      Step: task.step,
      Place: placeOf(task),
      AccessKeyId: 'AccessKeyId' in task ? task.AccessKeyId : undefined,
      Why: 'why' in task ? task.why : undefined,
    }),
  )
  const { result, current } = decision
  return rotation(situation, decision, wishes, {
    Result: 'Planned',
    NewAccessKeyId: result === 'Rotated' ? undefined : current.AccessKeyId,
    Plan: steps,
  })
}

type Members = Readonly<Record<string, Value | undefined>>

function rotation(situation: RotationState, decision: Go, wishes: RotationOptions, { Result, NewAccessKeyId, ...more }: Members): Dict {
  const { UserName, holdings } = situation
  const { result, why, current, tasks } = decision
  const retired = tasks.find(task => task.step === 'retire')?.AccessKeyId
  const members = structure({
    UserName,
    Result,
    Why: why,
    OldAccessKeyId: retired ?? (result === 'Rotated' ? current.AccessKeyId : undefined),
    NewAccessKeyId,
    Places: holdings.map(({ store }) => store),
    ...more,
    Next: next(situation, decision, wishes),
  })
  return new Map([['Rotation', members]])
}

/** Without what there is not. */
const structure = (members: Members): Dict =>
  new Map(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

function placeOf(task: Task): Value | undefined {
  if ('store' in task) return task.store
  return 'stores' in task ? task.stores.join(', ') : undefined
}

/** What later runs will do, and when; and what this one leaves as it is. */
function next(situation: RotationState, { result, current, tasks }: Go, { olderThan, deleteInactiveAfter }: RotationOptions): string {
  const { now, keys, holdings } = situation
  const isTouched = (AccessKeyId: string) => tasks.some(task => 'AccessKeyId' in task && task.AccessKeyId === AccessKeyId)
  const deleted = tasks.flatMap(task =>
    task.step === 'retire' && task.how === 'deactivate'
      ? `A run from ${moment(now + deleteInactiveAfter)} on deletes ${task.AccessKeyId}, if nobody has made it active again.`
      : [],
  )
  const isNew = result === 'Rotated'
  const created = isNew ? now : current.created
  const due = created === undefined ? 'with --older-than 0d' : `from ${moment(created + olderThan)} on`
  const others = keys
    .filter(({ AccessKeyId, active }) => active && AccessKeyId !== current.AccessKeyId && !isTouched(AccessKeyId))
    .map(({ AccessKeyId }) => `${AccessKeyId} is active, too, and was left alone.`)
  const empty = holdings.filter(({ readable, AccessKeyId }) => readable && AccessKeyId === undefined).map(({ store }) => store)
  const waiting =
    result === 'NothingDue' && empty.length > 0 ? [`${empty.join(', ')} will hold no key until then; --older-than 0d rotates now.`] : []
  return [...deleted, `A run ${due} rotates ${isNew ? 'the new key' : current.AccessKeyId}.`, ...others, ...waiting].join(' ')
}
