/**
 * A situation and what was asked for → what to do, as a list of tasks, or why not to. Each rule is one answer; the first that has one
 * counts. Which keys may go is `letting-go.ts`; carrying it out is `steps.ts`. Pure.
 */

import { deleteCommand } from '../keys/recovery-commands.ts'
import { moment } from './duration.ts'
import type { Retire, RotationOptions } from './options.ts'
import { type View, whyLeftOver, whyMayGo, whyRetired, wordFor } from './removal-policy.ts'
import { currentKey, holdersOf, isAbandoned, type Key, mayBeAbandoned, type RotationState } from './state.ts'

/** Step → what it needs to know. `why` is for whoever reads the plan. */
interface Details {
  discard: { readonly AccessKeyId: string; readonly why: string }
  create: { readonly why: string }
  /** The key that this store holds, or without one the key that signs, takes the part of a new one. */
  'take up': { readonly AccessKeyId: string; readonly store?: string; readonly why: string }
  wait: unknown
  /** Into stores that can be given their old content back. */
  store: { readonly stores: readonly string[] }
  verify: unknown
  /** To a store that keeps what it gets, the `nth` of them, counted from one. */
  'hand over': { readonly store: string; readonly nth: number }
  retire: { readonly AccessKeyId: string; readonly how: 'deactivate' | 'delete'; readonly why: string }
}
export type Step = keyof Details

/** One thing to do. */
export type Task<Name extends Step = Step> = { [Each in Name]: { readonly step: Each } & Details[Each] }[Name]

export type Result = 'Rotated' | 'Finished' | 'NothingDue'

interface Stop {
  readonly kind: 'stop'
  readonly why: string
}

export interface Go {
  readonly kind: 'go'
  readonly result: Result
  readonly why: string
  readonly tasks: readonly Task[]
  /** The key in use as yet. */
  readonly current: Key
}

/** What to do; or, as a value, why nothing may be done. */
export function decideRotation(situation: RotationState, wishes: RotationOptions): Stop | Go {
  const current = currentKey(situation, wishes.trial)
  if (current === undefined) return stop(nothingToRotate(situation))
  const view = sorted({ situation, wishes, current })
  const [decision = rotation(view)] = RULES.flatMap(rule => rule(view) ?? [])
  const touches = decision.kind === 'go' && decision.tasks.length > 0
  return (touches ? underWay(view) : undefined) ?? decision
}

const stop = (why: string): Stop => ({ kind: 'stop', why })

interface Sorted extends View {
  /** The user's other keys that stay unless something is done about them. */
  readonly others: readonly Key[]
  /** What is done about those that are left over. */
  readonly tidying: readonly Task[]
}

function sorted(view: View): Sorted {
  const others: Key[] = []
  const tidying: Task[] = []
  for (const key of view.situation.keys.filter(key => key !== view.current)) {
    const why = whyLeftOver(key, view)
    if (why === undefined) others.push(key)
    else tidying.push({ step: 'discard', AccessKeyId: key.AccessKeyId, why })
  }
  return { ...view, others, tidying }
}

// ---- reasons not to begin ---------------------------------------------------------------------------------------------------------

/** Somebody may have meant it: whoever switches off the keys of a user in danger does not want a program to bring a new one. */
function nothingToRotate({ UserName, keys }: RotationState): string {
  const ids = keys.map(key => key.AccessKeyId).join(' and ')
  const state = keys.length === 0 ? 'has no access key' : `has no active access key, only ${ids}`
  return `${UserName} ${state}, so there is nothing to rotate; create-access-key with the same --store makes a first one`
}

/** On two machines nothing but the service shows that there is another run. */
function underWay({ situation, wishes: { trial }, current }: View): Stop | undefined {
  const active = situation.keys.filter(key => key.active)
  const isUnexplained = (key: Key) => !isAbandoned(key, situation) && !mayBeAbandoned(key, trial, situation)
  const mayBeYoung = ({ created }: Key) => created === undefined || situation.now < created + trial
  const young = active.find(key => mayBeYoung(key) && isUnexplained(key))
  if (active.length < 2 || young === undefined) return undefined
  const doing = young === current ? 'it may still be busy with it' : 'it may be about to store it'
  if (young.created === undefined) {
    const remedy = `If none has, deactivate or delete one of ${active.map(key => key.AccessKeyId).join(' and ')}, and run this again`
    return stop(`the service gives no date of the key ${young.AccessKeyId}: another run may have made it just now, and ${doing}. ${remedy}`)
  }
  const later = `If there is none, run this again after ${moment(young.created + trial)}`
  return stop(`the key ${young.AccessKeyId} is so new that another run may have made it, and ${doing}. ${later}`)
}

// ---- rules, the first that answers counts -----------------------------------------------------------------------------------------

type Rule = (view: Sorted) => Stop | Go | undefined

const RULES: readonly Rule[] = [strangersKey, unfinished, notDue, noRoom]

/** Its secret may be nowhere else. */
function strangersKey({ situation: { UserName, holdings } }: Sorted): Stop | undefined {
  const stranger = holdings.find(({ owner }) => owner !== undefined)
  return stranger && stop(`${stranger.store} holds the key ${stranger.AccessKeyId} of the user ${stranger.owner}, not one of ${UserName}`)
}

/** An earlier run gave the current key to its stores, or to some, and did not get round to the rest. */
function unfinished(view: Sorted): Go | undefined {
  const { situation, current, others, tidying } = view
  const { AccessKeyId } = current
  const retiring = others.flatMap(key => {
    const reason = whyRetired(key, view)
    return reason ? retirement(key, reason.how, reason.why) : []
  })
  const [holder] = holdersOf(current, situation)
  // What a store holds that cannot be read is doubtful only where something else was left undone.
  const isBroken = retiring.length > 0 || isAbandoned(current, situation)
  const lacking = situation.holdings.filter(holding => holding.AccessKeyId !== AccessKeyId && (holding.readable || isBroken))
  if (retiring.length === 0 && (holder === undefined || lacking.length === 0)) return undefined

  const source = holder ? { store: holder.store, why: `${holder.store} holds it` } : { why: 'it signs this run' }
  const hasSecret = holder !== undefined || AccessKeyId === situation.signer
  const spreading: readonly Task[] = hasSecret ? [{ step: 'take up', AccessKeyId, ...source }, { step: 'wait' }, ...delivery(lacking)] : []
  const why = `an earlier run has not finished: ${AccessKeyId} is in use, but not everything else is as it should be`
  return { kind: 'go', result: 'Finished', why, tasks: [...tidying, ...spreading, ...retiring], current }
}

function notDue({ situation: { now }, wishes: { olderThan }, current, tidying }: Sorted): Stop | Go | undefined {
  const { AccessKeyId, created } = current
  if (created === undefined) return olderThan === 0 ? undefined : stop(notKnownToBeDue(AccessKeyId))
  const due = created + olderThan
  if (now >= due) return undefined
  const why = `${AccessKeyId} was created at ${moment(created)} and is due at ${moment(due)}`
  return { kind: 'go', result: 'NothingDue', why, tasks: tidying, current }
}

const notKnownToBeDue = (id: string) =>
  `the service gives no date of ${id}, so whether it is due is not known; --older-than 0d rotates it now`

/** The limit is two, and inactive keys count. */
function noRoom(view: Sorted): Stop | undefined {
  const { situation, wishes, others } = view
  if (others.every(key => whyMayGo(key, view) !== undefined)) return undefined
  const choices = situation.keys.map(key => `${described(key, situation)}. ${howToLetGo(key, view)}`)
  return stop(
    [`${situation.UserName} has two access keys already, and --two-keys ${wishes.twoKeys} lets none of them go.`, ...choices].join('\n'),
  )
}

/** Everything from a new key to the end of the old one. */
function rotation(view: Sorted): Go {
  const { situation, wishes, current, others, tidying } = view
  const room = others.map(
    (key): Task => ({
      step: 'discard',
      AccessKeyId: key.AccessKeyId,
      why: `there must be room for a new key, and ${whyMayGo(key, view)}`,
    }),
  )
  const { AccessKeyId, created } = current
  const why =
    created === undefined
      ? `${AccessKeyId} is due whatever its age, for --older-than says 0d`
      : `${AccessKeyId} was created at ${moment(created)} and has been due since ${moment(created + wishes.olderThan)}`
  const renewal: readonly Task[] = [{ step: 'create', why }, { step: 'wait' }, ...delivery(situation.holdings)]
  const tasks = [...tidying, ...room, ...renewal, ...retirement(current, wishes.retire, 'the new key is in its place')]
  return { kind: 'go', result: 'Rotated', why, tasks, current }
}

/** Places that keep what they get come after the key has proved itself in the others. */
function delivery(holdings: RotationState['holdings']): readonly Task[] {
  const named = (irrevocable: boolean) => holdings.filter(holding => holding.irrevocable === irrevocable).map(({ store }) => store)
  const stores = named(false)
  return [
    ...(stores.length > 0 ? [{ step: 'store', stores } as const] : []),
    { step: 'verify' },
    ...named(true).map((store, index): Task => ({ step: 'hand over', store, nth: index + 1 })),
  ]
}

const retirement = ({ AccessKeyId }: Key, how: Retire, why: string): readonly Task[] =>
  how === 'keep' ? [] : [{ step: 'retire', AccessKeyId, how, why }]

// ---- words ------------------------------------------------------------------------------------------------------------------------

function described(key: Key, situation: RotationState): string {
  const { AccessKeyId, active, created, used } = key
  const use = typeof used === 'object' ? `last used ${moment(used.at)} for ${used.service}` : USES[used]
  const holders = holdersOf(key, situation).map(({ store }) => `held by ${store}`)
  const signs = AccessKeyId === situation.signer ? ['signs this run'] : []
  return `${AccessKeyId}: ${[active ? 'active' : 'inactive', created === undefined ? 'of unknown age' : `created ${moment(created)}`, use, ...holders, ...signs].join(', ')}`
}

const USES = { never: 'never used', unknown: 'used nobody knows when' } as const

function howToLetGo(key: Key, view: View): string {
  const { situation, wishes } = view
  const word = wordFor(key, view)?.word
  const when = word === undefined ? 'Where nobody needs it:' : `--two-keys ${word} lets it go, or`
  return `${when}\n  ${deleteCommand({ UserName: situation.UserName, AccessKeyId: key.AccessKeyId }, wishes.accountOptions)}`
}
