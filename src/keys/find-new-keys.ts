/** Is there a key that was not there when the call began? Looks with ListAccessKeys and says what to do about what it sees; deletes nothing. */

import type { Context } from '../core/command.ts'
import { CallFailure, OutcomeUnknown } from '../core/iam.ts'
import { withAnswerTimeout } from './answer-timeout.ts'
import { deleteCommand, type KeyReference, listCommand } from './recovery-commands.ts'

/** How long a key that a lost reply may have made is looked for, and how often, in milliseconds. ListAccessKeys lags by seconds. */
const LOOK_FOR = 4000
const LOOK_EVERY = 500
/** CreateDate and the Date header are whole seconds, each cut off. */
const CLOCK_GRAIN = 2000
/** Without a Date header, how far our clock and the server's may differ, in milliseconds: with more the signature would not be valid. */
const CLOCK_DOUBT = 300_000

export type NewKeySearch =
  | { readonly found: 'keys'; readonly keys: readonly KeyReference[] }
  /** Which proves little: a list may lag, and so may the service. */
  | { readonly found: 'nothing' }
  /** `denied` will not change by asking again. */
  | { readonly found: 'unknown'; readonly denied: boolean }

type Needed = Pick<Context, 'iam' | 'clock' | 'signals' | 'debug'>

interface User {
  readonly UserName?: string
}

/**
 * Asks until a key shows or the time is up; after a signal, once. Never throws.
 * @param began when the first call began, by our clock.
 */
export async function pollForNewKeys(user: User, began: number, context: Needed): Promise<NewKeySearch> {
  const { clock, signals, debug } = context
  const until = clock.now() + LOOK_FOR
  for (;;) {
    const asked = clock.now()
    const seen = await listNewKeys(user, began, context)
    // A slow answer tells of the time when it was asked for.
    if (seen.found === 'keys' || (seen.found === 'unknown' && seen.denied) || asked >= until || signals.received) {
      debug(`looked for a new key: ${seen.found}`)
      return seen
    }
    await clock.sleep(LOOK_EVERY, signals.interrupt)
  }
}

/** Asks once; "new" is judged by the server's clock, and `ours` is none that is looked for. Never throws. */
export async function listNewKeys(user: User, began: number, context: Needed, ours?: KeyReference): Promise<NewKeySearch> {
  const { iam, clock } = context
  try {
    const { output, serverTime } = await withAnswerTimeout(stop => iam.call('ListAccessKeys', user, stop), context)
    const start = serverTime === undefined ? began - CLOCK_DOUBT : serverTime - (clock.now() - began) - CLOCK_GRAIN
    const keys = output.AccessKeyMetadata.flatMap(({ UserName, AccessKeyId, CreateDate }) =>
      AccessKeyId === undefined || AccessKeyId === ours?.AccessKeyId || Date.parse(CreateDate ?? '') < start
        ? []
        : { ...(UserName !== undefined && { UserName }), ...user, AccessKeyId },
    )
    return keys.length > 0 ? { found: 'keys', keys } : { found: 'nothing' }
  } catch (error) {
    const failure = error instanceof CallFailure ? error : undefined
    if (failure?.failure.code === 'NoSuchEntity') return { found: 'nothing' }
    return { found: 'unknown', denied: failure !== undefined && !(failure instanceof OutcomeUnknown) && !failure.retryable }
  }
}

/** What the user is to make of it. */
export function describeSearch(seen: NewKeySearch, user: User, { accountOptions }: Pick<Context, 'accountOptions'>): string {
  const look = `with\n  ${listCommand(user, accountOptions)}`
  if (seen.found === 'nothing') return `ListAccessKeys shows no new key. To make sure, look again ${look}`
  if (seen.found === 'unknown') {
    return `Whether a key was created is not known, for ListAccessKeys did not answer either. Look for it ${look}`
  }
  const named = seen.keys.map(key => {
    const appeared = `The key ${key.AccessKeyId} appeared meanwhile and its secret is lost.`
    return `${appeared} Unless somebody else made it, delete it with\n  ${deleteCommand(key, accountOptions)}`
  })
  // A list may lag: the one that shows may not be ours.
  return [...named, `If somebody else made it, look again ${look}`].join('\n')
}
