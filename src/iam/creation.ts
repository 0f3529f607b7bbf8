/**
 * One access key, from the call to its delivery or its end: when to try again, when to look, when to take back. The promise is kept
 * here: only what certainly did not happen is repeated unseen, only a key that our own reply named is deleted, and a key that may
 * exist is named. No SDK, no process, no clock of its own.
 */

import type { Context, Outcome } from '../command.ts'
import { Aftermath, Failure, Interrupted } from '../errors.ts'
import { type AccessKey, type AccessKeyMetadata, CallFailure, Unclear } from '../service.ts'

/** How long a key that a lost reply may have made is looked for, and how often, in milliseconds. ListAccessKeys lags by seconds. */
const LOOK_FOR = 4000
const LOOK_EVERY = 500
/** How long one question after the fact may take, in milliseconds: whoever waits for it has waited for the call already. */
const ANSWER_WITHIN = 10_000
/** CreateDate and the Date header are whole seconds, each cut off. */
const CLOCK_GRAIN = 2000
/** Without a Date header, how far our clock and the server's may differ, in milliseconds. */
const CLOCK_DOUBT = 300_000
/** Attempts to take a key back, and the longest wait between attempts of any kind, in milliseconds (standard.py, 2.36.7). */
const WITHDRAWALS = 5
const LONGEST_WAIT = 20_000

/**
 * @param input the user's name as checked; none lets IAM take the caller's.
 * @throws Failure as aws-cli words it, as an Aftermath where a key was, or may have been, created; Interrupted if a signal came first.
 */
export async function createKey(input: { readonly UserName?: string }, context: Context): Promise<Outcome> {
  const { iam, clock, signals, maxAttempts, note, debug } = context
  note.begin({ UserName: input.UserName })
  const began = clock.now()
  for (let attempt = 1; ; attempt++) {
    if (signals.received) throw new Interrupted(signals.received)
    const asked = clock.now()
    const failure = await iam.call('CreateAccessKey', input, signals.overdue).then(
      reply => reply.output.AccessKey ?? {},
      (error: unknown) => error,
    )
    if (!(failure instanceof Error)) {
      const outcome = await created(failure as AccessKey, input, context)
      if (outcome) return outcome
    }
    const cause = failure instanceof Error ? failure : EMPTY_REPLY
    if (!(cause instanceof CallFailure)) throw cause
    const last = attempt >= maxAttempts ? cause.withRetries(attempt - 1) : cause.failure
    debug(`attempt ${attempt} of ${maxAttempts}: ${cause.constructor.name}: ${cause.failure.message}`)
    if (cause instanceof Unclear) {
      const seen = await look(input, began, context)
      debug(`looked for a new key: ${seen.found}`)
      if (seen.found !== 'none') throw interruptible(signals.received, new Aftermath(last, advise(seen, input, context)))
      if (!cause.retryable || attempt >= maxAttempts || signals.received) {
        throw interruptible(signals.received, new Aftermath(last, 'ListAccessKeys shows no new key: nothing was created.'))
      }
    } else if (!cause.retryable || attempt >= maxAttempts) throw last
    await clock.sleep(backoff(attempt, context) - (cause instanceof Unclear ? clock.now() - asked : 0), signals.came)
  }
}

const EMPTY_REPLY = new Unclear({ retryable: false, failure: new Failure('The reply to CreateAccessKey names no access key.') })

/** What a reply came to: an outcome if the key is whole, a Failure thrown if it had to be taken back, nothing if it names no key. */
async function created(key: AccessKey, input: { readonly UserName?: string }, context: Context): Promise<Outcome | undefined> {
  const { AccessKeyId, SecretAccessKey } = key
  if (!AccessKeyId) return undefined
  context.note.created(AccessKeyId)
  const owned = { ...input, ...(key.UserName ? { UserName: key.UserName } : {}), AccessKeyId }
  const undo = () => withdraw(owned, context)
  if (!SecretAccessKey) throw new Failure(`the reply to CreateAccessKey holds no secret; ${await undo()}`)
  return {
    output: new Map([['AccessKey', new Map(Object.entries(key))]]),
    undo,
    undoCommand: deletion(owned, context),
    secret: SecretAccessKey,
  }
}

/** Waits between attempts as aws-cli's standard mode: a random part of 1 s, 2 s, 4 s… (botocore/retries/standard.py, 2.36.7). */
function backoff(attempt: number, { random }: Context): number {
  return random() * Math.min(1000 * 2 ** (attempt - 1), LONGEST_WAIT)
}

function interruptible(signal: NodeJS.Signals | undefined, failure: Aftermath): Failure {
  return signal ? new Interrupted(signal, `interrupted by ${signal}: ${failure.message}`) : failure
}

// ---- looking ------------------------------------------------------------------------------------------------------------------------

type Seen =
  | { readonly found: 'none' | 'hidden'; readonly why?: string }
  | { readonly found: 'keys'; readonly keys: readonly AccessKeyMetadata[] }

/** Is there a key that was not there when the call began? Asks until one shows or the time is up; after a signal, once. */
async function look(input: { readonly UserName?: string }, began: number, context: Context): Promise<Seen> {
  const { clock, signals } = context
  const until = clock.now() + LOOK_FOR
  let seen: Seen = { found: 'hidden' }
  do {
    seen = await glance(input, began, context)
    if (seen.found === 'keys' || (seen.found === 'hidden' && seen.why === 'denied')) break
    await clock.sleep(LOOK_EVERY, signals.came)
  } while (clock.now() < until && !signals.received)
  return seen
}

async function glance(input: { readonly UserName?: string }, began: number, context: Context): Promise<Seen> {
  const { iam, clock } = context
  try {
    const { output, serverTime } = await answered(stop => iam.call('ListAccessKeys', input, stop), context)
    const start = serverTime === undefined ? began - CLOCK_DOUBT : serverTime - (clock.now() - began) - CLOCK_GRAIN
    const keys = output.AccessKeyMetadata.filter(key => !(Date.parse(key.CreateDate ?? '') < start))
    return keys.length > 0 ? { found: 'keys', keys } : { found: 'none' }
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    if (error.failure.code === 'NoSuchEntity') return { found: 'none' }
    return { found: 'hidden', why: error instanceof Unclear || error.retryable ? 'unanswered' : 'denied' }
  }
}

function advise(seen: Seen, input: { readonly UserName?: string }, context: Context): string {
  if (seen.found !== 'keys') {
    return `Whether a key was created is not known, for ListAccessKeys did not answer either. Look for it with\n  ${listing(input, context)}`
  }
  return seen.keys
    .map(key => {
      const owned = { ...input, ...(key.UserName ? { UserName: key.UserName } : {}), AccessKeyId: key.AccessKeyId ?? '' }
      return `The key ${key.AccessKeyId} appeared meanwhile and its secret is lost. Unless somebody else made it, delete it with\n  ${deletion(owned, context)}`
    })
    .join('\n')
}

// ---- taking back --------------------------------------------------------------------------------------------------------------------

interface OwnedKey {
  readonly UserName?: string
  readonly AccessKeyId: string
}

/** Deletes a key that our own reply named. Answers with what became of it, and never throws. */
async function withdraw(key: OwnedKey, context: Context): Promise<string> {
  const { iam, clock, signals, debug } = context
  for (let attempt = 1; ; attempt++) {
    try {
      await answered(stop => iam.call('DeleteAccessKey', key, stop), context)
      return `the new key ${key.AccessKeyId} was deleted again`
    } catch (error) {
      const failure = error instanceof CallFailure ? error : undefined
      debug(`DeleteAccessKey, attempt ${attempt}: ${error instanceof Error ? error.message : error}`)
      // Also after a lost reply to an earlier attempt, which did it.
      if (failure?.failure.code === 'NoSuchEntity') return `the new key ${key.AccessKeyId} was deleted again`
      const worthTrying = failure !== undefined && (failure instanceof Unclear || failure.retryable)
      if (!worthTrying || attempt >= WITHDRAWALS || signals.overdue.aborted) {
        const why = failure?.failure.code ?? 'no answer'
        return `the new key ${key.AccessKeyId} could not be deleted again (${why}). Delete it with\n  ${deletion(key, context)}`
      }
      await clock.sleep(backoff(attempt, context) / 2, signals.overdue)
    }
  }
}

/** A call after the fact: it may not hold up the end for ever. */
async function answered<T>(ask: (stop: AbortSignal) => Promise<T>, { clock, signals }: Context): Promise<T> {
  const late = new AbortController()
  const done = new AbortController()
  const patience = signals.received ? ANSWER_WITHIN / 3 : ANSWER_WITHIN
  clock.sleep(patience, done.signal).then(() => late.abort())
  try {
    return await ask(late.signal)
  } finally {
    done.abort()
  }
}

// ---- commands to paste --------------------------------------------------------------------------------------------------------------

function deletion({ UserName, AccessKeyId }: OwnedKey, { sameAccount }: Context): string {
  return `aws iam delete-access-key${userName(UserName)} --access-key-id ${word(AccessKeyId)}${sameAccount}`
}

function listing({ UserName }: { readonly UserName?: string }, { sameAccount }: Context): string {
  return `aws iam list-access-keys${userName(UserName)}${sameAccount}`
}

const userName = (name: string | undefined) => (name === undefined ? '' : ` --user-name ${word(name)}`)

/** As a POSIX shell takes one word. */
export const word = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
