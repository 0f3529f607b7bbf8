/** What a command is: its declaration, what it gets and what it answers with. Types, and the two facts derived from a declaration. */

import type * as z from 'zod/mini'
import type { Failure } from './errors.ts'
import type { Clock, HeldSignals, Host } from './host.ts'
import type { Dict } from './python/value.ts'
import type { Iam, Operation } from './service.ts'

export interface Context {
  readonly iam: Iam
  readonly host: Host
  readonly clock: Clock
  readonly signals: HeldSignals
  /** Attempts in all, at least one (`AWS_MAX_ATTEMPTS`). */
  readonly maxAttempts: number
}

/** What a command did. `undo` takes it back and answers with the sentence that says what became of it. */
export interface Outcome {
  readonly output: Dict
  readonly undo?: (why: string) => Promise<Failure>
  /** To be done once the user holds the output, and only then. */
  readonly settle?: () => Promise<void>
}

export interface Command {
  /** As typed: `create-access-key`. */
  readonly name: string
  readonly operation: Operation
  readonly summary: string
  /** The members of the input, by the service's names; `describe` is their help. */
  readonly input: z.ZodMiniObject
  /** A reply of the documented shape: what a query and a format are tried on before the call. */
  readonly sample: Dict
  /** Answers with what was done, or throws a Failure. */
  readonly run: (input: Readonly<Record<string, string>>, context: Context) => Promise<Outcome>
}
