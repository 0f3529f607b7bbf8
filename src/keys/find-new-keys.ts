/** Searches for a key that was created since the call began, with ListAccessKeys, and describes what it finds. Deletes nothing. */

import type { Context } from '../core/command.ts'
import { type AccessKeyMetadata, CallFailure, OutcomeUnknown, type Reply } from '../core/iam.ts'
import { serviceTime } from '../core/service-time.ts'
import { withAnswerTimeout } from './answer-timeout.ts'
import { deleteCommand, type KeyReference, listCommand, ownUser } from './recovery-commands.ts'

/** How long to poll for a key after a lost reply, in milliseconds. ListAccessKeys lags by seconds. */
const POLL_FOR = 4000
const POLL_INTERVAL = 500
/** CreateDate and the Date header are whole seconds, both rounded down. */
const CLOCK_GRAIN = 2000
/** The largest difference between our clock and the server's without a Date header, in milliseconds: beyond it no signature is valid. */
const LARGEST_CLOCK_SKEW = 300_000
/** The most pages of a list. AWS has one; other services may allow any number of keys. */
const MOST_PAGES = 10

export type NewKeySearch =
  /** They are new by the service's clock, or missing from the list made before the call. */
  | { readonly found: 'keys'; readonly keys: readonly KeyReference[] }
  /** They may be new or old, and are never offered for deletion. */
  | { readonly found: 'undated'; readonly ids: readonly string[] }
  /** Does not prove that there is none: the list may lag. */
  | { readonly found: 'nothing' }
  /** If `denied`, polling is pointless. */
  | { readonly found: 'unknown'; readonly denied: boolean }

type SearchContext = Pick<Context, 'iam' | 'clock' | 'signals' | 'debug'>

interface User {
  readonly UserName?: string
}

/** What decides, apart from the list, which keys are new. */
export interface SearchBounds {
  /** The start of the first call, by our clock. */
  readonly began: number
  /** The ids of a list made before the call, if there is one. */
  readonly before?: readonly string[] | undefined
  /** The id of a key to leave out. */
  readonly ours?: string | undefined
}

/** Lists until a new key appears or the time is up; after a signal, once. Never throws. */
export async function pollForNewKeys(user: User, known: SearchBounds, context: SearchContext): Promise<NewKeySearch> {
  const { clock, signals, debug } = context
  const until = clock.now() + POLL_FOR
  for (;;) {
    const requestedAt = clock.now()
    const search = await listNewKeys(user, known, context)
    // A slow answer describes the time of its request.
    if (search.found === 'keys' || (search.found === 'unknown' && search.denied) || requestedAt >= until || signals.received) {
      debug(`looked for a new key: ${search.found}`)
      return search
    }
    await clock.sleep(POLL_INTERVAL, signals.interrupt)
  }
}

/** Lists once. Never throws. */
export async function listNewKeys(user: User, known: SearchBounds, context: SearchContext): Promise<NewKeySearch> {
  try {
    const { listed, serverTime } = await listKeys(user, context)
    const isNew = newnessTest(known, serverTime, context.clock.now())
    const others = listed.filter(({ AccessKeyId }) => AccessKeyId !== known.ours)
    const keys = others.filter(key => isNew(key) === true)
    if (keys.length > 0)
      return { found: 'keys', keys: keys.map(({ UserName, AccessKeyId }) => ({ ...ownUser(UserName), ...user, AccessKeyId })) }
    const ids = others.filter(key => isNew(key) === undefined).map(({ AccessKeyId }) => AccessKeyId)
    return ids.length > 0 ? { found: 'undated', ids } : { found: 'nothing' }
  } catch (error) {
    const failure = error instanceof CallFailure ? error : undefined
    if (failure?.failure.code === 'NoSuchEntity') return { found: 'nothing' }
    return { found: 'unknown', denied: failure !== undefined && !(failure instanceof OutcomeUnknown) && !failure.retryable }
  }
}

type Listed = AccessKeyMetadata & { readonly AccessKeyId: string }

/** All pages. Throws a CallFailure, and an Error for a list that does not end or has a key without an id. */
async function listKeys(
  user: User,
  context: SearchContext,
): Promise<{ readonly listed: readonly Listed[]; readonly serverTime: number | undefined }> {
  const listed: Listed[] = []
  let Marker: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const input = Marker === undefined ? user : { ...user, Marker }
    const { output, serverTime }: Reply<'ListAccessKeys'> = await withAnswerTimeout(
      stop => context.iam.call('ListAccessKeys', input, stop),
      context,
    )
    for (const key of output.AccessKeyMetadata ?? []) {
      if (key.AccessKeyId === undefined) throw new Error('a key has no id')
      listed.push({ ...key, AccessKeyId: key.AccessKeyId })
    }
    Marker = output.IsTruncated ? output.Marker : undefined
    if (Marker === undefined) return { listed, serverTime }
  }
  throw new Error('the list does not end')
}

/** Whether a key is new; undefined if unknown: a date is unreadable, or later than the service's clock. */
function newnessTest({ began, before }: SearchBounds, serverTime: number | undefined, now: number): (key: Listed) => boolean | undefined {
  const start = serverTime === undefined ? began - LARGEST_CLOCK_SKEW : serverTime - (now - began) - CLOCK_GRAIN
  return ({ AccessKeyId, CreateDate }) => {
    const created = serviceTime(CreateDate)
    if (before?.includes(AccessKeyId) || (created !== undefined && created < start)) return false
    if (before) return true
    return created === undefined || serverTime === undefined || created > serverTime + CLOCK_GRAIN ? undefined : true
  }
}

/** The result in words, with a recovery command. */
export function describeSearch(search: NewKeySearch, user: User, { accountOptions }: Pick<Context, 'accountOptions'>): string {
  const look = `with\n  ${listCommand(user, accountOptions)}`
  if (search.found === 'nothing') return `ListAccessKeys shows no new key. To make sure, look again ${look}`
  if (search.found === 'unknown') {
    return `It is not known whether a key was created, because ListAccessKeys did not answer either. Look for it ${look}`
  }
  if (search.found === 'undated') {
    const shown = search.ids.length === 1 ? `the key ${search.ids[0]}` : `the keys ${search.ids.join(', ')}`
    const dates = 'The dates of the service do not tell'
    return `ListAccessKeys shows ${shown}. ${dates} whether one of them is new. Look again ${look}`
  }
  const named = search.keys.map(key => {
    const appeared = `The key ${key.AccessKeyId} has appeared meanwhile, and its secret is lost.`
    return `${appeared} Unless another program created it, delete it with\n  ${deleteCommand(key, accountOptions)}`
  })
  // The list may lag: the key in it need not be ours.
  return [...named, `If another program created it, look again ${look}`].join('\n')
}
