/** The port to IAM: its operations, and the three ways in which a call can fail. No SDK, no HTTP. */

import type { Failure } from './errors.ts'

/** An access key in a reply. Members that the reply lacks are absent. */
export interface AccessKeyMetadata {
  readonly UserName?: string
  readonly AccessKeyId?: string
  readonly Status?: string
  /** As sent. */
  readonly CreateDate?: string
}

/** In the reply to CreateAccessKey. */
export interface AccessKey extends AccessKeyMetadata {
  readonly SecretAccessKey?: string
}

export interface AccessKeyLastUsed {
  /** As sent. */
  readonly LastUsedDate?: string
  readonly ServiceName?: string
  readonly Region?: string
}

type UserName = string | undefined

/** The operations for single keys, by the service's names, with input and output. */
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

/** Operations for a whole account and for a user's tags. No plain call needs them; their part of the SDK is loaded on demand. */
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
  /** The `Date` header in milliseconds since 1970, if it can be read. */
  readonly serverTime: number | undefined
}

/** One request and one reply, without retries. */
export interface Iam<Known extends Operation = KeyOperation> {
  /** Throws NotSent, Refused or OutcomeUnknown; OutcomeUnknown also if `stop` is aborted before the reply is complete. */
  call<O extends Known>(operation: O, input: Operations[O]['input'], stop?: AbortSignal): Promise<Reply<O>>
}

/** Why a call failed, and what effect it may have had. `Iam.call` throws one of the three below; anything else is a bug. */
export abstract class CallFailure extends Error {
  /** The standard retry mode of botocore would repeat it (botocore/retries/standard.py, 2.36.7). */
  readonly retryable: boolean
  /** The failure to report if it is final. */
  readonly failure: Failure
  /** The same after the last attempt: a service error then says `(reached max retries: N)`. */
  readonly withRetries: (retries: number) => Failure
  /** The `Date` header of the answer in milliseconds since 1970, if there is one. */
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

/** The request certainly did not leave this machine: no connection, no credentials, a refusing proxy. It had no effect. */
export class NotSent extends CallFailure {
  override readonly name = 'NotSent'
}

/** The service refused the request (4xx with an error). It had no effect. */
export class Refused extends CallFailure {
  override readonly name = 'Refused'
}

/** The request may have had an effect: a lost or incomplete reply, a time-out, a 5xx, a 3xx, an unreadable 200. */
export class OutcomeUnknown extends CallFailure {
  override readonly name = 'OutcomeUnknown'
  /** The id that the reply named before it broke off or became unreadable: then the key exists. */
  readonly named: string | undefined
  /** The status is success and the body is empty, so nothing contradicts the status. */
  readonly acknowledged: boolean
  constructor(about: ConstructorParameters<typeof CallFailure>[0] & { named?: string | undefined; acknowledged?: boolean }) {
    super(about)
    this.named = about.named
    this.acknowledged = about.acknowledged ?? false
  }
}
