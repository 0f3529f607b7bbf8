/** The port to STS: the identity of a pair of credentials. `aws/sts.ts` implements it. */

/** As in the service's reply. */
interface Identity {
  readonly Account: string | undefined
  readonly Arn: string | undefined
  readonly UserId: string | undefined
}

/** One GetCallerIdentity. Throws NotSent, Refused or OutcomeUnknown (core/iam.ts); OutcomeUnknown also if `stop` is aborted. */
export type GetIdentity = (stop?: AbortSignal) => Promise<Identity>
