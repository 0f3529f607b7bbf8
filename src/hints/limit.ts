/** The user already has two keys: their age, their last use, and which of them seems unused. */

import { reachesAws } from '../config/endpoint.ts'
import { type AccessKeyMetadata, CallFailure } from '../core/iam.ts'
import { serviceTime } from '../core/service-time.ts'
import { recordsUse } from '../keys/recorded-use.ts'
import { deleteCommand } from '../keys/recovery-commands.ts'
import type { Hint, PreparedFacts } from './index.ts'

interface UsedKey extends AccessKeyMetadata {
  /** When and by what service; `never`; undefined if unknown. */
  readonly used: LastUse
}

type LastUse = { readonly at: number; readonly ServiceName: string | undefined } | 'never' | undefined

const DAY = 86_400_000
/** A key that was not used for this long is idle. */
const IDLE_AFTER = 90 * DAY

export const twoKeys: Hint = async (failure, { invocation, prepared, accountOptions }, { host, stop }) => {
  if (failure.code !== 'LimitExceeded' || invocation?.command.operation !== 'CreateAccessKey' || prepared === undefined) return undefined
  const { UserName } = prepared.input
  const name = typeof UserName === 'string' ? UserName : undefined
  const { output } = await prepared.iam.call('ListAccessKeys', { UserName: name }, stop)
  const listed: UsedKey[] = []
  for (const key of output.AccessKeyMetadata ?? []) listed.push({ ...key, used: await lastUse(key, prepared, stop) })
  const keys = recordsUse(reachesAws(prepared.client.endpoint), listed) ? listed : listed.map(key => ({ ...key, used: undefined }))
  const now = host.clock.now()
  const idle = idlest(keys, now, prepared.signer)
  return [
    `The keys of ${keys[0]?.UserName ?? name ?? 'this user'}:`,
    ...keys.map(key => `  ${key.AccessKeyId}  ${key.Status}${ageOf(key, now)}${useOf(key, now)}`),
    ...(idle === undefined ? [] : ['If the idle key is no longer needed, delete it with', `  ${deleteCommand(idle, accountOptions)}`]),
  ].join('\n')
}

async function lastUse({ AccessKeyId = '' }: AccessKeyMetadata, { iam }: PreparedFacts, stop: AbortSignal): Promise<LastUse> {
  try {
    const { output } = await iam.call('GetAccessKeyLastUsed', { AccessKeyId }, stop)
    const { LastUsedDate, ServiceName } = output.AccessKeyLastUsed ?? {}
    if (LastUsedDate === undefined) return 'never'
    const at = serviceTime(LastUsedDate)
    return at === undefined ? undefined : { at, ServiceName }
  } catch (error) {
    if (error instanceof CallFailure) return undefined
    throw error
  }
}

function ageOf({ CreateDate }: UsedKey, now: number): string {
  const created = serviceTime(CreateDate)
  return created === undefined ? '' : `, created ${ago(created, now)}`
}

const useOf = ({ used }: UsedKey, now: number): string => {
  if (used === undefined) return ''
  return used === 'never' ? ', never used' : `, last used ${ago(used.at, now)}${used.ServiceName ? ` (${used.ServiceName})` : ''}`
}

/** The key that has been unused for the longest time, without the one that signs; undefined if the last use or age of another is unknown. */
function idlest(keys: readonly UsedKey[], now: number, signer: string | undefined) {
  if (keys.some(({ used, CreateDate }) => used === undefined || serviceTime(CreateDate) === undefined)) return undefined
  const since = ({ used, CreateDate }: UsedKey) => (typeof used === 'object' ? used.at : (serviceTime(CreateDate) ?? now))
  const [first] = keys
    .filter(key => key.AccessKeyId !== signer && (key.Status === 'Inactive' || now - since(key) > IDLE_AFTER))
    .sort((one, other) => since(one) - since(other))
  return first?.AccessKeyId === undefined ? undefined : { UserName: first.UserName, AccessKeyId: first.AccessKeyId }
}

/** In the largest unit with a count above one. */
function ago(time: number, now: number): string {
  const units = [
    ['days', DAY],
    ['hours', 3_600_000],
    ['minutes', 60_000],
  ] as const
  const [name, length] = units.find(([, length]) => now - time >= 2 * length) ?? []
  return name === undefined ? 'just now' : `${Math.floor((now - time) / length)} ${name} ago`
}
