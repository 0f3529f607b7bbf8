/** The checks for a rotation. Each calls and changes nothing else; a problem is a Finding, not an error, except for a signal. */

import type { Context } from '../core/command.ts'
import { Failure, Interrupted, messageOf } from '../core/errors.ts'
import type { Iam, Operation } from '../core/iam.ts'
import { type KeyStore, StoreFailure } from '../core/key-store.ts'
import { callWithRetry } from '../keys/retry.ts'
import type { History, KeyHistory } from '../rotation/journal.ts'
import { whyNoLocalJournal } from '../rotation/local-journal.ts'

/** `warning`: a rotation would work nevertheless. `unknown`: it may work, but it is not permitted to find out. */
export type CheckResult = 'ok' | 'warning' | 'failed' | 'unknown'

export interface Finding {
  readonly check: string
  readonly result: CheckResult
  readonly detail: string
}

export type DoctorContext = Omit<Context, 'iam'> & { readonly iam: Iam<Operation> }

/** The finding, or `bad` with the reason for which the check failed. Throws Interrupted. */
export async function findingsOf(check: string, bad: CheckResult, run: () => Promise<Omit<Finding, 'check'>>): Promise<Finding> {
  try {
    return { check, ...(await run()) }
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Failure)) throw error
    return { check, result: bad, detail: firstLine(error instanceof StoreFailure ? error.reason : error.message) }
  }
}

/** Without what follows on further lines, such as a reply that could not be parsed. */
const firstLine = (message: string): string => message.replace(/:?\n[\s\S]*/, '')

/** AWS refuses a signature that is five minutes off. */
const MOST_SECONDS = 300

/** @param offset by how many seconds this machine is ahead of the service */
export function checkClock(offset: number | undefined): Omit<Finding, 'check'> {
  if (offset === undefined) return { result: 'warning', detail: 'there was no reply of IAM that has its time' }
  const detail = offset === 0 ? 'as the service has it' : `${Math.abs(offset)} s ${offset < 0 ? 'behind' : 'ahead of'} the service`
  if (Math.abs(offset) < MOST_SECONDS) return { result: 'ok', detail }
  return { result: 'warning', detail: `${detail}; a request is refused once, and then signed with the time of the service` }
}

const MOST_KEYS = 2

interface ListedKey {
  readonly AccessKeyId?: string
  readonly Status?: string
}

/** @param history what earlier rotations have recorded */
export function checkKeys(user: string, keys: readonly ListedKey[], history: History): Omit<Finding, 'check'> {
  const active = keys.filter(({ Status }) => Status === 'Active').length
  if (active === 0) return { result: 'failed', detail: `${user} has no active key to rotate` }
  if (keys.length < MOST_KEYS) return { result: 'ok', detail: `${user} has one key, and room for another` }
  const replaced = keys.find(({ AccessKeyId = '' }) => keys.some(other => isReplaced(AccessKeyId, historyOf(other, history))))
  if (replaced === undefined) return { result: 'failed', detail: `${user} has two keys; see --two-keys` }
  return { result: 'ok', detail: `${user} has two keys, of which a later run retires or deletes ${replaced.AccessKeyId}` }
}

const historyOf = ({ AccessKeyId = '' }: ListedKey, { keys }: History): KeyHistory => keys[AccessKeyId] ?? {}

const isReplaced = (id: string, { created, handedOver }: KeyHistory): boolean =>
  [created, handedOver].some(succession => succession !== undefined && Object.hasOwn(succession.replaces, id))

/** The permissions for a rotation, and the result if one is missing. */
const PERMISSIONS = {
  ListAccessKeys: 'failed',
  CreateAccessKey: 'failed',
  UpdateAccessKey: 'failed',
  DeleteAccessKey: 'failed',
  GetAccessKeyLastUsed: 'warning',
} as const satisfies Record<string, CheckResult>

const isPermission = (name: string | undefined): name is keyof typeof PERMISSIONS => name !== undefined && Object.hasOwn(PERMISSIONS, name)

/** @param principal the ARN whose policies apply. @param user the ARN of the resource. */
export async function checkPermissions(principal: string, user: string, context: DoctorContext): Promise<readonly Finding[]> {
  const names = Object.keys(PERMISSIONS).filter(isPermission)
  // The root user has no policies.
  if (principal.endsWith(':root')) return names.map(check => ({ check, result: 'ok', detail: 'the root user may do everything' }))
  try {
    const input = { PolicySourceArn: principal, ActionNames: names.map(name => `iam:${name}`), ResourceArns: [user] }
    const { output } = await callWithRetry('SimulatePrincipalPolicy', input, context)
    const decisions = new Map(output.EvaluationResults?.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision]))
    return names.map(check => {
      const decision = decisions.get(`iam:${check}`)
      if (decision === undefined) return { check, result: 'unknown', detail: 'missing from the simulation' }
      if (decision === 'allowed') return { check, result: 'ok', detail: 'allowed' }
      return { check, result: PERMISSIONS[check], detail: decision }
    })
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Failure)) throw error
    return [{ check: 'permissions', result: 'unknown', detail: firstLine(messageOf(error)) }]
  }
}

/** @param journal its name; of a user without a journal if the caller's account is unknown */
export function checkStateDirectory(journal: string, { host }: Pick<Context, 'host'>): Omit<Finding, 'check'> {
  const why = whyNoLocalJournal(journal, host)
  if (why === undefined) return { result: 'ok', detail: 'writable' }
  return { result: 'warning', detail: `${why}: a run cannot know what an earlier one began` }
}

/** Whether the store would take a key, and the id of the key that it holds. */
export async function checkStore(store: KeyStore, user: string | undefined): Promise<Omit<Finding, 'check'>> {
  await store.check()
  if (store.read === undefined) return { result: 'ok', detail: 'can be started, cannot be read' }
  const held = await store.read(user)
  return { result: 'ok', detail: held ? `writable, holds ${held.AccessKeyId}` : 'writable, holds no key' }
}
