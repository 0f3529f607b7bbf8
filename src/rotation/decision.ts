/** The decision of a plan: tasks, a reason to stop, or a reason to observe again. Pure. */

import type { Replaced } from './journal.ts'
import type { Stop } from './obstacles.ts'
import { type Retiring, replacedBy, type SortedView } from './other-keys.ts'
import { isEverywhere } from './removal-policy.ts'
import { historyOf, type Key } from './state.ts'
import type { Task } from './tasks.ts'

export type Result = 'Rotated' | 'Finished' | 'Repaired' | 'NothingDue'

/** Observe again before doing anything. */
export interface ObserveAgain {
  readonly kind: 'again'
  readonly at: number
  readonly why: string
}

export interface Go {
  readonly kind: 'go'
  readonly result: Result
  readonly why: string
  readonly tasks: readonly Task[]
  /** The key in use so far. */
  readonly current: Key
  /** How the remaining keys relate to the one that all stores have at the end. */
  readonly replaces: Readonly<Record<string, Replaced>>
  /** All stores have the current key, which the journal did not know yet. */
  readonly isHandedOver: boolean
  readonly retiring: readonly Retiring[]
  /** A decision that remains for a person. */
  readonly open?: string
}

export type Decision = Stop | ObserveAgain | Go

interface Consequences {
  readonly replaces?: Readonly<Record<string, Replaced>>
  readonly retiring?: readonly Retiring[]
  readonly open?: string | undefined
}

export function go(
  view: SortedView,
  result: Result,
  why: string,
  tasks: readonly Task[],
  { replaces, retiring = [], open }: Consequences,
): Go {
  const { state, current } = view
  const replaced = replaces ?? replacedBy(view)
  const isNews = Object.keys(replaced).length > 0 && historyOf(current, state).handedOver === undefined
  const isHandedOver = isNews && isEverywhere(current, state) && !tasks.some(({ step }) => step === 'create')
  return { kind: 'go', result, why, tasks, current, replaces: replaced, isHandedOver, retiring, ...(open !== undefined && { open }) }
}
