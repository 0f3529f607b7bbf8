/** Checks which credentials sign, which account they reach, and whether a rotation would work. Changes nothing, shows no secret. */

import type { Context, Outcome } from '../core/command.ts'
import { Failure } from '../core/errors.ts'
import { partitionOf } from '../core/partitions.ts'
import { attempt } from '../core/state-directory.ts'
import { callWithRetry, retry } from '../keys/retry.ts'
import type { Value } from '../python/value.ts'
import { EMPTY } from '../rotation/journal.ts'
import { journalName, readLocalHistory } from '../rotation/local-journal.ts'
import {
  checkClock,
  checkKeys,
  checkPermissions,
  checkStateDirectory,
  checkStore,
  type DoctorContext,
  type Finding,
  findingsOf,
} from './checks.ts'
import { principalArn, userArn } from './names.ts'

/** Thrown after the findings are shown. */
class RotationWouldFail extends Failure {
  override readonly name = 'RotationWouldFail'
  constructor(findings: readonly Finding[]) {
    super(`a rotation would fail, or might: ${findings.map(({ check }) => check).join(', ')}`)
  }
}

/** @throws Interrupted */
export async function examine({ UserName }: { readonly UserName?: string }, context: Context): Promise<Outcome> {
  const doctorContext: DoctorContext = { ...context, iam: await context.openIam() }
  const facts: Facts = {}
  const findings = [
    await findingsOf('credentials', 'failed', async () => {
      const getIdentity = (await context.sts())()
      facts.identity = await retry(getIdentity, context)
      return { result: 'ok', detail: 'accepted' }
    }),
  ]
  const { Account, Arn } = facts.identity ?? {}
  const user = UserName ?? /:user\/(?:.*\/)?([^/]+)$/.exec(Arn ?? '')?.[1]
  const journal = journalName(Account ?? '', user ?? '')
  const keys = await findingsOf('keys', 'failed', async () => {
    if (user === undefined) return { result: 'failed', detail: 'the caller is not an IAM user: use --user-name' }
    const { output, serverTime } = await callWithRetry('ListAccessKeys', { UserName: user }, doctorContext)
    if (serverTime !== undefined) facts.offset = Math.trunc((context.clock.now() - serverTime) / 1000) || 0
    const history = attempt(() => readLocalHistory(journal, context.host)) ?? EMPTY
    return checkKeys(user, output.AccessKeyMetadata ?? [], history)
  })
  findings.push({ check: 'clock', ...checkClock(facts.offset) }, keys)
  if (Arn !== undefined && user !== undefined) {
    facts.user = await userArn(user, Arn, doctorContext)
    findings.push(...(await checkPermissions(await principalArn(Arn, doctorContext), facts.user, doctorContext)))
  }
  findings.push(await findingsOf('state directory', 'failed', async () => checkStateDirectory(journal, context)))
  for (const store of context.stores) findings.push(await findingsOf(store.name, 'failed', () => checkStore(store, user)))

  const bad = findings.filter(({ result }) => result === 'failed' || result === 'unknown')
  return {
    output: new Map<string, Value>([
      ['Account', Account ?? null],
      ['Arn', Arn ?? null],
      ['UserName', user ?? null],
      ['UserArn', facts.user ?? null],
      ['AccessKeyId', context.signingKey?.AccessKeyId ?? null],
      ['Source', context.credentialMethod ?? null],
      ['Endpoint', endpointOf(context)],
      ['ClockOffset', facts.offset === undefined ? null : BigInt(facts.offset)],
      ['Checks', findings.map(shown)],
    ]),
    afterDelivery: async () => {
      if (bad.length > 0) throw new RotationWouldFail(bad)
    },
  }
}

/** Collected by the checks. */
interface Facts {
  identity?: { readonly Account: string | undefined; readonly Arn: string | undefined }
  /** The ARN of the user whose key it is. */
  user?: string
  /** In whole seconds, positive if this machine is ahead of the service. The service sends no fractions. */
  offset?: number
}

const shown = ({ check, result, detail }: Finding): Value =>
  new Map([
    ['Check', check],
    ['Result', result],
    ['Detail', detail],
  ])

function endpointOf({ endpoint, region }: Context): string {
  if (endpoint !== undefined) return endpoint
  const partition = partitionOf(region ?? '')
  return partition === 'aws' ? 'https://iam.amazonaws.com/' : `the one of ${partition}`
}
