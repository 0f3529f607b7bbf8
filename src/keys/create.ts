/**
 * Creates an access key, with the policy for failures: only a call that certainly had no effect is repeated silently, only a key that the
 * reply named is deleted, and a key that may exist is reported. Knows no SDK and no process.
 */

import { backoff } from '../core/backoff.ts'
import type { Context, Outcome } from '../core/command.ts'
import { Failure, FailureWithRecovery, Interrupted } from '../core/errors.ts'
import { type AccessKey, CallFailure, OutcomeUnknown } from '../core/iam.ts'
import { describeSearch, listNewKeys, type NewKeySearch, pollForNewKeys, type SearchBounds } from './find-new-keys.ts'
import { deleteCommand, type KeyReference, ownUser } from './recovery-commands.ts'
import { rollBack } from './rollback.ts'

interface CreateInput {
  readonly UserName?: string
}

type CreateContext = Pick<Context, 'iam' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'callJournal' | 'accountOptions' | 'debug'>

/**
 * @param input the user name, checked; without it IAM uses the caller's
 * @param before the ids of a list made before the call, if there is one
 * @throws Failure with aws-cli's message, as a FailureWithRecovery if a key was or may have been created; Interrupted for an earlier signal
 */
export async function createKey(input: CreateInput, context: CreateContext, before?: readonly string[]): Promise<Outcome> {
  const { clock, signals, maxAttempts, callJournal, debug } = context
  if (signals.received) throw new Interrupted(signals.received)
  callJournal.begin({ UserName: input.UserName })
  const known: SearchBounds = { began: clock.now(), before }
  let otherKeyPossible = false
  /** The keys that earlier attempts may have created. */
  const describeEarlierKeys = async (ours?: string) =>
    otherKeyPossible ? [describeSearch(await listNewKeys(input, { ...known, ours }, context), input, context)] : []

  for (let attempt = 1; ; attempt++) {
    const requestedAt = clock.now()
    const end = await requestKey(input, context)
    if (end.kind !== 'failed') {
      const { named } = end
      callJournal.created(named.AccessKeyId)
      const undo = async () => {
        const { sentence, certain } = await rollBack(named, context)
        otherKeyPossible ||= !certain
        return [sentence, ...(await describeEarlierKeys(certain ? named.AccessKeyId : undefined))].join('\n')
      }
      if (end.kind === 'useless') throw withAdvice(end.failure, [capitalized(await undo())], signals.received)
      const afterDelivery = otherKeyPossible
        ? { afterDelivery: () => reportOtherKeys(input, { ...known, ours: named.AccessKeyId }, context) }
        : {}
      return { ...end.delivery, undo, undoCommand: () => deleteCommand(named, context.accountOptions), ...afterDelivery }
    }

    const { failure } = end
    debug(`attempt ${attempt} of ${maxAttempts}: ${failure.name}: ${failure.message}`)
    const search = failure instanceof OutcomeUnknown ? await pollForNewKeys(input, known, context) : undefined
    const again = attempt < maxAttempts && isRepeatable(failure, search)
    // Polling took part of the wait.
    if (again) await clock.sleep(backoff(attempt, context) - (search ? clock.now() - requestedAt : 0), signals.interrupt)
    if (!again || signals.received) {
      const last = attempt < maxAttempts ? failure.failure : failure.withRetries(attempt - 1)
      throw withAdvice(last, search ? [describeSearch(search, input, context)] : await describeEarlierKeys(), signals.received)
    }
    otherKeyPossible ||= search !== undefined
  }
}

/** A call without effect may be repeated; a call with an unknown outcome only if no new key appears. */
function isRepeatable(failure: CallFailure, search: NewKeySearch | undefined): boolean {
  return failure.retryable && (!(failure instanceof OutcomeUnknown) || search?.found === 'nothing')
}

/** How one request for a key ended. */
export type KeyRequest =
  | { readonly kind: 'whole'; readonly named: KeyReference; readonly delivery: Pick<Outcome, 'output' | 'secret'> }
  /** Our key, but unusable. */
  | { readonly kind: 'useless'; readonly named: KeyReference; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: CallFailure }

/** One attempt. Never throws. */
export async function requestKey(input: CreateInput, { iam, signals }: Pick<CreateContext, 'iam' | 'signals'>): Promise<KeyRequest> {
  try {
    const { output } = await iam.call('CreateAccessKey', input, signals.deadline)
    return keyRequestFrom(output.AccessKey ?? {}, input)
  } catch (error) {
    // An unexpected error may have come after the call.
    const failure = error instanceof CallFailure ? error : outcomeUnknown('The call to CreateAccessKey ended unexpectedly.')
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
function keyRequestFrom(key: AccessKey, input: CreateInput): KeyRequest {
  const { UserName, AccessKeyId = '', SecretAccessKey: secret = '' } = key
  if (isBlank(AccessKeyId)) return { kind: 'failed', failure: outcomeUnknown('The reply to CreateAccessKey names no access key.') }
  // The requested name: the reply's may be damaged, too.
  const named = { ...(input.UserName === undefined && ownUser(UserName)), ...input, AccessKeyId }
  if (isBlank(secret)) return { kind: 'useless', named, failure: new Failure('The reply to CreateAccessKey holds no secret.') }
  return { kind: 'whole', named, delivery: { output: new Map([['AccessKey', new Map(Object.entries(key))]]), secret } }
}

/** Only white space that may separate elements. */
const isBlank = (text: string) => ' \t\r\n'.includes(text.charAt(0)) && /^[ \t\r\n]*$/.test(text)

const outcomeUnknown = (sentence: string) => new OutcomeUnknown({ retryable: false, failure: new Failure(sentence) })

/** The failure to throw. After a signal, a failure that left nothing behind is not reported. */
function withAdvice(failure: Failure, advice: readonly string[], signal: NodeJS.Signals | undefined): Failure {
  const whole = advice.length > 0 ? new FailureWithRecovery(failure, advice.join('\n')) : failure
  if (!signal) return whole
  return advice.length > 0 ? new Interrupted(signal, `interrupted by ${signal}: ${whole.message}`) : new Interrupted(signal)
}

/** After the delivery, looks for a key that an earlier attempt may have created. Throws a Failure unless there is none. */
async function reportOtherKeys(input: CreateInput, known: SearchBounds, context: CreateContext): Promise<void> {
  const search = await listNewKeys(input, known, context)
  if (search.found !== 'nothing')
    throw new FailureWithRecovery(new Failure('The output is whole, but there may be another key.'), describeSearch(search, input, context))
}

const capitalized = (sentence: string) => sentence.charAt(0).toUpperCase() + sentence.slice(1)
