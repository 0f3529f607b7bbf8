/**
 * Lists a user's keys and their last use. IAM's lists lag: a list that lacks an expected key is repeated for as long as IAM may take to show
 * a change.
 */

import type { Context } from '../core/command.ts'
import { Failure, Interrupted } from '../core/errors.ts'
import type { AccessKeyMetadata } from '../core/iam.ts'
import { serviceTime } from '../core/service-time.ts'
import { callWithRetry } from '../keys/retry.ts'
import type { History } from './journal.ts'
import type { ObserveContext } from './observe.ts'
import { LISTS_LAG } from './options.ts'
import type { Key, Use } from './state.ts'

/** Milliseconds between two attempts to see a change. */
export const POLL_INTERVAL = 2000

interface KeyList {
  readonly listed: readonly AccessKeyMetadata[]
  /** The service's clock. */
  readonly now: number
}

/** The first list that contains all expected keys, or the last one that there was time for. */
export async function listExpectedKeys(expected: ReadonlySet<string>, UserName: string, context: ObserveContext): Promise<KeyList> {
  const { clock, signals, progress, waitTimeout } = context
  const until = clock.now() + Math.min(waitTimeout, LISTS_LAG)
  try {
    for (;;) {
      const list = await listKeys(UserName, context)
      const missing = [...expected].filter(id => !list.listed.some(({ AccessKeyId }) => AccessKeyId === id))
      const left = until - clock.now()
      if (missing.length === 0 || left < POLL_INTERVAL) return list
      context.debug(`the list lacks ${missing.join(', ')}`)
      progress.say(`waiting until IAM lists ${missing.join(' and ')}, ${Math.round(left / 1000)} s at most`)
      await clock.sleep(POLL_INTERVAL, signals.interrupt)
      if (signals.received) throw new Interrupted(signals.received)
    }
  } finally {
    progress.end()
  }
}

/** All pages. */
export async function listKeys(
  UserName: string,
  context: Pick<Context, 'iam' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'debug'>,
): Promise<KeyList> {
  const listed: AccessKeyMetadata[] = []
  let now = context.clock.now()
  for (let Marker: string | undefined; ; ) {
    const { output, serverTime } = await callWithRetry('ListAccessKeys', { UserName, Marker }, context)
    listed.push(...(output.AccessKeyMetadata ?? []))
    now = serverTime ?? now
    if (!output.IsTruncated || output.Marker === undefined) return { listed, now }
    Marker = output.Marker
  }
}

/** Milliseconds for which a list may show an earlier status of a key. */
const STATUS_LAG = 60_000

export async function toKey(
  { AccessKeyId, Status, CreateDate }: AccessKeyMetadata,
  now: number,
  history: History,
  context: ObserveContext,
): Promise<Key> {
  // In whole seconds, like the Date header: with the finer dates of other services, a key would seem to be from the future.
  const time = serviceTime(CreateDate)
  const created = time && Math.floor(time / 1000) * 1000
  if (AccessKeyId === undefined) throw new Failure('The reply to ListAccessKeys has a key without its id.')
  const { deactivated } = history.keys[AccessKeyId] ?? {}
  const lags = deactivated !== undefined && now < deactivated + STATUS_LAG
  const { used } = await keyUsage(AccessKeyId, context)
  return { AccessKeyId, active: Status === 'Active' && !lags, created, used }
}

type UsageContext = Pick<Context, 'iam' | 'clock' | 'signals' | 'maxAttempts' | 'random' | 'debug'>

export interface KeyUsage {
  readonly used: Use
  readonly owner?: string | undefined
}

/** `unknown` if the service does not say: the permission may be missing, and nothing depends on this alone. */
export async function keyUsage(AccessKeyId: string, context: UsageContext): Promise<KeyUsage> {
  try {
    const { output } = await callWithRetry('GetAccessKeyLastUsed', { AccessKeyId }, context)
    const { LastUsedDate, ServiceName = '' } = output.AccessKeyLastUsed ?? {}
    return { used: useOf(LastUsedDate, ServiceName), owner: output.UserName }
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Failure)) throw error
    context.debug(`GetAccessKeyLastUsed: ${error.code ?? error.name}`)
    return { used: 'unknown' }
  }
}

export const withUnreportedUse = (key: Key): Key => (key.used === 'never' ? { ...key, used: 'unreported' } : key)

function useOf(LastUsedDate: string | undefined, service: string): Use {
  if (LastUsedDate === undefined) return 'never'
  const at = serviceTime(LastUsedDate)
  return at === undefined ? 'unknown' : { at, service }
}
