/**
 * Creates an access key, with the policy for failures: only a call that certainly had no effect is repeated silently, only a key that the
 * reply named is deleted, and a key that may exist is reported. Knows no SDK and no process.
 */

import { backoff } from '../core/backoff.ts'
import type { Context, Outcome } from '../core/command.ts'
import { Failure, FailureWithRecovery, Interrupted } from '../core/errors.ts'
import { type AccessKey, CallFailure, OutcomeUnknown } from '../core/iam.ts'
import { describeSearch, type Known, listNewKeys, type NewKeySearch, pollForNewKeys } from './find-new-keys.ts'
import { deleteCommand, type KeyReference, ownUser } from './recovery-commands.ts'
import { rollBack } from './rollback.ts'

interface Input {
  readonly UserName?: string
}

type Needed = Pick<Context, 'iam' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'callJournal' | 'accountOptions' | 'debug'>

/**
 * @param input the user name, checked; without it IAM uses the caller's
 * @param before the ids of a list made before the call, if there is one
 * @throws Failure with aws-cli's message, as a FailureWithRecovery if a key was or may have been created; Interrupted for an earlier signal
 */
export async function createKey(input: Input, context: Needed, before?: readonly string[]): Promise<Outcome> {
  const { clock, signals, maxAttempts, callJournal, debug } = context
  if (signals.received) throw new Interrupted(signals.received)
  callJournal.begin({ UserName: input.UserName })
  const known: Known = { began: clock.now(), before }
  let doubt = false
  /** The keys that earlier attempts may have created. */
  const earlier = async (ours?: string) =>
    doubt ? [describeSearch(await listNewKeys(input, { ...known, ours }, context), input, context)] : []

  for (let attempt = 1; ; attempt++) {
    const asked = clock.now()
    const end = await requestKey(input, context)
    if (end.kind !== 'failed') {
      const { named } = end
      callJournal.created(named.AccessKeyId)
      const undo = async () => {
        const { sentence, certain } = await rollBack(named, context)
        doubt ||= !certain
        return [sentence, ...(await earlier(certain ? named.AccessKeyId : undefined))].join('\n')
      }
      if (end.kind === 'useless') throw ended(end.failure, [capitalized(await undo())], signals.received)
      const afterDelivery = doubt ? { afterDelivery: () => tellOfOthers(input, { ...known, ours: named.AccessKeyId }, context) } : {}
      return { ...end.delivery, undo, undoCommand: deleteCommand(named, context.accountOptions), ...afterDelivery }
    }

    const { failure } = end
    debug(`attempt ${attempt} of ${maxAttempts}: ${failure.name}: ${failure.message}`)
    const seen = failure instanceof OutcomeUnknown ? await pollForNewKeys(input, known, context) : undefined
    const again = attempt < maxAttempts && isRepeatable(failure, seen)
    // Polling took part of the wait.
    if (again) await clock.sleep(backoff(attempt, context) - (seen ? clock.now() - asked : 0), signals.interrupt)
    if (!again || signals.received) {
      const last = attempt < maxAttempts ? failure.failure : failure.withRetries(attempt - 1)
      throw ended(last, seen ? [describeSearch(seen, input, context)] : await earlier(), signals.received)
    }
    doubt ||= seen !== undefined
  }
}

/** A call without effect may be repeated; a call with an unknown outcome only if no new key appears. */
function isRepeatable(failure: CallFailure, seen: NewKeySearch | undefined): boolean {
  return failure.retryable && (!(failure instanceof OutcomeUnknown) || seen?.found === 'nothing')
}

/** How one request for a key ended. */
export type KeyRequest =
  | { readonly kind: 'whole'; readonly named: KeyReference; readonly delivery: Pick<Outcome, 'output' | 'secret'> }
  /** Our key, but unusable. */
  | { readonly kind: 'useless'; readonly named: KeyReference; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: CallFailure }

/** One attempt. Never throws. */
export async function requestKey(input: Input, { iam, signals }: Pick<Needed, 'iam' | 'signals'>): Promise<KeyRequest> {
  try {
    const { output } = await iam.call('CreateAccessKey', input, signals.deadline)
    return judge(output.AccessKey ?? {}, input)
  } catch (error) {
    // An unexpected error may have come after the call.
    const failure = error instanceof CallFailure ? error : unclear('The call to CreateAccessKey ended unexpectedly.')
    if (!(failure instanceof OutcomeUnknown) || failure.named === undefined) return { kind: 'failed', failure }
    return { kind: 'useless', named: { ...input, AccessKeyId: failure.named }, failure: failure.failure }
  }
}

/**
 * A complete reply with an id and a secret is a key, whatever characters they contain: other services use other alphabets than AWS, and
 * some let users choose. Damage is what contradicts itself, and is found earlier: a body shorter than announced (http/), invalid UTF-8,
 * control characters, unclosed elements (aws/xml.ts), two different ids or secrets (aws/protocol.ts). AWS's alphabet is not checked at
 * AWS's own endpoints either, because TLS detects damage.
 */
function judge(key: AccessKey, input: Input): KeyRequest {
  const { UserName, AccessKeyId = '', SecretAccessKey: secret = '' } = key
  if (isBlank(AccessKeyId)) return { kind: 'failed', failure: unclear('The reply to CreateAccessKey names no access key.') }
  // The requested name: the reply's may be damaged, too.
  const named = { ...ownUser(UserName), ...input, AccessKeyId }
  if (isBlank(secret)) return { kind: 'useless', named, failure: new Failure('The reply to CreateAccessKey holds no secret.') }
  return { kind: 'whole', named, delivery: { output: new Map([['AccessKey', new Map(Object.entries(key))]]), secret } }
}

/** Only white space that may separate elements. */
const isBlank = (text: string) => /^[ \t\r\n]*$/.test(text)

const unclear = (sentence: string) => new OutcomeUnknown({ retryable: false, failure: new Failure(sentence) })

/** The failure to throw. After a signal, a failure that left nothing behind is not reported. */
function ended(failure: Failure, advice: readonly string[], signal: NodeJS.Signals | undefined): Failure {
  const whole = advice.length > 0 ? new FailureWithRecovery(failure, advice.join('\n')) : failure
  if (!signal) return whole
  return advice.length > 0 ? new Interrupted(signal, `interrupted by ${signal}: ${whole.message}`) : new Interrupted(signal)
}

/** After the delivery, looks for a key that an earlier attempt may have created. Throws a Failure unless there is none. */
async function tellOfOthers(input: Input, known: Known, context: Needed): Promise<void> {
  const seen = await listNewKeys(input, known, context)
  if (seen.found !== 'nothing')
    throw new FailureWithRecovery(new Failure('The output is whole, but there may be another key.'), describeSearch(seen, input, context))
}

const capitalized = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1)
