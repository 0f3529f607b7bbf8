/** Which keys may go, and which never do. Each reason is a row of a table, with the evidence it takes and the words for it. Pure. */

import { moment } from './duration.ts'
import type { Retire, RotationOptions, TwoKeys } from './options.ts'
import { hasNeverWorked, hasWorked, holdersOf, isAbandoned, isIdleSince, type Key, type RotationState } from './state.ts'

/** What every question here looks at. */
export interface View {
  readonly situation: RotationState
  readonly wishes: RotationOptions
  /** The key in use. */
  readonly current: Key
}

/** It signs this run, or a store holds it: nobody deletes it to make room. */
const stays = (key: Key, { situation }: View): boolean => key.AccessKeyId === situation.signer || holdersOf(key, situation).length > 0

/** Why a key goes without anybody having to say so: an earlier run made it for nobody, or replaced it long ago. */
export function whyLeftOver(key: Key, view: View): string | undefined {
  const { situation, wishes, current } = view
  if (stays(key, view)) return undefined
  if (isAbandoned(key, situation)) return 'an earlier run made it and ended before anybody got it'
  // When a key was deactivated IAM does not say: not before its successor came, if a rotation did it.
  const long = situation.now - wishes.deleteInactiveAfter
  const replaced = !key.active && isOlder(key, current, 1) && (current.created ?? 0) <= long && isIdleSince(key, long)
  return replaced ? `it is inactive, and nobody has used it since ${moment(long)}` : undefined
}

/** What each word allows to go for a new key's sake, besides what the words before it allow. */
const MAY_GO: readonly { readonly word: TwoKeys; readonly why: string; readonly allows: (key: Key, view: View) => boolean }[] = [
  { word: 'fail', why: '', allows: () => false },
  { word: 'delete-inactive', why: 'it is inactive', allows: key => !key.active },
  { word: 'delete-unused', why: 'it has never been used', allows: (key, { wishes }) => hasNeverWorked(key, wishes.trial) },
  { word: 'delete-older', why: 'it is the older one', allows: (key, { current }) => key !== current && isOlder(key, current, 0) },
]

/** The first word that lets the key go, and why; undefined where none does. */
export const wordFor = (key: Key, view: View) => (stays(key, view) ? undefined : MAY_GO.find(({ allows }) => allows(key, view)))

/** Why the key may go by the word that was given. */
export function whyMayGo(key: Key, view: View): string | undefined {
  const needed = wordFor(key, view)
  const rank = (word: TwoKeys) => MAY_GO.findIndex(row => row.word === word)
  return needed !== undefined && rank(needed.word) <= rank(view.wishes.twoKeys) ? needed.why : undefined
}

interface Evidence {
  /** Otherwise the key is deactivated at most, which can be taken back. */
  readonly sure: boolean
  readonly why: string
  readonly proves: (key: Key, view: View) => boolean
}

/** What shows that an active key was replaced by the current one. */
const SUPERSEDED: readonly Evidence[] = [
  {
    sure: true,
    why: 'an earlier run replaced it',
    proves: (key, { situation: { past }, current }) => past?.created === current.AccessKeyId && past.before.includes(key.AccessKeyId),
  },
  { sure: true, why: 'the stores get its successor', proves: (key, { situation }) => holdersOf(key, situation).length > 0 },
  {
    sure: false,
    why: 'it was due when its successor came, signs this run, and is not what the stores hold',
    proves: (key, view) =>
      wasDueFor(view.current, key, view) && key.AccessKeyId === view.situation.signer && holdersOf(view.current, view.situation).length > 0,
  },
  {
    sure: false,
    why: 'it was due when its successor came, and has not been used since',
    proves: (key, view) => wasDueFor(view.current, key, view) && isIdleSince(key, (view.current.created ?? 0) + view.wishes.trial),
  },
  {
    sure: false,
    why: '--two-keys delete-older lets it go',
    proves: (key, view) =>
      view.wishes.twoKeys === 'delete-older' &&
      key.AccessKeyId !== view.situation.signer &&
      isOlder(key, view.current, 0) &&
      (stays(view.current, view) || hasWorked(view.current, view.wishes.trial)),
  },
]

const wasDueFor = (successor: Key, key: Key, { wishes: { olderThan } }: View): boolean => isOlder(key, successor, Math.max(1, olderThan))

/** Whether a key is known to be older than another, by so many milliseconds at least. */
const isOlder = ({ created }: Key, other: Key, by: number): boolean =>
  created !== undefined && other.created !== undefined && other.created - created >= by

/** How an active key is to be retired because the current one has replaced it, and why; undefined where that is not shown. */
export function whyRetired(key: Key, view: View): { readonly how: Retire; readonly why: string } | undefined {
  const evidence = key.active ? SUPERSEDED.find(({ proves }) => proves(key, view)) : undefined
  if (evidence === undefined) return undefined
  const { retire } = view.wishes
  return { how: retire === 'delete' && !evidence.sure ? 'deactivate' : retire, why: evidence.why }
}
