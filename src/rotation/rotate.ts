/** One run of a rotation: whose keys, what is true, what follows from it, and doing that. */

import type { Context, Outcome } from '../core/command.ts'
import { Failure, ParameterError } from '../core/errors.ts'
import type { KeyStore } from '../core/key-store.ts'
import { apply } from './apply.ts'
import { type Journal, openJournal, readPast } from './journal.ts'
import { findOwner, type Owner, observe } from './observe.ts'
import { parseRotationOptions, type RotationOptions } from './options.ts'
import { decideRotation, type Go, type Result } from './plan.ts'
import { plan, report } from './result.ts'
import type { RotationState } from './state.ts'

/**
 * @throws ParameterError; a Failure where there is a reason not to begin; the Failure of a step, with what became of things
 */
export async function rotate({ UserName }: { readonly UserName?: string }, context: Context): Promise<Outcome> {
  const { flags, stores, host, signals } = context
  const wishes = parseRotationOptions(context)
  if (!flags.plan) checkPlaces(stores)

  const identityOf = await context.sts()
  const owner = await findOwner(UserName, identityOf(), context)
  if (flags.plan) return planned(owner, wishes, context)
  const journal = await openJournal(nameOf(owner), host, signals)
  let done = false
  try {
    const outcome = await carriedOut(owner, { ...wishes, journal, identityOf }, context)
    done = true
    return outcome
  } finally {
    journal.end(done)
  }
}

/** @throws ParameterError where nobody would have the new key tomorrow */
function checkPlaces(stores: readonly KeyStore[]): void {
  const [first] = stores
  if (first === undefined) throw new ParameterError('the following arguments are required: --store')
  if (stores.some(({ ephemeral }) => !ephemeral)) return
  throw new ParameterError(`${first.name} does not outlive this job, so nobody would have the new key tomorrow: --store it elsewhere, too`)
}

const nameOf = ({ Account, UserName }: Owner) => `${Account}-${UserName}`

async function planned(owner: Owner, wishes: RotationOptions, context: Context): Promise<Outcome> {
  const situation = await observe(owner.UserName, readPast(nameOf(owner), context.host), context)
  return { output: plan(situation, decided(situation, wishes), wishes) }
}

interface Order extends RotationOptions {
  readonly journal: Journal
  readonly identityOf: Awaited<ReturnType<Context['sts']>>
}

async function carriedOut({ UserName }: Owner, order: Order, context: Context): Promise<Outcome> {
  const situation = await observe(UserName, order.journal.past, context)
  const decision = decided(situation, order)
  const before = situation.keys.map(({ AccessKeyId }) => AccessKeyId)
  const state = await apply(decision.tasks, { ...context, ...order, UserName, before })
  const key = state.key ?? decision.current
  // A report that nobody gets to see takes nothing back.
  return { output: report(situation, decision, order, state), undo: async () => SUMMARIES[decision.result](UserName, key.AccessKeyId) }
}

function decided(situation: RotationState, wishes: RotationOptions): Go {
  const decision = decideRotation(situation, wishes)
  if (decision.kind === 'stop') throw new Failure(decision.why)
  return decision
}

const SUMMARIES: Readonly<Record<Result, (UserName: string, AccessKeyId: string) => string>> = {
  Rotated: (UserName, AccessKeyId) => `the rotation is complete all the same: ${UserName} has the new key ${AccessKeyId}`,
  Finished: (UserName, AccessKeyId) => `the rotation is finished all the same: ${UserName} has the key ${AccessKeyId}`,
  NothingDue: UserName => `no key of ${UserName} was due`,
}
