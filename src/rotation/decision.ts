/**
 * A situation and what was asked for → what to do, as a list of tasks, or why not to. Each rule is one answer; the first that has one
 * counts. Pure: carrying it out is `steps.ts`.
 */

import { deletion } from '../iam/advice.ts'
import { moment } from './duration.ts'
import {
  currentKey,
  hasNeverWorked,
  hasWorked,
  holdersOf,
  isAbandoned,
  isIdleSince,
  type Key,
  mayBeAbandoned,
  type Situation,
} from './situation.ts'

export type TwoKeys = 'fail' | 'delete-inactive' | 'delete-unused' | 'delete-older'
export type Retire = 'deactivate' | 'delete' | 'keep'

/** What was asked for. Spans are milliseconds. */
export interface Wishes {
  readonly olderThan: number
  readonly twoKeys: TwoKeys
  readonly retire: Retire
  readonly deleteInactiveAfter: number
  /** The longest that a run can be under way with a key it has made. */
  readonly trial: number
  /** For commands to paste. */
  readonly sameAccount: string
}

/** One thing to do. `why` is for whoever reads the plan. */
export type Task =
  | { readonly step: 'discard'; readonly AccessKeyId: string; readonly why: string }
  | { readonly step: 'create'; readonly why: string }
  /** The key that this place holds, or without one the key that signs, takes the part of a new one. */
  | { readonly step: 'take up'; readonly AccessKeyId: string; readonly place?: string; readonly why: string }
  | { readonly step: 'wait' }
  /** Into places that can be read and given their old content back. */
  | { readonly step: 'store'; readonly places: readonly string[] }
  | { readonly step: 'verify' }
  /** To a place that keeps what it gets, the `nth` of them, counted from one. */
  | { readonly step: 'hand over'; readonly place: string; readonly nth: number }
  | { readonly step: 'retire'; readonly AccessKeyId: string; readonly how: 'deactivate' | 'delete'; readonly why: string }

export type Decision =
  | { readonly kind: 'stop'; readonly why: string }
  | { readonly kind: 'go'; readonly result: Result; readonly current: Key; readonly tasks: readonly Task[]; readonly why: string }
export type Result = 'Rotated' | 'Finished' | 'NothingDue'

export function decide(situation: Situation, wishes: Wishes): Decision {
  const current = currentKey(situation, wishes.trial)
  const stop = refuse(situation, current)
  if (stop !== undefined || current === undefined) return { kind: 'stop', why: stop ?? '' }
  const view = viewOf(situation, wishes, current)
  const decision = RULES.map(rule => rule(view)).find(answer => answer !== undefined) ?? rotation(view)
  return decision.kind === 'go' && decision.tasks.length > 0 ? (underWay(view) ?? decision) : decision
}

/** What every rule looks at. */
interface View {
  readonly situation: Situation
  readonly wishes: Wishes
  readonly current: Key
  /** The user's other keys that stay unless something is done about them. */
  readonly others: readonly Key[]
  /** Keys that go in any case. */
  readonly tidied: readonly Task[]
}

function viewOf(situation: Situation, wishes: Wishes, current: Key): View {
  const others = situation.keys.filter(key => key !== current)
  const tidied = others.flatMap(key => {
    const why = stays(key, situation) ? undefined : isLeftOver(key, current, situation, wishes)
    return why === undefined ? [] : [{ key, task: { step: 'discard', AccessKeyId: key.AccessKeyId, why } as const }]
  })
  return {
    situation,
    wishes,
    current,
    others: others.filter(key => !tidied.some(each => each.key === key)),
    tidied: tidied.map(({ task }) => task),
  }
}

// ---- what keeps a run from beginning ---------------------------------------------------------------------------------------------

function refuse(situation: Situation, current: Key | undefined): string | undefined {
  const { UserName, keys, holdings } = situation
  const stranger = holdings.find(({ owner }) => owner !== undefined)
  if (stranger) return `${stranger.place} holds the key ${stranger.AccessKeyId} of the user ${stranger.owner}, not one of ${UserName}`
  if (current) return undefined
  // Somebody may have meant it: whoever switches off the key of a user in danger does not want a program to bring a new one.
  const state = keys.length === 0 ? 'has no access key' : `has no active access key, only ${keys.map(key => key.AccessKeyId).join(' and ')}`
  return `${UserName} ${state}, so there is nothing to rotate; create-access-key with the same --store makes a first one`
}

/** On two machines nothing but the service shows that there is another run. */
function underWay({ situation, wishes: { trial }, current }: View): Decision | undefined {
  const active = situation.keys.filter(key => key.active)
  const young = active.find(
    key => situation.now < key.created + trial && !isAbandoned(key, situation) && !mayBeAbandoned(key, trial, situation),
  )
  if (active.length < 2 || young === undefined) return undefined
  const other = young === current ? 'it may still be busy with it' : 'it may be about to store it'
  return {
    kind: 'stop',
    why: `the key ${young.AccessKeyId} is so new that another run may have made it, and ${other}. If there is none, run this again after ${moment(young.created + trial)}`,
  }
}

// ---- which keys go, and which never do ------------------------------------------------------------------------------------------

/** It signs this run, or a place holds it. */
const stays = (key: Key, situation: Situation): boolean => key.AccessKeyId === situation.signer || holdersOf(key, situation).length > 0

/** Why a key goes without anybody having to say so: an earlier run made it for nobody, or replaced it long ago. */
function isLeftOver(key: Key, current: Key, situation: Situation, { deleteInactiveAfter }: Wishes): string | undefined {
  if (isAbandoned(key, situation)) return 'an earlier run made it and ended before anybody got it'
  // When a key was deactivated IAM does not say: not before its successor came, if a rotation did it.
  const long = situation.now - deleteInactiveAfter
  const replaced = !key.active && key.created < current.created && current.created <= long && isIdleSince(key, long)
  return replaced ? `it is inactive, and nobody has used it since ${moment(long)}` : undefined
}

/** What each word allows to go for a new key's sake, besides what the words before it allow, and how to say so. */
const MAY_GO: readonly { readonly word: TwoKeys; readonly allows: (key: Key, view: View) => boolean; readonly why: string }[] = [
  { word: 'fail', allows: () => false, why: '' },
  { word: 'delete-inactive', allows: key => !key.active, why: 'it is inactive' },
  { word: 'delete-unused', allows: (key, { wishes }) => hasNeverWorked(key, wishes.trial), why: 'it has never been used' },
  { word: 'delete-older', allows: (key, { current }) => key.created <= current.created, why: 'it is the older one' },
]

function whyMayGo(key: Key, view: View): string | undefined {
  if (stays(key, view.situation)) return undefined
  const allowed = MAY_GO.slice(0, MAY_GO.findIndex(({ word }) => word === view.wishes.twoKeys) + 1)
  return allowed.find(({ allows }) => allows(key, view))?.why
}

// ---- rules ----------------------------------------------------------------------------------------------------------------------

type Rule = (view: View) => Decision | undefined

const RULES: readonly Rule[] = [unfinished, notDue, noRoom]

/** An earlier run gave the current key to its places, or to some, and did not get round to the rest. */
function unfinished(view: View): Decision | undefined {
  const { situation, wishes, current, others, tidied } = view
  const retired = others.flatMap(key => {
    const evidence = key.active ? SUPERSEDED.find(({ proves }) => proves(key, view)) : undefined
    return evidence ? retirement(key, evidence.sure ? wishes.retire : gently(wishes.retire), evidence.why) : []
  })
  const holder = holdersOf(current, situation)[0]
  const signs = current.AccessKeyId === situation.signer
  // What a place holds that cannot be read is doubtful only where something else was left undone.
  const broken = retired.length > 0 || isAbandoned(current, situation)
  const lacking = situation.holdings.filter(({ readable, AccessKeyId }) => AccessKeyId !== current.AccessKeyId && (readable || broken))
  if (retired.length === 0 && (holder === undefined || lacking.length === 0)) return undefined
  const { AccessKeyId } = current
  const source = holder ? { place: holder.place, why: `${holder.place} holds it` } : { why: 'it signs this run' }
  const spreading: readonly Task[] =
    holder || signs ? [{ step: 'take up', AccessKeyId, ...source }, { step: 'wait' }, ...delivery(lacking)] : []
  const why = `an earlier run has not finished: ${AccessKeyId} is in use, but not everything else is as it should be`
  return { kind: 'go', result: 'Finished', current, tasks: [...tidied, ...spreading, ...retired], why }
}

/**
 * What shows that an active key was replaced by the current one. Where it is not `sure` the key is but deactivated, which can be taken back.
 */
const SUPERSEDED: readonly { readonly sure: boolean; readonly why: string; readonly proves: (key: Key, view: View) => boolean }[] = [
  {
    sure: true,
    why: 'an earlier run replaced it',
    proves: (key, { situation: { past }, current }) => past?.created === current.AccessKeyId && past.before.includes(key.AccessKeyId),
  },
  { sure: true, why: 'the places get its successor', proves: (key, { situation }) => holdersOf(key, situation).length > 0 },
  {
    sure: false,
    why: 'it was due when its successor came, signs this run, and is not what the places hold',
    proves: (key, view) =>
      wasDueFor(view.current, key, view) && key.AccessKeyId === view.situation.signer && holdersOf(view.current, view.situation).length > 0,
  },
  {
    sure: false,
    why: 'it was due when its successor came, and has not been used since',
    proves: (key, view) => wasDueFor(view.current, key, view) && isIdleSince(key, view.current.created + view.wishes.trial),
  },
  {
    sure: false,
    why: '--two-keys delete-older lets it go',
    proves: (key, { current, situation, wishes: { twoKeys, trial } }) =>
      twoKeys === 'delete-older' &&
      key.AccessKeyId !== situation.signer &&
      key.created <= current.created &&
      (stays(current, situation) || hasWorked(current, trial)),
  },
]

const wasDueFor = (successor: Key, { created }: Key, { wishes: { olderThan } }: View): boolean =>
  successor.created > created && successor.created - created >= olderThan

const gently = (retire: Retire): Retire => (retire === 'delete' ? 'deactivate' : retire)

function notDue({ situation: { now }, wishes: { olderThan }, current, tidied }: View): Decision | undefined {
  if (now - current.created >= olderThan) return undefined
  const why = `${current.AccessKeyId} was created at ${moment(current.created)} and is due at ${moment(current.created + olderThan)}`
  return { kind: 'go', result: 'NothingDue', current, tasks: tidied, why }
}

/** The limit is two, and inactive keys count. */
function noRoom(view: View): Decision | undefined {
  const { situation, wishes, others } = view
  if (others.every(key => whyMayGo(key, view) !== undefined)) return undefined
  const { UserName } = situation
  const choices = situation.keys.map(
    key =>
      `${described(key, situation)}. Where nobody needs it:\n  ${deletion({ UserName, AccessKeyId: key.AccessKeyId }, wishes.sameAccount)}`,
  )
  return {
    kind: 'stop',
    why: `${UserName} has two access keys already, and --two-keys ${wishes.twoKeys} does not say which may go.\n${choices.join('\n')}`,
  }
}

/** Everything from a new key to the end of the old one. */
function rotation(view: View): Decision {
  const { situation, wishes, current, others, tidied } = view
  const room = others.map(({ AccessKeyId }, index): Task => {
    const why = whyMayGo(others[index] ?? current, view) ?? ''
    return { step: 'discard', AccessKeyId, why: `there must be room for a new key, and ${why}` }
  })
  const why = `${current.AccessKeyId} was created at ${moment(current.created)} and has been due since ${moment(current.created + wishes.olderThan)}`
  const fresh: readonly Task[] = [{ step: 'create', why }, { step: 'wait' }, ...delivery(situation.holdings)]
  const tasks = [...tidied, ...room, ...fresh, ...retirement(current, wishes.retire, 'the new key is in its place')]
  return { kind: 'go', result: 'Rotated', current, tasks, why }
}

/** Places that keep what they get come after the key has proved itself in the others. */
function delivery(holdings: Situation['holdings']): readonly Task[] {
  const names = (final: boolean) => holdings.filter(holding => holding.final === final).map(({ place }) => place)
  const [store, final] = [names(false), names(true)]
  return [
    ...(store.length > 0 ? [{ step: 'store', places: store } as const] : []),
    { step: 'verify' },
    ...final.map((place, index): Task => ({ step: 'hand over', place, nth: index + 1 })),
  ]
}

const retirement = ({ AccessKeyId }: Key, how: Retire, why: string): readonly Task[] =>
  how === 'keep' ? [] : [{ step: 'retire', AccessKeyId, how, why }]

function described(key: Key, situation: Situation): string {
  const { AccessKeyId, active, created, used } = key
  const use =
    typeof used === 'string'
      ? { never: 'never used', unknown: 'used nobody knows when' }[used]
      : `last used ${moment(used.at)} for ${used.service}`
  const held = holdersOf(key, situation).map(({ place }) => `, held by ${place}`)
  return `${AccessKeyId}: ${active ? 'active' : 'inactive'}, created ${moment(created)}, ${use}${held.join('')}${AccessKeyId === situation.signer ? ', signs this run' : ''}`
}
