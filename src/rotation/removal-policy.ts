/** Decides which keys may be deleted or retired, and when. Each reason is a row of a table, with its evidence and wording. Pure. */

import { moment } from './duration.ts'
import { isOrphan, lostFrom } from './earlier-runs.ts'
import { AWS_REPORTS_USE_WITHIN, type RotationOptions, type TwoKeysChoice } from './options.ts'
import { historyOf, isIdleSince, isOlder, isUnused, isUsedSince, type Key, type RotationState } from './state.ts'
import { certainlyHolds, isHeldHere, lastingOf, mayBeHeld } from './store-facts.ts'

/** What every rule is applied to. */
export interface PolicyView {
  readonly state: RotationState
  readonly options: RotationOptions
  /** The key in use. */
  readonly current: Key
}

// ---- without an option ------------------------------------------------------------------------------------------------------------

/** Why a key is deleted without any option; undefined if it stays. */
export function reasonLeftOver(key: Key, view: PolicyView): string | undefined {
  const { state, options } = view
  if (isOrphan(key, state)) return 'an earlier run made it and ended before any store was to get it'
  const certain = lostFrom(key, options.useReportedWithin, state)
  if (certain !== undefined && state.now >= certain) return 'an earlier run asked for it and got no reply: its secret is nowhere'
  if (key.active || key.AccessKeyId === state.signer || mayBeHeldStill(key, view)) return undefined
  const from = deletableFrom(key, view)
  return from !== undefined && state.now >= from
    ? `it has been inactive since ${moment(from - options.deleteInactiveAfter)} at the latest`
    : undefined
}

/**
 * From when on a replaced, inactive key may be deleted. Only the journal knows when it was deactivated; without it, not before its
 * successor was created, if a rotation did so, and not before its last use.
 */
export function deletableFrom(key: Key, { state, options, current }: PolicyView): number | undefined {
  if (key.active) return undefined
  const { deactivated } = historyOf(key, state)
  if (deactivated !== undefined) return deactivated + options.deleteInactiveAfter
  if (current.created === undefined || !isOlder(key, current, 1) || key.used === 'unknown' || key.used === 'unreported') return undefined
  const since = Math.max(current.created, key.used === 'never' ? 0 : key.used.at)
  return since + options.deleteInactiveAfter
}

/** An inactive key in a store that cannot be read: if it is there, the store has been useless since the key was deactivated. */
function mayBeHeldStill(key: Key, { state, current }: PolicyView): boolean {
  if (!mayBeHeld(key, state)) return false
  const isRead = lastingOf(state).some(holding => holding.readable && holding.AccessKeyId === key.AccessKeyId)
  return isRead || !isUsedSince(current, Math.max(key.created ?? 0, typeof key.used === 'object' ? key.used.at : 0))
}

// ---- to make room for a new key -----------------------------------------------------------------------------------------------------

/** The key signs this run, or a store holds it or may hold it: it is not deleted to make room. */
const mustStay = (key: Key, view: PolicyView): boolean =>
  key.AccessKeyId === view.state.signer || (key.active ? mayBeHeld(key, view.state) : mayBeHeldStill(key, view))

/** The keys that each choice of --two-keys allows to delete, in addition to those of the choices before it. */
const CHOICES: readonly { readonly word: TwoKeysChoice; readonly why: string; readonly allows: (key: Key, view: PolicyView) => boolean }[] =
  [
    { word: 'fail', why: '', allows: () => false },
    { word: 'delete-inactive', why: 'it is inactive', allows: key => !key.active },
    {
      word: 'delete-unused',
      why: 'it has never been used',
      allows: (key, { state, current }) =>
        isUnused(key, state) && (isUsedSince(current, key.created ?? state.now) || isEverywhere(current, state)),
    },
    {
      word: 'delete-older',
      why: 'it is the older one, and the stores hold the other',
      allows: (key, { current, state }) => isOlder(key, current, 0) && isEverywhere(current, state),
    },
  ]

/** Every permanent store certainly has the key. */
export const isEverywhere = (key: Key, state: RotationState): boolean =>
  lastingOf(state).every(holding => certainlyHolds(holding, key, state))

/** The first choice of --two-keys that allows the key to be deleted, with its reason; undefined if none does. */
export const choiceNeededFor = (key: Key, view: PolicyView) =>
  mustStay(key, view) ? undefined : CHOICES.find(({ allows }) => allows(key, view))

/** Why the user's choice of --two-keys allows the key to be deleted; undefined if it does not. */
export function reasonToDelete(key: Key, view: PolicyView): string | undefined {
  const needed = choiceNeededFor(key, view)
  const rank = (word: TwoKeysChoice) => CHOICES.findIndex(row => row.word === word)
  return needed !== undefined && rank(needed.word) <= rank(view.options.twoKeys) ? needed.why : undefined
}

// ---- because another key has replaced it --------------------------------------------------------------------------------------------

interface Succession {
  /** When all stores had its successor. */
  readonly at: number
  /** Stores had held it, so that its users get the successor there. Otherwise its users are unknown. */
  readonly held: boolean
  /** The journal says so. Otherwise the key is at most deactivated, which can be undone. */
  readonly sure: boolean
}

function successionOf(key: Key, { state, options, current }: PolicyView): Succession | undefined {
  const { created, handedOver } = historyOf(current, state)
  const { at, replaces } = handedOver ?? { at: state.now, replaces: created?.replaces }
  const how = replaces?.[key.AccessKeyId]
  if (how !== undefined) return { at, held: how === 'held' && !mayBeHeld(key, state), sure: created !== undefined || how === 'held' }
  if (handedOver !== undefined || created !== undefined || current.created === undefined || !isEverywhere(current, state)) return undefined
  const guess = { at: current.created + options.longestRun, sure: false }
  if (options.twoKeys === 'delete-older' && isOlder(key, current, 0)) return { ...guess, held: true }
  return isOlder(key, current, Math.max(1, options.olderThan)) ? { ...guess, held: false } : undefined
}

export type Retirement =
  | { readonly when: 'now'; readonly how: 'deactivate' | 'delete'; readonly why: string }
  /** Sooner if it is not used until then. */
  | { readonly when: 'later'; readonly at: number; readonly sooner: number | undefined; readonly how: 'deactivate' | 'delete' }
  /** A program outside the stores uses it. */
  | { readonly when: 'stuck'; readonly why: string }

/** How an active key is retired because the current one has replaced it; undefined if nothing shows that it has. */
export function retirementOf(key: Key, view: PolicyView): Retirement | undefined {
  const { state, options, current } = view
  const succession = key.active && !isHeldHere(key, state) ? successionOf(key, view) : undefined
  if (succession === undefined) return undefined
  const { at, held, sure } = succession
  const { retireAfter, retire } = options
  const idle = isIdleSince(key, at)
  const how = retire === 'delete' && sure && idle ? 'delete' : 'deactivate'
  const sooner = at + Math.min(retireAfter, AWS_REPORTS_USE_WITHIN)
  const deadline = at + retireAfter
  const signs = key.AccessKeyId === state.signer && retireAfter > 0
  if (idle && !signs && state.now >= sooner)
    return { when: 'now', how, why: `${current.AccessKeyId} has replaced it, and it is not in use any more` }
  if (state.now < deadline) return { when: 'later', at: deadline, sooner: idle && !signs ? sooner : undefined, how }
  if (held && !signs) return { when: 'now', how, why: `${current.AccessKeyId} has replaced it, and ${moment(deadline)} is over` }
  if (signs) return { when: 'stuck', why: 'it signs this run, so something besides the stores holds it' }
  const use = key.used === 'unknown' || key.used === 'unreported' ? 'whether it is in use is not known' : 'it is still in use'
  return { when: 'stuck', why: `${use}, and no store had held it` }
}
