/** The user's keys besides the current one: what a plan does about them, immediately or once all stores have the current key. Pure. */

import type { Replaced } from './journal.ts'
import { isEverywhere, type PolicyView, reasonLeftOver, retirementOf } from './removal-policy.ts'
import { type Holding, historyOf, isOlder, type Key, type RotationState } from './state.ts'
import { isHeldHere, presumedKeyIn } from './store-facts.ts'
import type { Task } from './tasks.ts'
import { withChoices } from './wording.ts'

export interface SortedView extends PolicyView {
  /** The other keys, without those that `tidying` deletes. */
  readonly others: readonly Key[]
  /** The tasks that delete keys which earlier runs left over. */
  readonly tidying: readonly Task[]
}

export function sortKeys(view: PolicyView): SortedView {
  const others: Key[] = []
  const tidying: Task[] = []
  for (const key of view.state.keys.filter(key => key !== view.current)) {
    const why = reasonLeftOver(key, view)
    if (why === undefined) others.push(key)
    else tidying.push({ step: 'discard', AccessKeyId: key.AccessKeyId, why })
  }
  return { ...view, others, tidying }
}

/** An old key that is retired later. */
export interface Retiring {
  readonly AccessKeyId: string
  readonly at: number
  readonly sooner: number | undefined
  readonly how: 'deactivate' | 'delete'
}

/** How the other active keys relate to the current one, once all stores have it. */
export function replacedBy({ state, options, current, others }: SortedView): Readonly<Record<string, Replaced>> {
  const { created, handedOver } = historyOf(current, state)
  const how = (key: Key): Replaced | undefined => {
    if (isHeldHere(key, state)) return 'held'
    const known = handedOver?.replaces[key.AccessKeyId] ?? created?.replaces[key.AccessKeyId]
    return known ?? (isOlder(key, current, Math.max(1, options.olderThan)) ? 'elsewhere' : undefined)
  }
  return Object.fromEntries(
    others
      .filter(key => key.active)
      .flatMap(key => {
        const replaced = how(key)
        return replaced === undefined ? [] : [[key.AccessKeyId, replaced]]
      }),
  )
}

/** The state after the tasks of a delivery. If no store certainly had another key, the time of the hand-over stays unknown. */
export function stateAfterDelivery(
  { state, current }: PolicyView,
  lacking: readonly Holding[],
  replaces: Readonly<Record<string, Replaced>>,
): RotationState {
  const { AccessKeyId } = current
  const { history, now } = state
  const known = historyOf(current, state)
  const hadAnother = lacking.some(holding => (holding.AccessKeyId ?? presumedKeyIn(holding, state)) !== undefined)
  const isKnown = hadAnother || (known.created ?? known.handedOver) !== undefined
  const keys = { ...history.keys, ...(isKnown && { [AccessKeyId]: { ...known, handedOver: { at: now, replaces } } }) }
  const holdings = state.holdings.map(
    (holding): Holding => (holding.ephemeral ? holding : { ...holding, readable: true, AccessKeyId, condition: 'works' }),
  )
  return { ...state, holdings, history: { ...history, keys } }
}

interface Consequences {
  readonly tasks: readonly Task[]
  readonly retiring: readonly Retiring[]
  readonly open: string | undefined
}

export function consequences(view: SortedView): Consequences {
  const tasks: Task[] = []
  const retiring: Retiring[] = []
  const open: string[] = []
  for (const key of view.others.filter(key => key.active)) {
    const { AccessKeyId } = key
    const retirement = retirementOf(key, view)
    if (retirement !== undefined && view.options.retire === 'keep') continue
    if (retirement?.when === 'now') tasks.push({ step: 'retire', AccessKeyId, how: retirement.how, why: retirement.why })
    else if (retirement?.when === 'later') retiring.push({ AccessKeyId, at: retirement.at, sooner: retirement.sooner, how: retirement.how })
    else {
      const why = retirement?.why ?? unexplained(key, view)
      open.push(withChoices(view, `${AccessKeyId} is active beside ${view.current.AccessKeyId}, and stays: ${why}.`))
    }
  }
  return { tasks, retiring, open: open.length === 0 ? undefined : open.join('\n') }
}

function unexplained(key: Key, { state, current }: PolicyView): string {
  if (isEverywhere(current, state)) return 'no rotation explains it'
  return isHeldHere(key, state) ? 'what the stores hold cannot be read, and it may be that' : 'no rotation explains it'
}
