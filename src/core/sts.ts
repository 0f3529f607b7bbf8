/** The port to STS: whom a pair of credentials belongs to. `aws/sts.ts` has the SDK's. */

/** As the service's reply says it. */
interface Identity {
  readonly Account: string | undefined
  readonly Arn: string | undefined
  readonly UserId: string | undefined
}

/** GetCallerIdentity, once. Throws NotSent, Refused or Unclear (core/iam.ts); Unclear also when `stop` is aborted. */
export type AskIdentity = (stop?: AbortSignal) => Promise<Identity>
