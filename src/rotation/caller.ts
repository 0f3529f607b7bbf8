/** Asks STS whose credentials sign. */

import type { GetIdentity } from '../core/sts.ts'
import { retry } from '../keys/retry.ts'
import { retryThrottled } from '../keys/throttling.ts'
import type { ObserveContext } from './observe.ts'

/** Calls GetCallerIdentity, for as long as it is throttled. */
export const identify = (getIdentity: GetIdentity, context: ObserveContext) =>
  retry(stop => retryThrottled('GetCallerIdentity', () => getIdentity(stop), context), context)

/** The name of the user that an ARN names. It follows the path; undefined for a role or the root user. */
export const userNameOf = (arn: string): string | undefined => (arn.includes(':user/') && arn.slice(arn.lastIndexOf('/') + 1)) || undefined
