/** Reasons not to begin a rotation, regardless of what it would do. Pure. */

import { moment } from './duration.ts'
import { lostFrom } from './earlier-runs.ts'
import type { PolicyView } from './removal-policy.ts'
import { historyOf, isActive, type Key, type RotationState } from './state.ts'
import { lastingOf } from './store-facts.ts'
import type { Verdict } from './verdict.ts'
import { faultOf, withChoices } from './wording.ts'

export interface Stop {
  readonly kind: 'stop'
  readonly verdict: Verdict
  readonly why: string
  /** No later list can make it wrong. */
  readonly certain?: boolean
}

export const stop = (verdict: Verdict, why: string): Stop => ({ kind: 'stop', verdict, why })

/** Its secret may be nowhere else. */
export function keyOfOtherUser({ UserName, holdings }: RotationState): Stop | undefined {
  const stranger = holdings.find(({ owner }) => owner !== undefined)
  if (stranger === undefined) return undefined
  const why = `${stranger.store} holds the key ${stranger.AccessKeyId} of the user ${stranger.owner}, not one of ${UserName}`
  return { ...stop('DecisionNeeded', why), certain: true }
}

export function staleList(state: RotationState): Stop | undefined {
  const { holdings, unlisted } = state
  const holding = holdings.find(({ condition }) => condition === 'contradictory')
  const later = 'run this again later'
  if (holding !== undefined) {
    const listed = isActive(holding.AccessKeyId ?? '', state)
      ? 'lists as active, but STS does not accept'
      : 'does not list as active, but knows'
    return stop('NotFinished', `${holding.store} holds the key ${holding.AccessKeyId}, which IAM ${listed}: ${later}`)
  }
  const [id] = unlisted
  return id === undefined ? undefined : stop('NotFinished', `the key ${id}, which an earlier run created, is not listed yet: ${later}`)
}

/** It may be on purpose: an administrator who switches off the keys of a user in danger does not want a program to bring a new one. */
export function nothingToRotate(state: RotationState): Stop {
  const { UserName, keys } = state
  const ids = keys.map(key => key.AccessKeyId).join(' and ')
  const lacks = keys.length === 0 ? 'has no access key' : `has no active access key, only ${ids}`
  const what = `${UserName} ${lacks}, so there is nothing to rotate; create-access-key with the same --store makes a first one`
  return stop('DecisionNeeded', [what, ...lastingOf(state).flatMap(faultOf)].join('\n'))
}

/** On two machines nothing but the service shows that there is another run. */
export function otherRunUnderWay(view: PolicyView): Stop | undefined {
  const { state, current } = view
  const { longestRun } = view.options
  const active = state.keys.filter(key => key.active)
  const { created, handedOver } = historyOf(current, state)
  const isExplained = (key: Key) =>
    (historyOf(key, state).created ?? historyOf(key, state).handedOver) !== undefined ||
    (handedOver ?? created)?.replaces[key.AccessKeyId] !== undefined ||
    lostFrom(key, 0, state) !== undefined
  const mayBeYoung = ({ created }: Key) => created === undefined || state.now < created + longestRun
  const young = active.find(key => mayBeYoung(key) && !isExplained(key))
  if (active.length < 2 || young === undefined) return undefined
  const doing = young === current ? 'it may still be busy with it' : 'it may be about to store it'
  if (young.created === undefined) {
    const what = `the service gives no date of the key ${young.AccessKeyId}: another run may have made it just now, and ${doing}`
    return { ...stop('DecisionNeeded', withChoices(view, `${what}. If none has, let one of them go, and run this again.`)), certain: true }
  }
  const later = `If there is none, run this again after ${moment(young.created + longestRun)}`
  return stop('NotFinished', `the key ${young.AccessKeyId} is so new that another run may have made it, and ${doing}. ${later}`)
}
