/** The ARNs that a policy would use: those of STS have no paths. */

import { Failure, Interrupted } from '../core/errors.ts'
import { callWithRetry } from '../keys/retry.ts'
import type { DoctorContext } from './checks.ts'

/** `arn:aws:sts::1:assumed-role/Admin/me` → the ARN of the role. The ARNs of users and of root are unchanged. */
export async function principalArn(caller: string, context: DoctorContext): Promise<string> {
  const [, partition, account, role] = /^arn:([^:]*):sts::(\d*):assumed-role\/([^/]+)\//.exec(caller) ?? []
  if (role === undefined) return caller
  const reply = await unlessRefused(() => callWithRetry('GetRole', { RoleName: role }, context))
  return reply?.output.Role?.Arn ?? `arn:${partition}:iam::${account}:role/${role}`
}

/** @param caller in the same account */
export async function userArn(user: string, caller: string, context: DoctorContext): Promise<string> {
  const reply = await unlessRefused(() => callWithRetry('GetUser', { UserName: user }, context))
  const [, partition, , , account] = caller.split(':')
  return reply?.output.User?.Arn ?? `arn:${partition}:iam::${account}:user/${user}`
}

/** Without the permission, the path is assumed to be `/`, as it usually is. */
async function unlessRefused<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Failure)) throw error
    return undefined
  }
}
