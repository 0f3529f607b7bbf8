/**
 * Creates a key for a user whose keys are known, so that a lost reply can be resolved: the key that has appeared since is the requested
 * one, unless another run created it at the same moment, which would use it soon. Its secret is lost, so it is deleted, and another one is
 * requested.
 */

import { backoff } from '../core/backoff.ts'
import type { Context } from '../core/command.ts'
import { Failure, FailureWithRecovery, Interrupted } from '../core/errors.ts'
import { type AccessKeyMetadata, type CallFailure, OutcomeUnknown } from '../core/iam.ts'
import { type WholeKey, wholeKey } from '../core/key-store.ts'
import { serviceTime } from '../core/service-time.ts'
import { type KeyRequest, requestKey } from '../keys/create.ts'
import { describeSearch, type NewKeySearch } from '../keys/find-new-keys.ts'
import { recordsUse } from '../keys/recorded-use.ts'
import { listCommand, updateCommand } from '../keys/recovery-commands.ts'
import { callWithRetry } from '../keys/retry.ts'
import { type RollbackResult, rollBack } from '../keys/rollback.ts'
import type { Journal, Replaced } from './journal.ts'
import { type KeyUsage, keyUsage, listKeys, POLL_INTERVAL } from './list-keys.ts'
import type { ObserveContext } from './observe.ts'
import { LISTS_LAG, WAITS_FOR_USE } from './options.ts'
import { StepFailure, Stopped, type Verdict } from './verdict.ts'
import { whoseKey } from './wording.ts'

interface CreateContext extends ObserveContext, Pick<Context, 'accountOptions'> {
  readonly UserName: string
  /** The ids of the user's keys. */
  readonly before: readonly string[]
  readonly replaces: Readonly<Record<string, Replaced>>
  readonly journal: Journal
  readonly useReportedWithin: number
  /** The service's clock. */
  readonly serviceTime: () => number
}

/** @throws Failure that says what became of a key that was or may have been created */
export async function createSuccessor(context: CreateContext): Promise<WholeKey> {
  const trace: Trace = { lost: 0, deleted: [] }
  try {
    return await requestUntilWhole(trace, context)
  } catch (error) {
    const advice = whatIsLeft(trace, context)
    if (advice === '' || !(error instanceof Failure)) throw error
    if (error instanceof Interrupted && error.message === '')
      throw new Interrupted(error.signal, `interrupted by ${error.signal}: the reply to CreateAccessKey was lost\n\n${advice}`)
    if (error instanceof Interrupted || error instanceof Stopped || error instanceof FailureWithRecovery) throw error
    // Not the exit code of a refusal before anything was changed.
    throw new StepFailure(error, advice, 'NotFinished')
  }
}

/** What the requests of this run may have left. */
interface Trace {
  /** Requests without a reply whose key has not been found. */
  lost: number
  /** Keys that were found, and deleted. */
  readonly deleted: string[]
}

const whatIsLeft = ({ lost, deleted }: Trace, context: CreateContext): string =>
  [
    ...deleted.map(id => `the key ${id}, which had appeared without a reply, was deleted again`),
    ...(lost > 0 ? [lookAgain(context)] : []),
  ].join('\n')

async function requestUntilWhole(trace: Trace, context: CreateContext): Promise<WholeKey> {
  const { UserName, before, journal, signals, maxAttempts, clock, debug } = context
  // A key requested by an earlier run may appear, too.
  const open = journal.history.requested
  const began = open?.first ?? context.serviceTime()
  let lost = open !== undefined
  for (let attempt = 1; ; attempt++) {
    if (signals.received) throw new Interrupted(signals.received)
    await journal.record({ what: 'asked', at: context.serviceTime(), before })
    const end = await requestKey({ UserName }, context)
    if (end.kind !== 'failed') return await acceptKey(end, context)
    const { failure } = end
    debug(`CreateAccessKey, attempt ${attempt} of ${maxAttempts}: ${failure.name}: ${failure.message}`)
    if (signals.received) throw interrupted(failure, context)
    const isFull = failure.failure.code === 'LimitExceeded'
    const isUnknown = failure instanceof OutcomeUnknown
    lost ||= isUnknown
    if (isUnknown) trace.lost++
    if (!lost) await journal.record({ what: 'refused', at: context.serviceTime() })
    if (isFull && !lost) throw new Stopped('NotFinished', OTHER_RUN)
    if (isUnknown || isFull) await resolveLostRequest(failure, { began, isFull, trace }, context)
    else if (!failure.retryable) throw failure.failure
    if (attempt >= maxAttempts) throw failure.withRetries(attempt - 1)
    await clock.sleep(backoff(attempt, context), signals.interrupt)
  }
}

const OTHER_RUN = 'another key has appeared since this run looked: another run may be under way. If there is none, run this again'

/** A key that the reply named. It is deleted if it has no secret, or if the journal cannot record it. */
async function acceptKey(end: Exclude<KeyRequest, { kind: 'failed' }>, context: CreateContext): Promise<WholeKey> {
  const { journal, replaces, serviceTime } = context
  const { AccessKeyId } = end.named
  const failure = await journal.record({ what: 'created', id: AccessKeyId, at: serviceTime(), replaces }).then(
    () => (end.kind === 'useless' ? end.failure : undefined),
    (error: unknown) => error,
  )
  const key = end.kind === 'whole' ? wholeKey(end.delivery.output) : undefined
  if (failure === undefined && key !== undefined) return key
  const { sentence } = await rollBackAndRecord(end.named, context)
  if (!(failure instanceof Failure)) throw failure
  throw new StepFailure(failure, sentence, 'NotFinished')
}

/** Deletes a key that the reply named, and records it. */
export async function rollBackAndRecord(
  named: { readonly UserName?: string | undefined; readonly AccessKeyId: string },
  context: Pick<CreateContext, 'journal' | 'serviceTime'> & Parameters<typeof rollBack>[1],
): Promise<RollbackResult> {
  const result = await rollBack(named, context)
  if (result.deleted) await context.journal.record({ what: 'deleted', id: named.AccessKeyId, at: context.serviceTime() }).catch(() => {})
  return result
}

interface Request {
  /** When the first request was sent, by the service's clock. */
  readonly began: number
  /** The requests must have created a key, because there is no room for another. */
  readonly isFull: boolean
  readonly trace: Trace
}

/** Milliseconds to search for a key that need not exist: if it does, the next request is refused. */
const SEARCH_BRIEFLY = 4000
/** Dates are whole seconds, and the service's clock is known to the second. */
const CLOCK_GRAIN = 2000

/** Waits for the key of a request without a reply. A key that appears and is not used is deleted. */
async function resolveLostRequest(failure: CallFailure, { began, isFull, trace }: Request, context: CreateContext): Promise<void> {
  const { UserName, before, clock, signals, useReportedWithin, waitTimeout, accountOptions, progress, journal } = context
  const until = clock.now() + (isFull ? Math.min(waitTimeout, LISTS_LAG) : SEARCH_BRIEFLY)
  try {
    for (;;) {
      if (signals.received) throw interrupted(failure, context)
      const { listed, now } = await listKeys(UserName, context)
      const [found, ...others] = listed.filter(({ AccessKeyId = '' }) => !before.includes(AccessKeyId))
      if (found?.AccessKeyId !== undefined) {
        const { AccessKeyId, CreateDate } = found
        // Without a date, the key may come from this request or from another run.
        const created = serviceTime(CreateDate)
        if (created === undefined || others.length > 0 || created < began - CLOCK_GRAIN)
          throw stopped('NotFinished', OTHER_RUN, searchOf([found, ...others], began, UserName), context)
        if (await isUsed(AccessKeyId, context))
          throw new StepFailure(new Stopped('NotFinished', OTHER_RUN), lookAgain(context), 'NotFinished')
        if (now >= created + useReportedWithin) {
          await callWithRetry('DeleteAccessKey', { UserName, AccessKeyId }, context).catch((error: unknown) => {
            if (!(error instanceof Failure) || error instanceof Interrupted) throw error
            throw new StepFailure(error, inWords(searchOf([found], began, UserName), context), 'NotFinished')
          })
          trace.lost--
          trace.deleted.push(AccessKeyId)
          await journal.record({ what: 'deleted', id: AccessKeyId, at: now })
          return
        }
        if (created + useReportedWithin - now > WAITS_FOR_USE) {
          if (journal.lasting) throw new Stopped('NotFinished', whoseKey(AccessKeyId, created + useReportedWithin))
          // Without a journal, no later run knows of the request.
          throw stopped('DecisionNeeded', 'the reply to CreateAccessKey was lost', searchOf([found], began, UserName), context)
        }
        progress.say(`waiting whether anything uses ${AccessKeyId}, which has appeared without a reply`)
      } else if (clock.now() >= until) {
        if (!isFull) return
        const look = `Look for it with\n  ${listCommand({ UserName }, accountOptions)}`
        throw new FailureWithRecovery(
          new Stopped('NotFinished', 'IAM has created a key, and does not list it yet. Run this again later.'),
          look,
        )
      } else progress.say('waiting whether a key appears, for the reply to CreateAccessKey was lost')
      await clock.sleep(POLL_INTERVAL, signals.interrupt)
    }
  } finally {
    progress.end()
  }
}

/** What the appearance of these keys proves: one without a date may be old, and one from before the requests is another run's. */
function searchOf(appeared: readonly AccessKeyMetadata[], began: number, UserName: string): NewKeySearch {
  const idsWhere = (holds: (created: number | undefined) => boolean) =>
    appeared.flatMap(({ AccessKeyId, CreateDate }) => (AccessKeyId !== undefined && holds(serviceTime(CreateDate)) ? AccessKeyId : []))
  const since = idsWhere(created => created !== undefined && created >= began - CLOCK_GRAIN)
  if (since.length > 0) return { found: 'keys', keys: since.map(AccessKeyId => ({ UserName, AccessKeyId })) }
  const ids = idsWhere(created => created === undefined)
  return ids.length > 0 ? { found: 'undated', ids } : { found: 'nothing' }
}

const inWords = (search: NewKeySearch, context: CreateContext): string =>
  search.found === 'nothing' ? lookAgain(context) : describeSearch(search, { UserName: context.UserName }, context)

const stopped = (verdict: Verdict, why: string, search: NewKeySearch, context: CreateContext): StepFailure =>
  new StepFailure(new Stopped(verdict, why), inWords(search, context), verdict)

async function isUsed(AccessKeyId: string, context: CreateContext): Promise<boolean> {
  const { UserName, accountOptions, before } = context
  try {
    const { output } = await callWithRetry('GetAccessKeyLastUsed', { AccessKeyId }, context)
    if (output.AccessKeyLastUsed?.LastUsedDate !== undefined) return true
    const others: KeyUsage[] = []
    for (const id of before) others.push(await keyUsage(id, context))
    if (recordsUse(context.isAws, others)) return false
    throw new Failure('the service has reported no use of any key')
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Failure)) throw error
    const named = `The key ${AccessKeyId} has appeared, and whether anything uses it is not known. If nothing does, deactivate it with`
    throw new StepFailure(error, `${named}\n  ${updateCommand({ UserName, AccessKeyId }, 'Inactive', accountOptions)}`, 'DecisionNeeded')
  }
}

/** The request may have been carried out. */
function interrupted(failure: CallFailure, context: CreateContext): Failure {
  const { received } = context.signals
  if (received === undefined) return failure.failure
  if (!(failure instanceof OutcomeUnknown)) return new Interrupted(received)
  return new Interrupted(received, `interrupted by ${received}: ${failure.failure.message}\n\n${lookAgain(context)}`)
}

const lookAgain = ({ UserName, accountOptions }: CreateContext): string =>
  `Whether a key was created is not known. Run the same command again, or look for it with\n  ${listCommand({ UserName }, accountOptions)}`
