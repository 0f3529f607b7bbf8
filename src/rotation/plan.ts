/**
 * Decides what to do, as a list of tasks, or why nothing may be done. Each rule is a row of the table in docs/rotation.md; the first that
 * applies counts. `removal-policy.ts` decides which keys may be deleted; `apply.ts` carries out the tasks. Pure.
 */

import { type Decision, type Go, go, type ObserveAgain, type Result } from './decision.ts'
import { moment } from './duration.ts'
import { currentKey, isOrphan, lostFrom } from './earlier-runs.ts'
import { keyOfOtherUser, nothingToRotate, otherRunUnderWay, type Stop, staleList, stop } from './obstacles.ts'
import { LISTS_LAG, type RotationOptions, WAITS_FOR_USE } from './options.ts'
import { consequences, replacedBy, type SortedView, sortKeys, stateAfterDelivery } from './other-keys.ts'
import { deletableFrom, type PolicyView, reasonToDelete, retirementOf } from './removal-policy.ts'
import { type Holding, historyOf, type Key, type RotationState } from './state.ts'
import {
  certainlyHolds,
  holdersOf,
  inDoubt,
  isHeldHere,
  lastingOf,
  mayHold,
  mayStillStore,
  presumedKeyIn,
  stagerOf,
} from './store-facts.ts'
import { delivery, type Task } from './tasks.ts'
import { faultOf, whoseKey, withChoices } from './wording.ts'

/**
 * What to do, or why nothing may be done.
 *
 * @param settled a second list, some time after the first, was the same
 */
export function plan(state: RotationState, options: RotationOptions, settled: boolean): Decision {
  const decision = decide(state, options)
  if (settled || !restsOnListAlone(decision, state)) return decision
  // Without a last use, the key may have been deleted.
  const isDoubtful = decision.kind === 'go' && state.keys.some(({ used }) => used === 'unknown')
  const wait = Math.min(isDoubtful ? LISTS_LAG : LIST_SETTLES_WITHIN, options.waitTimeout)
  return { kind: 'again', at: state.now + wait, why: 'one list of IAM alone is no reason for this' }
}

/** Milliseconds: lags of eight seconds have been observed. */
const LIST_SETTLES_WITHIN = 10_000

/** Only a list, which may lag, supports the decision: no store and no journal does. */
function restsOnListAlone(decision: Decision, state: RotationState): boolean {
  if (decision.kind === 'again') return false
  if (decision.kind === 'stop') return decision.verdict === 'DecisionNeeded' && decision.certain !== true
  const isVouchedFor = lastingOf(state).some(holding => certainlyHolds(holding, decision.current, state))
  return decision.open !== undefined || (decision.tasks.some(({ step }) => step === 'create') && !isVouchedFor)
}

function decide(state: RotationState, options: RotationOptions): Decision {
  const early = keyOfOtherUser(state) ?? staleList(state)
  if (early !== undefined) return early
  const current = currentKey(state)
  if (current === undefined) return nothingToRotate(state)
  const view = sortKeys({ state, options, current })
  const [decision = rotation(view, 'Rotated', whyDue(view))] = RULES.flatMap(rule => rule(view) ?? [])
  const hasEffect = decision.kind === 'go' ? decision.tasks.length > 0 || decision.open !== undefined : decision.kind === 'stop'
  return (hasEffect ? otherRunUnderWay(view) : undefined) ?? decision
}

// ---- rules: the first that applies counts -----------------------------------------------------------------------------------------

type Rule = (view: SortedView) => Decision | undefined

const RULES: readonly Rule[] = [notYetCertain, unfinished, unknowable, broken, retirement, notDue, noRoom]

/** What an earlier run left may still change: a program that it started, or a key that it seems to have requested. */
function notYetCertain({ state, options, others, tidying }: SortedView): ObserveAgain | Stop | undefined {
  for (const key of state.keys) {
    const until = mayStillStore(key, options.longestRun, state)
    const isTouched = others.includes(key) || tidying.some(task => 'AccessKeyId' in task && task.AccessKeyId === key.AccessKeyId)
    if (until === undefined || !isTouched) continue
    const why = `a program that an earlier run has started may still store ${key.AccessKeyId}. Run this again after ${moment(until)}`
    return stop('NotFinished', why)
  }
  for (const key of others) {
    const at = lostFrom(key, options.useReportedWithin, state)
    if (at === undefined || at <= state.now) continue
    if (at - state.now > WAITS_FOR_USE) return stop('NotFinished', whoseKey(key.AccessKeyId, at))
    return { kind: 'again', at, why: 'another run may have made the key that has appeared' }
  }
  return undefined
}

/** Some stores lack the current key, and its secret is available. */
function unfinished(view: SortedView): Go | undefined {
  const { state, current, tidying } = view
  const { AccessKeyId } = current
  const holder = holdersOf(current, state).find(({ condition, whole }) => condition === 'works' && whole)
  const stager = holder === undefined ? stagerOf(current, state) : undefined
  if ((holder ?? stager) === undefined && AccessKeyId !== state.signer) return undefined
  const lacking = lastingOf(state).filter(holding => lacks(holding, view))
  // A new key repairs a broken store as well, and is due anyway.
  const isDue = isOldEnough(view) && !view.others.some(key => key.active) && lacking.every(isBroken)
  if (lacking.length === 0 || isDue) return undefined

  const source = sourceOf(holder, stager)
  const taking: readonly Task[] = [{ step: 'take up', AccessKeyId, ...source }, { step: 'wait' }]
  const given = [...lacking, ...state.holdings.filter(({ ephemeral }) => ephemeral)]
  const isRepair = lacking.some(isBroken)
  const why = isRepair ? lacking.flatMap(faultOf).join('; ') : unfinishedBusiness(current)
  const replaces = replacedBy(view)
  const then = sortKeys({ ...view, state: stateAfterDelivery(view, lacking, replaces) })
  const { tasks, retiring, open } = consequences(then)
  return go(view, isRepair ? 'Repaired' : 'Finished', why, [...tidying, ...taking, ...delivery(given), ...tasks], {
    replaces,
    retiring,
    open,
  })
}

function sourceOf(holder: Holding | undefined, stager: Holding | undefined): { readonly store?: string; readonly why: string } {
  if (holder) return { store: holder.store, why: `${holder.store} holds it` }
  return stager
    ? { store: stager.store, why: `a run that ended has left it in ${stager.store}, where no consumer reads it yet` }
    : { why: 'it signs this run' }
}

const unfinishedBusiness = ({ AccessKeyId }: Key): string =>
  `an earlier run has not finished: ${AccessKeyId} is in use, but not everything else is as it should be`

/** A store that cannot be read and that no journal knows counts only if another key must not be retired before it is certain. */
function lacks(holding: Holding, { state, current, others }: SortedView): boolean {
  if (certainlyHolds(holding, current, state)) return false
  const isKnown = holding.readable || presumedKeyIn(holding, state) !== undefined || inDoubt(holding, state)
  return isKnown || others.some(key => key.active)
}

/** A store may have got a key whose secret is nowhere else, and no later run can find out. */
function unknowable(view: SortedView): Stop | undefined {
  const { state, current } = view
  const active = state.keys.filter(key => key.active)
  if (active.length < 2) return undefined
  const doubts = lastingOf(state).filter(holding => inDoubt(holding, state))
  const [doubt] = doubts
  if (doubt !== undefined) {
    const [one, other] = active.filter(key => mayHold(doubt, key, state)).map(({ AccessKeyId }) => AccessKeyId)
    const which = other === undefined ? `may hold ${one}, or not` : `holds ${one} or ${other}`
    return stop(
      'DecisionNeeded',
      withChoices(view, `${doubt.store} ${which}: a run ended before it could be known. Both keys stay active.`),
    )
  }
  // Working stores with different keys, and no way to unite them.
  const different = lastingOf(state).filter(
    holding =>
      !isBroken(holding) && (holding.readable || presumedKeyIn(holding, state) !== undefined) && !certainlyHolds(holding, current, state),
  )
  if (different.length === 0) return undefined
  const all = lastingOf(state).map(
    holding => `${holding.store} holds ${holding.AccessKeyId ?? presumedKeyIn(holding, state) ?? 'one of them'}`,
  )
  return stop(
    'DecisionNeeded',
    withChoices(view, `the stores hold different keys, and no secret can be read: ${all.join(', ')}. Both keys stay active.`),
  )
}

/** A store holds no working key, so its consumers have none: a new key repairs it. */
function broken(view: SortedView): Decision | undefined {
  const { state, current } = view
  const wrong = lastingOf(state).filter(isBroken).flatMap(faultOf)
  const lost = isOrphan(current, state) ? [`no store was to get ${current.AccessKeyId}, so that its secret is nowhere`] : []
  const why = [...wrong, ...lost].join('; ')
  if (why === '') return undefined
  // A store that is empty when the first rotation is due was never filled.
  const isFirst =
    isOldEnough(view) && lost.length === 0 && lastingOf(state).every(({ condition }) => condition === 'empty' || condition === 'unknown')
  return noRoom(view, why) ?? (isFirst ? rotation(view, 'Rotated', whyDue(view)) : rotation(view, 'Repaired', why))
}

const isBroken = ({ condition }: Holding): boolean => ['empty', 'inactive', 'deleted', 'mismatched'].includes(condition)

/** All stores have the current key: what happens to the others. */
function retirement(view: SortedView): Go | undefined {
  const { tidying, state, current } = view
  const { tasks, ...rest } = consequences(view)
  if (tasks.length === 0) return undefined
  const why = historyOf(current, state).handedOver ? 'the old key has had its time' : unfinishedBusiness(current)
  return go(view, 'Finished', why, [...tidying, ...tasks], rest)
}

function notDue(view: SortedView): Stop | Go | undefined {
  const { options, current, tidying } = view
  const { AccessKeyId, created } = current
  if (isOldEnough(view)) return undefined
  if (created === undefined) {
    const what = `the service gives no date of ${AccessKeyId}, so whether it is due is not known; --older-than 0d rotates it now`
    return { ...stop('DecisionNeeded', what), certain: true }
  }
  const why = `${AccessKeyId} was created at ${moment(created)} and is due at ${moment(created + options.olderThan)}`
  return go(view, 'NothingDue', why, tidying, consequences(view))
}

/** A key without a date is due if no age is required. */
const isOldEnough = ({ state: { now }, options: { olderThan }, current: { created } }: PolicyView): boolean =>
  created === undefined ? olderThan === 0 : now >= created + olderThan

/** The limit is two, including inactive keys. */
function noRoom(view: SortedView, because?: string): Stop | undefined {
  const { state, options, others, current } = view
  const staying = others.filter(key => reasonToDelete(key, view) === undefined || roomFrom(key, view) !== undefined)
  if (staying.length === 0) return undefined
  const laters = staying.map(key => roomFrom(key, view))
  const [at] = laters
  if (at !== undefined && laters.length === 1 && because === undefined) {
    const [key] = staying
    const what = key?.active ? 'has its time until' : 'is deleted from'
    return stop(
      'NotFinished',
      `${current.AccessKeyId} is due, but there is no room for a new key yet: ${key?.AccessKeyId} ${what} ${moment(at)}. Run this again then`,
    )
  }
  const what = `${state.UserName} has two access keys already, and --two-keys ${options.twoKeys} lets none of them go.`
  return stop('DecisionNeeded', withChoices(view, because === undefined ? what : `${because}. ${what}`))
}

/** When a later run makes room by itself. */
function roomFrom(key: Key, view: SortedView): number | undefined {
  if (!key.active) return reasonToDelete(key, view) === undefined && !isHeldHere(key, view.state) ? deletableFrom(key, view) : undefined
  const retirement = retirementOf(key, view)
  return retirement?.when === 'later' ? retirement.at : undefined
}

/** All tasks from a new key to the retirement of the old one. */
function rotation(view: SortedView, result: Result, why: string): Go {
  const { state, options, others, tidying, current } = view
  const room = others.map(
    (key): Task => ({
      step: 'discard',
      AccessKeyId: key.AccessKeyId,
      why: `there must be room for a new key, and ${reasonToDelete(key, view)}`,
    }),
  )
  const replaces = { [current.AccessKeyId]: isHeldHere(current, state) ? 'held' : 'elsewhere' } as const
  const stagers = lastingOf(state).flatMap(({ store, stages }) => (stages ? store : []))
  const staging: readonly Task[] = stagers.length > 0 ? [{ step: 'stage', stores: stagers }] : []
  const renewal: readonly Task[] = [{ step: 'create', why }, ...staging, { step: 'wait' }, ...delivery(state.holdings)]
  const isNow = options.retireAfter === 0 && options.retire !== 'keep'
  const how = options.retire === 'delete' && current.used !== 'unknown' ? 'delete' : 'deactivate'
  const retire: readonly Task[] = isNow
    ? [{ step: 'retire', AccessKeyId: current.AccessKeyId, how, why: 'the new key is in its place' }]
    : []
  return go(view, result, why, [...tidying, ...room, ...renewal, ...retire], { replaces })
}

const whyDue = ({ current: { AccessKeyId, created }, options: { olderThan } }: PolicyView): string =>
  created === undefined
    ? `${AccessKeyId} is due whatever its age, for --older-than says 0d`
    : `${AccessKeyId} was created at ${moment(created)} and has been due since ${moment(created + olderThan)}`
