/** Which keys may go, and when, and which never do. Each reason is a row of a table, with the evidence it takes and the words for it. Pure. */

import { moment } from './duration.ts'
import type { RotationOptions, TwoKeys } from './options.ts'
import {
  certainlyHolds,
  historyOf,
  isHeldHere,
  isIdleSince,
  isOlder,
  isOrphan,
  isUnused,
  isUsedSince,
  type Key,
  lastingOf,
  lostFrom,
  mayBeHeld,
  type RotationState,
} from './state.ts'

/** What every question here looks at. */
export interface View {
  readonly state: RotationState
  readonly options: RotationOptions
  /** The key in use. */
  readonly current: Key
}

// ---- without being told to --------------------------------------------------------------------------------------------------------

/** Why a key goes without anybody having to say so; undefined where it stays. */
export function whyLeftOver(key: Key, view: View): string | undefined {
  const { state, options } = view
  if (isOrphan(key, state)) return 'an earlier run made it and ended before any store was to get it'
  const certain = lostFrom(key, options.rival, state)
  if (certain !== undefined && state.now >= certain) return 'an earlier run asked for it and got no reply: its secret is nowhere'
  if (key.active || key.AccessKeyId === state.signer || mayBeHeldStill(key, view)) return undefined
  const from = leavesAt(key, view)
  return from !== undefined && state.now >= from
    ? `it has been inactive since ${moment(from - options.deleteInactiveAfter)} at the latest`
    : undefined
}

/**
 * From when on an inactive key that was replaced may be deleted. When it was deactivated only the journal knows; without it, not before its
 * successor came, if a rotation did it, and not before its last use.
 */
export function leavesAt(key: Key, { state, options, current }: View): number | undefined {
  if (key.active) return undefined
  const { deactivated } = historyOf(key, state)
  if (deactivated !== undefined) return deactivated + options.deleteInactiveAfter
  if (current.created === undefined || !isOlder(key, current, 1) || key.used === 'unknown') return undefined
  const since = Math.max(current.created, key.used === 'never' ? 0 : key.used.at)
  return since + options.deleteInactiveAfter
}

/** An inactive key in a store that cannot be read: if it is there, the store has been of no use for as long as the key has been inactive. */
function mayBeHeldStill(key: Key, { state, current }: View): boolean {
  if (!mayBeHeld(key, state)) return false
  const isRead = lastingOf(state).some(holding => holding.readable && holding.AccessKeyId === key.AccessKeyId)
  return isRead || !isUsedSince(current, Math.max(key.created ?? 0, typeof key.used === 'object' ? key.used.at : 0))
}

// ---- for a new key's sake -----------------------------------------------------------------------------------------------------------

/** It signs this run, or a store holds it, or may: it is not deleted to make room. */
const stays = (key: Key, view: View): boolean =>
  key.AccessKeyId === view.state.signer || (key.active ? mayBeHeld(key, view.state) : mayBeHeldStill(key, view))

/** What each word allows to go for a new key's sake, besides what the words before it allow. */
const MAY_GO: readonly { readonly word: TwoKeys; readonly why: string; readonly allows: (key: Key, view: View) => boolean }[] = [
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

/** Every store that others use has the key for certain. */
export const isEverywhere = (key: Key, state: RotationState): boolean =>
  lastingOf(state).every(holding => certainlyHolds(holding, key, state))

/** The first word that lets the key go, and why; undefined where none does. */
export const wordFor = (key: Key, view: View) => (stays(key, view) ? undefined : MAY_GO.find(({ allows }) => allows(key, view)))

/** Why the key may go by the word that was given. */
export function whyMayGo(key: Key, view: View): string | undefined {
  const needed = wordFor(key, view)
  const rank = (word: TwoKeys) => MAY_GO.findIndex(row => row.word === word)
  return needed !== undefined && rank(needed.word) <= rank(view.options.twoKeys) ? needed.why : undefined
}

// ---- because another key has replaced it --------------------------------------------------------------------------------------------

/** Milliseconds without use that prove something: IAM notes a use once in a quarter of an hour (IAM User Guide, credential reports). */
const WATCHED_FOR = 3_600_000

interface Succession {
  /** When its successor was handed over. */
  readonly at: number
  /** The stores had held it, so that its users get its successor there. Otherwise its users are not known. */
  readonly held: boolean
  /** A journal says so. Otherwise the key is deactivated at most, which can be taken back. */
  readonly sure: boolean
}

function successionOf(key: Key, { state, options, current }: View): Succession | undefined {
  const { created, handedOver } = historyOf(current, state)
  const { at, replaces } = handedOver ?? { at: state.now, replaces: created?.replaces }
  const how = replaces?.[key.AccessKeyId]
  if (how !== undefined) return { at, held: how === 'held' && !mayBeHeld(key, state), sure: created !== undefined || how === 'held' }
  if (handedOver !== undefined || created !== undefined || current.created === undefined || !isEverywhere(current, state)) return undefined
  const guess = { at: current.created + options.trial, sure: false }
  if (options.twoKeys === 'delete-older' && isOlder(key, current, 0)) return { ...guess, held: true }
  return isOlder(key, current, Math.max(1, options.olderThan)) ? { ...guess, held: false } : undefined
}

export type Retirement =
  | { readonly when: 'now'; readonly how: 'deactivate' | 'delete'; readonly why: string }
  /** Sooner if it has not been used by then. */
  | { readonly when: 'later'; readonly at: number; readonly sooner: number | undefined; readonly how: 'deactivate' | 'delete' }
  /** A program uses it that the stores do not serve. */
  | { readonly when: 'stuck'; readonly why: string }

/** How an active key is to be retired because the current one has replaced it; undefined where nothing shows that it has. */
export function retirementOf(key: Key, view: View): Retirement | undefined {
  const { state, options, current } = view
  const succession = key.active && !isHeldHere(key, state) ? successionOf(key, view) : undefined
  if (succession === undefined) return undefined
  const { at, held, sure } = succession
  const { retireAfter, retire } = options
  const idle = isIdleSince(key, at)
  const how = retire === 'delete' && sure && idle ? 'delete' : 'deactivate'
  const sooner = at + Math.min(retireAfter, WATCHED_FOR)
  const deadline = at + retireAfter
  const signs = key.AccessKeyId === state.signer && retireAfter > 0
  if (idle && !signs && state.now >= sooner)
    return { when: 'now', how, why: `${current.AccessKeyId} has replaced it, and it is not in use any more` }
  if (state.now < deadline) return { when: 'later', at: deadline, sooner: idle && !signs ? sooner : undefined, how }
  if (held && !signs) return { when: 'now', how, why: `${current.AccessKeyId} has replaced it, and ${moment(deadline)} is over` }
  if (signs) return { when: 'stuck', why: 'it signs this run, so something besides the stores holds it' }
  const use = key.used === 'unknown' ? 'whether it is in use is not known' : 'it is still in use'
  return { when: 'stuck', why: `${use}, and no store had held it` }
}
