/** What a command is: its declaration, what it gets and what it answers with. Types, and the two facts derived from a declaration. */

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
  /** The key that signs this run; undefined where nothing does. A session's is nobody's to keep. */
  readonly signingKey: KeyPair | undefined
  /** The source that it comes from. */
  readonly source: string | undefined
  /** No region stands for the global endpoints, no endpoint for AWS itself. */
  readonly region: string | undefined
  readonly endpoint: string | undefined
  /** Whom credentials belong to: those given, or the ones that sign this run. Throws a Failure where STS cannot be asked. */
  readonly sts: () => Promise<(credentials?: KeyPair) => GetIdentity>
  /** A client of its own, for every operation: one client makes one call at a time. */
  readonly openIam: () => Promise<Iam<Operation>>
  readonly clock: Clock
  readonly signals: HeldSignals
  /** Attempts in all, at least one (`AWS_MAX_ATTEMPTS`). */
  readonly maxAttempts: number
  /** From zero up to one: spreads the waits between attempts. */
  readonly random: () => number
  /** What was typed for the command's own options. */
  readonly flags: Flags
  /** Of --store, each of which has said that it can take a key, unless the command asks them. */
  readonly stores: readonly KeyStore[]
  /** How much of a list is wanted; undefined where its pages are asked for one by one. */
  readonly pages: PageRequest | undefined
  /** For a command that remembers something, or runs programs. */
  readonly host: SilentHost
  /** What outlives a SIGKILL. */
  readonly callJournal: CallJournal
  /** Options that decide which account a command reaches, for commands to paste: ` --profile prod`. */
  readonly accountOptions: string
  readonly progress: Progress
  readonly debug: (line: string) => void
}

/** The part of the host that shows nothing to anybody. */
export type SilentHost = Pick<Host, 'env' | 'platform' | 'files' | 'home' | 'pid' | 'hostname' | 'isRunning' | 'clock' | 'feed'>

/** The trace of a call under way, for the next run to find. Never fails: a note is a courtesy, not a condition. */
export interface CallJournal {
  /** Before the call. */
  begin(about: { readonly UserName: string | undefined }): void
  /** As soon as the reply named its key. */
  created(AccessKeyId: string): void
  /** When the user knows what became of it. */
  end(): void
}

/** What a command did. */
export interface Outcome {
  readonly output: Dict
  /** The same as it came, where it came in pages. */
  readonly pages?: PagedResult
  /** Takes it back. Resolves, never rejects, with the sentence that says what became of it: `the new key AKIA… was deleted again`. */
  readonly undo?: () => Promise<string>
  /** A part of the output that cannot be had again: whoever leaves it out is told so. */
  readonly secret?: string
  /** How the user can take it back: `iamkey delete-access-key …`. */
  readonly undoCommand?: string
  /** Waits until what was made is of use. Resolves with what to throw after the delivery if it is not known to be. */
  readonly waitUntilUsable?: () => Promise<Failure | undefined>
  /** A key that goes into stores. The output is then shown without its secret. */
  readonly storeTo?: { readonly key: WholeKey; readonly stores: readonly KeyStore[] }
  /** To be done once the user holds the output, and only then. */
  readonly afterDelivery?: () => Promise<void>
}

/** A command line to paste, and what it does. */
export interface Example {
  readonly text: string
  readonly line: string
}

export interface Command {
  /** As typed: `create-access-key`. */
  readonly name: string
  /** What it asks of the service; a command that asks several things has a name of the same form, which heads its tables. */
  readonly operation: Operation | 'RotateAccessKey' | 'AuditAccessKeys' | 'Doctor'
  readonly summary: string
  /** The members of the input, by the service's names; `describe` is their help. Built when a run asks for them. */
  readonly input: () => z.ZodMiniObject
  /** A reply of the documented shape: what a query and a format are tried on before the call. */
  readonly sample: Dict
  /** Changes nothing: its output can be had again, so that nothing is tried on the sample, which the reply may not resemble. */
  readonly readOnly?: boolean
  /** Asks the stores itself whether they can take a key. */
  readonly checksStores?: boolean
  /** Where its results come in pages. */
  readonly paging?: PagingModel
  /** Options besides the members of the input. */
  readonly options?: readonly Option[]
  /** What people do with it, the plainest first. */
  readonly examples?: readonly Example[]
  /** Answers with what was done, or throws a Failure. Code that only this command needs is imported in here. */
  run(input: Input, context: Context): Promise<Outcome>
}

/** As checked against the members of a command, which may call them by their names and kinds. */
export type Input = Readonly<Record<string, string | number | undefined>>
