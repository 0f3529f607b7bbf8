/** One run of a rotation: finds the user, observes, plans, and applies the plan. */

import type { Context, Outcome } from '../core/command.ts'
import { ParameterError } from '../core/errors.ts'
import type { KeyStore } from '../core/key-store.ts'
import type { Flags } from '../core/options.ts'
import { withThrottlingRetries } from '../keys/throttling.ts'
import { apply } from './apply.ts'
import type { Go, Result } from './decision.ts'
import type { History, Journal } from './journal.ts'
import { journalName, openLocalJournal, readLocalHistory } from './local-journal.ts'
import { findOwner, type ObserveContext, type Owner, observe } from './observe.ts'
import type { Stop } from './obstacles.ts'
import { parseRotationOptions, type RotationOptions } from './options.ts'
import { plan } from './plan.ts'
import { formatFailure, formatPlan, formatRefusal, formatResult, formatStop } from './result.ts'
import type { RotationState } from './state.ts'
import { StepFailure, Stopped } from './verdict.ts'

/**
 * @throws ParameterError; a Failure if the state could not be observed; after the output, a Stopped or StepFailure that says what remains
 */
export async function rotate({ UserName }: { readonly UserName?: string }, baseContext: Context): Promise<Outcome> {
  // Many such runs may start at the same time, and IAM throttles an account as a whole.
  const context = { ...baseContext, iam: withThrottlingRetries(baseContext.iam, baseContext) }
  const { flags, stores } = context
  const options = parseRotationOptions(context)
  if (!flags.plan) checkStores(stores)

  const observeContext: ObserveContext = { ...context, identityOf: await context.sts(), waitTimeout: options.waitTimeout }
  const owner = await findOwner(UserName, observeContext)
  const source = await JOURNALS[flags.journal ?? 'local']()
  if (flags.plan) return planOutcome(owner, await source.read(owner, options, context), options, observeContext)
  let journal: Journal
  try {
    journal = await source.open(owner, options, context)
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    return failureAfterOutput(formatRefusal(owner.UserName, error.verdict, error.message), error)
  }
  let listed: readonly string[] | undefined
  try {
    const observation = await observeAndPlan(owner, journal.history, options, observeContext)
    listed = observation.state.keys.filter(({ active }) => active).map(({ AccessKeyId }) => AccessKeyId)
    return await carryOut(owner, observation, { options, journal, observeContext }, context)
  } finally {
    await journal.end(listed)
  }
}

interface JournalSource {
  open(owner: Owner, options: RotationOptions, context: Context): Promise<Journal>
  /** The same, without changing anything. */
  read(owner: Owner, options: RotationOptions, context: Context): Promise<History>
}

const JOURNALS: { readonly [Source in NonNullable<Flags['journal']>]: () => Promise<JournalSource> } = {
  local: async () => ({
    open: ({ Account, UserName }, _, { host, signals }) => openLocalJournal(journalName(Account, UserName), host, signals),
    read: async ({ Account, UserName }, _, { host }) => readLocalHistory(journalName(Account, UserName), host),
  }),
  async 'user-tags'() {
    const { openTagJournal, readTagHistory } = await import('./tag-journal.ts')
    return {
      open: ({ UserName }, { longestRun }, context) => openTagJournal(UserName, longestRun, context),
      read: ({ UserName }, _, context) => readTagHistory(UserName, context),
    }
  },
}

/** @throws ParameterError if no store would keep the new key */
function checkStores(stores: readonly KeyStore[]): void {
  const [first] = stores
  if (first === undefined) throw new ParameterError('the following arguments are required: --store')
  if (stores.some(({ ephemeral }) => !ephemeral)) return
  throw new ParameterError(`${first.name} ends with this job, and the new key would be lost with it: add another --store`)
}

async function planOutcome(owner: Owner, history: History, options: RotationOptions, observeContext: ObserveContext): Promise<Outcome> {
  const { state, decision } = await observeAndPlan(owner, history, options, observeContext)
  if (decision.kind === 'stop') return stopOutcome(decision, state)
  return { output: formatPlan(state, decision, options), ...(decision.result === 'NothingDue' && openDecision(decision)) }
}

interface Observation {
  readonly state: RotationState
  readonly decision: Stop | Go
  /** The service's clock. */
  readonly serviceTime: () => number
}

/** The most observations before a decision. */
const MAX_OBSERVATIONS = 5

/** Observes and plans; observes again if the first observation does not suffice. */
async function observeAndPlan(
  owner: Owner,
  history: History,
  options: RotationOptions,
  observeContext: ObserveContext,
): Promise<Observation> {
  const { clock, signals, progress, debug } = observeContext
  let before: string | undefined
  for (let count = 1; ; count++) {
    const state = await observe(owner, history, observeContext)
    const offset = state.now - clock.now()
    const listed = JSON.stringify(state.keys.map(({ AccessKeyId, active }) => [AccessKeyId, active]))
    const decision = plan(state, options, listed === before)
    if (decision.kind !== 'again') return { state, decision, serviceTime: () => clock.now() + offset }
    if (count === MAX_OBSERVATIONS) {
      const why = `${decision.why}, and the list has not settled. Run this again later`
      return { state, decision: { kind: 'stop', verdict: 'NotFinished', why }, serviceTime: () => clock.now() + offset }
    }
    debug(`looking again at ${new Date(decision.at).toISOString()}: ${decision.why}`)
    progress.say(`looking again in ${Math.ceil((decision.at - state.now) / 1000)} s: ${decision.why}`)
    await clock.sleep(Math.max(decision.at - state.now, 1), signals.interrupt)
    progress.end()
    before = listed
  }
}

interface RotationRun {
  readonly options: RotationOptions
  readonly journal: Journal
  readonly observeContext: ObserveContext
}

async function carryOut(
  { UserName }: Owner,
  { state, decision, serviceTime }: Observation,
  { options, journal, observeContext }: RotationRun,
  context: Context,
): Promise<Outcome> {
  for (const id of state.missing) await journal.record({ what: 'missing', id, at: state.now }).catch(() => {})
  if (decision.kind === 'stop') return stopOutcome(decision, state)
  const before = state.keys.map(({ AccessKeyId }) => AccessKeyId)
  const { replaces, current } = decision
  if (decision.isHandedOver) {
    await journal.record({ what: 'handed over', id: current.AccessKeyId, at: state.now, replaces }).catch(() => {})
  }
  try {
    const progress = await apply(decision.tasks, {
      ...context,
      ...options,
      ...observeContext,
      journal,
      UserName,
      before,
      replaces,
      serviceTime,
    })
    const key = progress.key ?? decision.current
    // A failure to show the result undoes nothing.
    const undo = async () => SUMMARIES[decision.result](UserName, key.AccessKeyId)
    return { output: formatResult(state, decision, options, progress), undo, ...openDecision(decision) }
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error
    return failureAfterOutput(formatFailure(state, decision, error.verdict, error.done), error)
  }
}

const stopOutcome = (decision: Stop, state: RotationState): Outcome =>
  failureAfterOutput(formatStop(state, decision), new Stopped(decision.verdict, decision.why))

/** Shows the output, then fails. */
const failureAfterOutput = (output: Outcome['output'], failure: Stopped | StepFailure): Outcome => ({
  output,
  undo: async () => failure.message,
  async afterDelivery() {
    throw failure
  },
})

/** Fails after the output if a decision remains for a person. */
function openDecision({ open }: Go): Pick<Outcome, 'afterDelivery'> {
  if (open === undefined) return {}
  return {
    async afterDelivery() {
      throw new Stopped('DecisionNeeded', open)
    },
  }
}

const SUMMARIES: Readonly<Record<Result, (UserName: string, AccessKeyId: string) => string>> = {
  Rotated: (UserName, AccessKeyId) => `the rotation is complete all the same: ${UserName} has the new key ${AccessKeyId}`,
  Finished: (UserName, AccessKeyId) => `the rotation is finished all the same: ${UserName} has the key ${AccessKeyId}`,
  Repaired: (UserName, AccessKeyId) => `the repair is complete all the same: ${UserName} has the key ${AccessKeyId}`,
  NothingDue: UserName => `no key of ${UserName} was due`,
}
