/** The port to IAM: the operations iamkey uses and the three ways a call can fail. No SDK, no HTTP. */

import type { Failure } from './errors.ts'

/** An access key as the service's reply named it. A member is absent where the reply did not have it. */
export interface AccessKeyMetadata {
  readonly UserName?: string
  readonly AccessKeyId?: string
  readonly Status?: string
  /** As the service sent it, untouched. */
  readonly CreateDate?: string
}

/** The same as only the reply that created it has it. */
export interface AccessKey extends AccessKeyMetadata {
  readonly SecretAccessKey?: string
}

export interface AccessKeyLastUsed {
  /** As the service sent it, untouched. */
  readonly LastUsedDate?: string
  readonly ServiceName?: string
  readonly Region?: string
}

type UserName = string | undefined

/** What the commands around one key ask, in the service's own spelling: operation → its input and what comes back. */
interface KeyOperations {
  CreateAccessKey: { input: { readonly UserName?: UserName }; output: { readonly AccessKey?: AccessKey } }
  ListAccessKeys: {
    input: { readonly UserName?: UserName; readonly Marker?: string | undefined; readonly MaxItems?: number | undefined }
    /** An empty list may be absent (SeaweedFS), and so may IsTruncated (moto). */
    output: { readonly AccessKeyMetadata?: readonly AccessKeyMetadata[]; readonly IsTruncated?: boolean; readonly Marker?: string }
  }
  UpdateAccessKey: { input: { readonly UserName?: UserName; readonly AccessKeyId: string; readonly Status: Status }; output: Nothing }
  DeleteAccessKey: { input: { readonly UserName?: UserName; readonly AccessKeyId: string }; output: Nothing }
  GetAccessKeyLastUsed: {
    input: { readonly AccessKeyId: string }
    output: { readonly UserName?: string; readonly AccessKeyLastUsed?: AccessKeyLastUsed }
  }
  ListUsers: {
    input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined }
    output: { readonly Users?: readonly { readonly UserName?: string }[]; readonly IsTruncated: boolean; readonly Marker?: string }
  }
}
type Status = 'Active' | 'Inactive' | 'Expired'
type Nothing = Record<never, never>

/** What is asked about a whole account, and a user's tags: no plain call needs it, so its half of the SDK is loaded on demand. */
interface AccountOperations {
  GenerateCredentialReport: { input: Nothing; output: { readonly State?: string } }
  GetCredentialReport: { input: Nothing; output: { readonly Content?: Uint8Array; readonly GeneratedTime?: string } }
  ListUserTags: {
    input: { readonly UserName: string; readonly Marker?: string | undefined }
    output: { readonly Tags?: readonly Tag[]; readonly IsTruncated?: boolean; readonly Marker?: string }
  }
  TagUser: { input: { readonly UserName: string; readonly Tags: Required<Tag>[] }; output: Nothing }
  UntagUser: { input: { readonly UserName: string; readonly TagKeys: string[] }; output: Nothing }
  GetUser: { input: { readonly UserName: string }; output: { readonly User?: { readonly Arn?: string } } }
  GetRole: { input: { readonly RoleName: string }; output: { readonly Role?: { readonly Arn?: string } } }
  SimulatePrincipalPolicy: {
    input: { readonly PolicySourceArn: string; readonly ActionNames: string[]; readonly ResourceArns: string[] }
    output: { readonly EvaluationResults?: readonly { readonly EvalActionName?: string; readonly EvalDecision?: string }[] }
  }
}

export interface Tag {
  readonly Key?: string
  readonly Value?: string
}

export type KeyOperation = keyof KeyOperations
export type AccountOperation = keyof AccountOperations
export type Operation = KeyOperation | AccountOperation
export type Operations = KeyOperations & AccountOperations

export interface Reply<O extends Operation> {
  readonly output: Operations[O]['output']
  /** The server's `Date` header in milliseconds since 1970, where it sent one that can be read. */
  readonly serverTime: number | undefined
}

/** One request, one reply: no retries in here. */
export interface Iam<Known extends Operation = KeyOperation> {
  /** Throws NotSent, Refused or OutcomeUnknown; OutcomeUnknown also when `stop` is aborted before the reply is whole. */
  call<O extends Known>(operation: O, input: Operations[O]['input'], stop?: AbortSignal): Promise<Reply<O>>
}

/** Why a call failed, and what that says about its effect. Everything `Iam.call` throws is one of the three below, or a bug. */
export abstract class CallFailure extends Error {
  /** aws-cli's standard retry mode would try again (botocore/retries/standard.py, 2.36.7). */
  readonly retryable: boolean
  /** What to throw if this is the end: a sentence and an exit code. */
  readonly failure: Failure
  /** The same once the attempts are used up: a service error then says `(reached max retries: N)`. */
  readonly withRetries: (retries: number) => Failure
  /** The server's `Date` header in milliseconds since 1970, if there was an answer with one. */
  readonly serverTime: number | undefined
  constructor(about: {
    retryable: boolean
    failure: Failure
    withRetries?: (retries: number) => Failure
    serverTime?: number | undefined
  }) {
    super(about.failure.message)
    this.retryable = about.retryable
    this.failure = about.failure
    this.withRetries = about.withRetries ?? (() => about.failure)
    this.serverTime = about.serverTime
  }
}

/** Nothing left this machine: no connection, no credentials, a proxy that refused. Nothing happened. */
export class NotSent extends CallFailure {
  override readonly name = 'NotSent'
}

/** The service answered that it did not do it (4xx with an error it explains). Nothing happened. */
export class Refused extends CallFailure {
  override readonly name = 'Refused'
}

/** It may have happened: a lost or cut reply, a time-out, a 5xx, a 3xx, a 200 nobody can read. */
export class OutcomeUnknown extends CallFailure {
  override readonly name = 'OutcomeUnknown'
  /** The id of the access key that our own reply named, whole, before it broke off or could not be read: then it did happen. */
  readonly named: string | undefined
  /** The status says success, and there is no body that could say anything else. */
  readonly acknowledged: boolean
  constructor(about: ConstructorParameters<typeof CallFailure>[0] & { named?: string | undefined; acknowledged?: boolean }) {
    super(about)
    this.named = about.named
    this.acknowledged = about.acknowledged ?? false
  }
}
