/**
 * Hints below an error, for a user at a terminal: only if the cause is certain, and never for a script, which sees aws-cli's bytes. Loaded
 * after a failure. A hint may call the service for a few seconds; a failing one prints nothing.
 */

import type { Setup } from '../config/settings.ts'
import type { Command, Input } from '../core/command.ts'
import { Failure, messageOf } from '../core/errors.ts'
import type { Host } from '../core/host.ts'
import type { Iam } from '../core/iam.ts'
import type { Flags } from '../core/options.ts'
import { withTimeout } from '../core/timeout.ts'
import { unreadDocument } from './document.ts'
import { otherForms } from './form.ts'
import { missingProfile, noCredentials, sessionEnded, unknownSigner } from './identity.ts'
import { twoKeys } from './limit.ts'
import { clockSkew } from './skew.ts'
import { commandList, misspeltOption, optionValue } from './usage.ts'
import { misspeltUser } from './user.ts'

/** What was known before the failure; more if it came later. */
interface RunFacts {
  readonly commands: readonly Command[]
  readonly invocation?: { readonly command: Command; readonly flags: Flags; readonly setup: Setup } | undefined
  readonly prepared?: PreparedFacts | undefined
  /** The options that decide which account a command reaches, for recovery commands. */
  readonly accountOptions: string
}

export interface PreparedFacts {
  readonly input: Input
  readonly iam: Iam
  /** The access key id that signs, and its provider; undefined for unsigned requests. */
  readonly signer: string | undefined
  readonly credentialMethod: string | undefined
  /** Without a region the global endpoint is used, without an endpoint AWS itself. */
  readonly client: { readonly region: string | undefined; readonly endpoint: string | undefined }
}

/** The text of a hint, without a final line end; undefined if it does not apply. `stop` ends slow calls. */
export type Hint = (failure: Failure, facts: RunFacts, context: HintContext) => Promise<string | undefined> | string | undefined

export interface HintContext {
  readonly host: Pick<Host, 'env' | 'files' | 'clock' | 'home'> & { readonly stderr: Pick<Host['stderr'], 'columns'> }
  readonly stop: AbortSignal
}

const HINTS: readonly Hint[] = [
  commandList,
  misspeltOption,
  optionValue,
  unreadDocument,
  otherForms,
  missingProfile,
  noCredentials,
  sessionEnded,
  twoKeys,
  misspeltUser,
  clockSkew,
  unknownSigner,
]
/** The most time for a hint, in milliseconds. */
const PATIENCE = 3000

/** Writes the first hint that applies to standard error. Never throws. */
export async function hint(thrown: unknown, facts: RunFacts, host: Host): Promise<void> {
  if (!(thrown instanceof Failure)) return
  try {
    const text = await withTimeout(PATIENCE, host.clock, stop => firstHint(thrown, facts, { host, stop }))
    if (text !== undefined) await host.stderr.write(`\n${text}\n`)
  } catch (error) {
    host.debug(`no hint: ${messageOf(error)}`)
  }
}

async function firstHint(failure: Failure, facts: RunFacts, context: HintContext): Promise<string | undefined> {
  for (const give of HINTS) {
    const text = await give(failure, facts, context)
    if (text !== undefined) return text
  }
  return undefined
}
