/** The service refused a signature because of its time: by how much this machine's clock is wrong. */

import { CallFailure } from '../core/iam.ts'
import type { Hint, HintContext, PreparedFacts } from './index.ts'

/** The messages of IAM and of the signature's specification. */
const ABOUT_TIME = /Signature expired|not yet current|RequestTimeTooSkewed|RequestExpired|RequestInTheFuture/
/** A smaller difference is not the reason: AWS allows five minutes. */
const LEAST = 240_000

export const clockSkew: Hint = async (failure, { prepared }, context) => {
  if (prepared === undefined || !ABOUT_TIME.test(`${failure.code} ${failure.message}`)) return undefined
  const serverTime = await askTime(prepared, context)
  if (serverTime === undefined) return undefined
  const skew = context.host.clock.now() - serverTime
  if (Math.abs(skew) < LEAST) return undefined
  return `The clock of this machine is ${Math.round(Math.abs(skew) / 60_000)} minutes ${skew < 0 ? 'behind' : 'ahead of'} the service's.`
}

/** A refusal has a Date header, too. */
async function askTime({ iam }: PreparedFacts, { stop }: HintContext): Promise<number | undefined> {
  try {
    return (await iam.call('ListAccessKeys', {}, stop)).serverTime
  } catch (error) {
    if (error instanceof CallFailure) return error.serverTime
    throw error
  }
}
