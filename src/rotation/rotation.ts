/** One run of a rotation: whose keys, what is true, what follows from it, and doing that. */

import type { Context, Outcome } from '../command.ts'
import { Failure, ParameterError } from '../errors.ts'
import { patienceOf } from '../iam/waiting.ts'
import { type Decision, decide, type Result, type Wishes } from './decision.ts'
import { milliseconds } from './duration.ts'
import { type Journal, openJournal, readPast } from './journal.ts'
import { look, type Owner, whose } from './look.ts'
import { plan, report } from './report.ts'
import type { Situation } from './situation.ts'
import { carryOut } from './steps.ts'

/** On top of the wait for the new key, how long a run may take from creating it to retiring the old one, in milliseconds. */
const BUSY = 240_000

type Identities = Awaited<ReturnType<Context['sts']>>

/**
 * @throws ParameterError; a Failure where there is a reason not to begin; the Failure of a step, with what became of things
 */
export async function rotate(input: { readonly UserName?: string }, context: Context): Promise<Outcome> {
  const { flags, places } = context
  if (places.length === 0 && !flags.plan) throw new ParameterError('the following arguments are required: --store')
  const { name } = places.find(({ passing }) => passing) ?? {}
  if (name !== undefined && places.every(({ passing }) => passing)) {
    throw new ParameterError(`${name} does not outlive this job, so nobody would have the new key tomorrow: --store it elsewhere, too`)
  }
  const patience = patienceOf(flags.waitTimeout)
  const wishes: Wishes = {
    olderThan: milliseconds('--older-than', flags.olderThan ?? '90d'),
    twoKeys: flags.twoKeys ?? 'fail',
    retire: flags.retire ?? 'deactivate',
    deleteInactiveAfter: milliseconds('--delete-inactive-after', flags.deleteInactiveAfter ?? '7d'),
    trial: patience + BUSY,
    sameAccount: context.sameAccount,
  }

  const identityOf = await context.sts()
  const owner = await whose(input.UserName, identityOf(), context)
  if (flags.plan) return planned(owner, wishes, context)
  const journal = await openJournal(nameOf(owner), context.machine, context.signals)
  let done = false
  try {
    const outcome = await carriedOut(owner, { patience, wishes, journal, identityOf, checkCommand: flags.checkCommand }, context)
    done = true
    return outcome
  } finally {
    journal.end(done)
  }
}

const nameOf = ({ Account, UserName }: Owner) => `${Account}-${UserName}`

async function planned(owner: Owner, wishes: Wishes, context: Context): Promise<Outcome> {
  const situation = await look(owner.UserName, readPast(nameOf(owner), context.machine), context)
  return { output: plan(situation, decided(situation, wishes), wishes) }
}

interface Order {
  readonly wishes: Wishes
  readonly journal: Journal
  readonly identityOf: Identities
  readonly patience: number
  readonly checkCommand: string | undefined
}

async function carriedOut({ UserName }: Owner, order: Order, context: Context): Promise<Outcome> {
  const { wishes, journal } = order
  const situation = await look(UserName, journal.past, context)
  const decision = decided(situation, wishes)
  const before = situation.keys.map(({ AccessKeyId }) => AccessKeyId)
  const state = await carryOut(decision.tasks, { ...context, ...order, UserName, before })
  const output = report(situation, decision, wishes, state)
  // A report that nobody gets to see takes nothing back.
  return { output, undo: async () => SUMMARY[decision.result](UserName, state.key?.AccessKeyId ?? decision.current.AccessKeyId) }
}

function decided(situation: Situation, wishes: Wishes): Extract<Decision, { kind: 'go' }> {
  const decision = decide(situation, wishes)
  if (decision.kind === 'stop') throw new Failure(decision.why)
  return decision
}

const SUMMARY: Readonly<Record<Result, (UserName: string, AccessKeyId: string) => string>> = {
  Rotated: (UserName, AccessKeyId) => `the rotation is complete all the same: ${UserName} has the new key ${AccessKeyId}`,
  Finished: (UserName, AccessKeyId) => `the rotation is finished all the same: ${UserName} has the key ${AccessKeyId}`,
  NothingDue: UserName => `no key of ${UserName} was due`,
}
