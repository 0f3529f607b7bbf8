/** Sentences about keys and stores, for a person who has to decide. Pure. */

import { deleteCommand, updateCommand } from '../keys/recovery-commands.ts'
import { moment } from './duration.ts'
import { choiceNeededFor, type PolicyView } from './removal-policy.ts'
import type { Holding, Key, RotationState } from './state.ts'
import { holdersOf, lastingOf, mayHold } from './store-facts.ts'

const STATES: { readonly [Each in Holding['condition']]?: string } = {
  empty: 'holds no whole key',
  inactive: 'which is inactive',
  deleted: 'which IAM does not have',
  mismatched: 'with a secret that is not its own',
}

/** What is wrong with the key in a store; empty if nothing is. */
export function faultOf({ store, AccessKeyId, condition }: Holding): readonly string[] {
  const words = STATES[condition]
  if (words === undefined) return []
  return [condition === 'empty' ? `${store} ${words}` : `${store} holds ${AccessKeyId ?? 'a key'}, ${words}`]
}

/** A key has appeared after a request whose reply was lost. */
export const whoseKey = (AccessKeyId: string, knownAt: number): string =>
  `the reply to CreateAccessKey was lost, and ${AccessKeyId} has appeared. Another run may have made it, whose use should be reported by ${moment(knownAt)}. Run this again then`

/** The sentence, followed by each key and the command that removes it. */
export function withChoices(view: PolicyView, what: string): string {
  return [what, ...view.state.keys.map(key => `${describeKey(key, view.state)}. ${removalAdvice(key, view)}`)].join('\n')
}

function describeKey(key: Key, state: RotationState): string {
  const { AccessKeyId, active, created, used } = key
  const use = typeof used === 'object' ? `last used ${moment(used.at)} for ${used.service}` : USES[used]
  const holders = holdersOf(key, state).map(({ store }) => `held by ${store}`)
  const perhaps = lastingOf(state).flatMap(holding => (mayHold(holding, key, state) ? `perhaps held by ${holding.store}` : []))
  const signs = AccessKeyId === state.signer ? ['signs this run'] : []
  return `${AccessKeyId}: ${[active ? 'active' : 'inactive', created === undefined ? 'of unknown age' : `created ${moment(created)}`, use, ...holders, ...perhaps, ...signs].join(', ')}`
}

const USES = { never: 'never used', unreported: 'last use unknown', unknown: 'last use unknown' } as const

function removalAdvice(key: Key, view: PolicyView): string {
  const { state, options } = view
  const word = choiceNeededFor(key, view)?.word
  const named = { UserName: state.UserName, AccessKeyId: key.AccessKeyId }
  if (word !== undefined) return `--two-keys ${word} lets it go, or\n  ${deleteCommand(named, options.accountOptions)}`
  const way = key.active ? updateCommand(named, 'Inactive', options.accountOptions) : deleteCommand(named, options.accountOptions)
  return `If nothing needs it:\n  ${way}`
}
