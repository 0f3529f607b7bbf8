/** What a command declares, what it is given, and what it returns. Types only. */

import type * as z from 'zod/mini'
import type { Dict } from '../python/value.ts'
import type { Failure } from './errors.ts'
import type { Clock, HeldSignals, Host } from './host.ts'
import type { Iam, Operation } from './iam.ts'
import type { KeyPair, KeyStore, WholeKey } from './key-store.ts'
import type { Flags, Option } from './options.ts'
import type { PagedResult, PageRequest, PagingModel } from './paging.ts'
import type { Progress } from './progress.ts'
import type { GetIdentity } from './sts.ts'

/** A date in a command's sample. It marks the members of a reply that are dates. */
export const SAMPLE_DATE = '1970-01-01T00:00:00Z'

export interface Context {
  readonly iam: Iam
  /** The key that signs this run; undefined for a session or an unsigned run. */
  readonly signingKey: KeyPair | undefined
  /** The credential provider. */
  readonly credentialMethod: string | undefined
  /** Without a region the global endpoint is used, without an endpoint AWS itself. */
  readonly region: string | undefined
  readonly endpoint: string | undefined
  /** The endpoint is one of AWS's own. */
  readonly isAws: boolean
  /** A call for the identity of credentials: those given, or the ones that sign this run. Throws a Failure if STS cannot be called. */
  readonly sts: () => Promise<(credentials?: KeyPair) => GetIdentity>
  /** Another client, with all operations. A client makes one call at a time. */
  readonly openIam: () => Promise<Iam<Operation>>
  readonly clock: Clock
  readonly signals: HeldSignals
  /** The total number of attempts, at least one (`AWS_MAX_ATTEMPTS`). */
  readonly maxAttempts: number
  /** A random number from 0 up to 1, for the waits between attempts. */
  readonly random: () => number
  /** The command's options. */
  readonly flags: Flags
  /** The stores of --store, checked before the run unless the command checks them itself. */
  readonly stores: readonly KeyStore[]
  /** How much of a list is requested; undefined if the user requests single pages. */
  readonly pages: PageRequest | undefined
  /** For commands that keep state or run programs. */
  readonly host: SilentHost
  /** Survives a SIGKILL. */
  readonly callJournal: CallJournal
  /** The options that decide which account a command reaches, for recovery commands: ` --profile prod`. */
  readonly accountOptions: string
  readonly progress: Progress
  readonly debug: (line: string) => void
}

/** The part of the host that does not write to the user. */
export type SilentHost = Pick<Host, 'env' | 'platform' | 'files' | 'home' | 'pid' | 'hostname' | 'isRunning' | 'clock' | 'feed' | 'capture'>

/** The record of a call in progress, for the next run to find. Never fails: it is optional. */
export interface CallJournal {
  /** Before the call. */
  begin(about: { readonly UserName: string | undefined }): void
  /** As soon as the reply has named its key. */
  created(AccessKeyId: string): void
  /** When the user has been told what became of it. */
  end(): void
}

/** The result of a command. */
export interface Outcome {
  readonly output: Dict
  /** Instead of `output`: a list that is fetched while it is shown. */
  readonly pages?: PagedResult
  /** Undoes the command. Resolves, never rejects, with a phrase that says what became of it: `the new key AKIA… was deleted again`. */
  readonly undo?: () => Promise<string>
  /** A part of the output that cannot be shown again: the user is warned if the output leaves it out. */
  readonly secret?: string
  /** The command with which the user can undo it: `iamkey delete-access-key …`. */
  readonly undoCommand?: () => string
  /** Waits until the key works. Resolves with the failure to throw after the delivery if it is not known to. */
  readonly waitUntilUsable?: () => Promise<Failure | undefined>
  /** A key to store. The output then leaves out its secret. */
  readonly storeTo?: { readonly key: WholeKey; readonly stores: readonly KeyStore[] }
  /** Called once the user has the output, and only then. */
  readonly afterDelivery?: () => Promise<void>
}

/** A command line for the help, and its purpose. */
export interface Example {
  readonly text: string
  readonly line: string
}

export interface Command {
  /** On the command line: `create-access-key`. */
  readonly name: string
  /** The API operation that it calls, which is the title of its tables. A command that calls several has a title of the same form. */
  readonly operation: Operation | 'RotateAccessKey' | 'AuditAccessKeys' | 'Doctor'
  readonly summary: string
  /** The members of the input, by the service's names; `describe` is their help. Built on demand. */
  readonly input: () => z.ZodMiniObject
  /** A reply of the documented shape, on which query and format are tried before the call. */
  readonly sample: Dict
  /** The command changes nothing. Its output can be fetched again, so it is not tried on the sample, which the reply need not resemble. */
  readonly readOnly?: boolean
  /** Not in aws-cli. */
  readonly extension?: boolean
  /** The command checks its stores itself. */
  readonly checksStores?: boolean
  /** How its results are paged. */
  readonly paging?: PagingModel
  /** Options other than the members of the input. */
  readonly options?: readonly Option[]
  /** Common uses, the simplest first. */
  readonly examples?: () => readonly Example[]
  /** Throws a Failure. Code that only this command needs is imported inside. */
  run(input: Input, context: Context): Promise<Outcome>
}

/** Checked input. Commands narrow it to the names and types of their members. */
export type Input = Readonly<Record<string, string | number | undefined>>
