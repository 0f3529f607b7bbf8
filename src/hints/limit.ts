/** A user has two keys already: which, how old, when they were last used, and which one nobody seems to need. */

import { type AccessKeyMetadata, CallFailure } from '../core/iam.ts'
import { deleteCommand } from '../keys/recovery-commands.ts'
import type { Hint, PreparedFacts } from './index.ts'

interface UsedKey extends AccessKeyMetadata {
  /** When and by what; `never`; undefined where that may not be asked. */
  readonly used: { readonly at: number; readonly ServiceName: string | undefined } | 'never' | undefined
}

const DAY = 86_400_000
/** A key that has worked for nobody so long is idle. */
const IDLE_AFTER = 90 * DAY

export const twoKeys: Hint = async (failure, { invocation, prepared, accountOptions }, { host, stop }) => {
  if (failure.code !== 'LimitExceeded' || invocation?.command.operation !== 'CreateAccessKey' || prepared === undefined) return undefined
  const { UserName } = prepared.input
  const name = typeof UserName === 'string' ? UserName : undefined
  const { output } = await prepared.iam.call('ListAccessKeys', { UserName: name }, stop)
  const keys: UsedKey[] = []
  for (const key of output.AccessKeyMetadata ?? []) keys.push({ ...key, used: await lastUse(key, prepared, stop) })
  const now = host.clock.now()
  const idle = idlest(keys, now, prepared.signer)
  return [
    `The keys of ${keys[0]?.UserName ?? name ?? 'this user'}:`,
    ...keys.map(key => `  ${key.AccessKeyId}  ${key.Status}, created ${ago(Date.parse(key.CreateDate ?? ''), now)}${useOf(key, now)}`),
    ...(idle === undefined ? [] : ['If nobody needs the idle one, delete it with', `  ${deleteCommand(idle, accountOptions)}`]),
  ].join('\n')
}

async function lastUse({ AccessKeyId = '' }: AccessKeyMetadata, { iam }: PreparedFacts, stop: AbortSignal): Promise<UsedKey['used']> {
  try {
    const { output } = await iam.call('GetAccessKeyLastUsed', { AccessKeyId }, stop)
    const { LastUsedDate, ServiceName } = output.AccessKeyLastUsed ?? {}
    return LastUsedDate === undefined ? 'never' : { at: Date.parse(LastUsedDate), ServiceName }
  } catch (error) {
    if (error instanceof CallFailure) return undefined
    throw error
  }
}

const useOf = ({ used }: UsedKey, now: number): string => {
  if (used === undefined) return ''
  return used === 'never' ? ', never used' : `, last used ${ago(used.at, now)}${used.ServiceName ? ` (${used.ServiceName})` : ''}`
}

/** The key that has been of use to nobody for longest; never the one that signs, and none where another's use is not known. */
function idlest(keys: readonly UsedKey[], now: number, signer: string | undefined) {
  if (keys.some(({ used }) => used === undefined)) return undefined
  const since = ({ used, CreateDate = '' }: UsedKey) => (typeof used === 'object' ? used.at : Date.parse(CreateDate))
  const [first] = keys
    .filter(key => key.AccessKeyId !== signer && (key.Status === 'Inactive' || now - since(key) > IDLE_AFTER))
    .sort((one, other) => since(one) - since(other))
  return first?.AccessKeyId === undefined ? undefined : { UserName: first.UserName, AccessKeyId: first.AccessKeyId }
}

/** In the largest unit that is more than one. */
function ago(time: number, now: number): string {
  const units = [
    ['days', DAY],
    ['hours', 3_600_000],
    ['minutes', 60_000],
  ] as const
  const [name, length] = units.find(([, length]) => now - time >= 2 * length) ?? []
  return name === undefined ? 'just now' : `${Math.floor((now - time) / length)} ${name} ago`
}
