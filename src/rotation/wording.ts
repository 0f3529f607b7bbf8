/** The wording about keys and stores for a person who has to decide. Pure. */

import { deleteCommand, updateCommand } from '../keys/recovery-commands.ts'
import { moment } from './duration.ts'
import { type View, wordFor } from './removal-policy.ts'
import { type Holding, holdersOf, type Key, lastingOf, mayHold, type RotationState } from './state.ts'

const STATES: { readonly [Each in Holding['condition']]?: string } = {
  empty: 'holds no whole key',
  inactive: 'which is inactive',
  deleted: 'which IAM does not have',
  mismatched: 'with a secret that is not its own',
}

/** What a store holds in place of a working key. */
export function told({ store, AccessKeyId, condition }: Holding): readonly string[] {
  const words = STATES[condition]
  if (words === undefined) return []
  return [condition === 'empty' ? `${store} ${words}` : `${store} holds ${AccessKeyId ?? 'a key'}, ${words}`]
}

/** A key has appeared after a request whose reply was lost. */
export const whoseKey = (AccessKeyId: string, knownAt: number): string =>
  `the reply to CreateAccessKey was lost, and ${AccessKeyId} has appeared. If another run made it, IAM reports its use by ${moment(knownAt)}. Run this again then`

/** The keys, and the command that removes each. */
export function choices(view: View, what: string): string {
  return [what, ...view.state.keys.map(key => `${described(key, view.state)}. ${howToLetGo(key, view)}`)].join('\n')
}

function described(key: Key, state: RotationState): string {
  const { AccessKeyId, active, created, used } = key
  const use = typeof used === 'object' ? `last used ${moment(used.at)} for ${used.service}` : USES[used]
  const holders = holdersOf(key, state).map(({ store }) => `held by ${store}`)
  const perhaps = lastingOf(state).flatMap(holding => (mayHold(holding, key, state) ? `perhaps held by ${holding.store}` : []))
  const signs = AccessKeyId === state.signer ? ['signs this run'] : []
  return `${AccessKeyId}: ${[active ? 'active' : 'inactive', created === undefined ? 'of unknown age' : `created ${moment(created)}`, use, ...holders, ...perhaps, ...signs].join(', ')}`
}

const USES = { never: 'never used', unreported: 'last use unknown', unknown: 'last use unknown' } as const

function howToLetGo(key: Key, view: View): string {
  const { state, options } = view
  const word = wordFor(key, view)?.word
  const named = { UserName: state.UserName, AccessKeyId: key.AccessKeyId }
  if (word !== undefined) return `--two-keys ${word} lets it go, or\n  ${deleteCommand(named, options.accountOptions)}`
  const way = key.active ? updateCommand(named, 'Inactive', options.accountOptions) : deleteCommand(named, options.accountOptions)
  return `If nothing needs it:\n  ${way}`
}
