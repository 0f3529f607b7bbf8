/** What a rotation tells: its output, of what was done or of what would be. Never a secret. Pure. */

import { update } from '../iam/advice.ts'
import type { Dict, Value } from '../python/value.ts'
import type { Decision, Task, Wishes } from './decision.ts'
import { moment } from './duration.ts'
import { holdersOf, type Situation } from './situation.ts'
import type { State } from './steps.ts'

type Go = Extract<Decision, { kind: 'go' }>

/** What was done. */
export function report(situation: Situation, decision: Go, wishes: Wishes, { key, done }: State): Dict {
  const { UserName } = situation
  const retired = decision.tasks.find(task => task.step === 'retire')
  const steps = done.map(({ task, AccessKeyId, at }) => structure({ Step: task.step, Place: placeOf(task), AccessKeyId, Time: moment(at) }))
  return rotation({
    ...beginning(situation, decision),
    Result: decision.result,
    OldAccessKeyId: retired?.AccessKeyId ?? (key ? decision.current.AccessKeyId : undefined),
    NewAccessKeyId: key?.AccessKeyId ?? decision.current.AccessKeyId,
    Places: situation.holdings.map(({ place }) => place),
    Steps: steps,
    Undo: retired?.how === 'deactivate' ? update({ UserName, AccessKeyId: retired.AccessKeyId }, 'Active', wishes.sameAccount) : undefined,
    Next: next(situation, decision, wishes, key !== undefined && decision.result === 'Rotated'),
  })
}

/** What would be done. */
export function plan(situation: Situation, decision: Go, wishes: Wishes): Dict {
  const steps = decision.tasks.map(task =>
    structure({
      Step: task.step,
      Place: placeOf(task),
      AccessKeyId: 'AccessKeyId' in task ? task.AccessKeyId : undefined,
      Why: 'why' in task ? task.why : undefined,
    }),
  )
  return rotation({
    ...beginning(situation, decision),
    Result: 'Planned',
    OldAccessKeyId: decision.current.AccessKeyId,
    Places: situation.holdings.map(({ place }) => place),
    Plan: steps,
    Next: decision.tasks.length === 0 ? next(situation, decision, wishes, false) : undefined,
  })
}

const beginning = ({ UserName }: Situation, { why }: Go) => ({ UserName, Result: '', Why: why })

function placeOf(task: Task): Value | undefined {
  if ('place' in task) return task.place
  return 'places' in task ? task.places.join(', ') : undefined
}

/** What a later run will do, and when. */
function next(situation: Situation, { current, tasks }: Go, { olderThan, deleteInactiveAfter }: Wishes, isNew: boolean): string {
  const { now } = situation
  const due = moment((isNew ? now : current.created) + olderThan)
  const sentences = [`A run from ${due} on rotates ${isNew ? 'the new key' : current.AccessKeyId}.`]
  for (const task of tasks) {
    if (task.step !== 'retire' || task.how !== 'deactivate') continue
    sentences.unshift(`A run from ${moment(now + deleteInactiveAfter)} on deletes ${task.AccessKeyId}, if nobody has made it active again.`)
  }
  const untouched = situation.keys.filter(
    key => key !== current && key.active && !tasks.some(task => 'AccessKeyId' in task && task.AccessKeyId === key.AccessKeyId),
  )
  sentences.push(...untouched.map(({ AccessKeyId }) => `${AccessKeyId} is active, too, and was left alone.`))
  const empty = situation.holdings.filter(({ readable, AccessKeyId }) => readable && AccessKeyId === undefined)
  if (tasks.length === 0 && empty.length > 0 && holdersOf(current, situation).length === 0)
    sentences.push(`${empty.map(({ place }) => place).join(', ')} will hold no key until then; --older-than 0d rotates now.`)
  return sentences.join(' ')
}

type Members = Readonly<Record<string, Value | undefined>>

const structure = (members: Members): Dict =>
  new Map(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

const rotation = (members: Members): Dict => new Map([['Rotation', structure(members)]])
