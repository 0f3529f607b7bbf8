/** The port to STS: whom a pair of credentials belongs to. `aws/sts.ts` has the SDK's. */

/** As the service's reply says it. */
interface Identity {
  readonly Account: string | undefined
  readonly Arn: string | undefined
  readonly UserId: string | undefined
}

/** GetCallerIdentity, once. Throws NotSent, Refused or OutcomeUnknown (core/iam.ts); OutcomeUnknown also when `stop` is aborted. */
export type GetIdentity = (stop?: AbortSignal) => Promise<Identity>
