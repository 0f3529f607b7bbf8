/**
 * After a failure, a few lines for the person at the terminal: only where something is certain, and never for a script, which sees aws-cli's
 * bytes. Loaded when a run has failed. A hint may ask the service, for some seconds at most; one that fails is silent.
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

/** What was found out before the failure. The later it came, the more there is. */
interface RunFacts {
  readonly commands: readonly Command[]
  readonly invocation?: { readonly command: Command; readonly flags: Flags; readonly setup: Setup } | undefined
  readonly prepared?: PreparedFacts | undefined
  /** Options that decide which account a command reaches, for commands to paste. */
  readonly accountOptions: string
}

export interface PreparedFacts {
  readonly input: Input
  readonly iam: Iam
  /** The access key id that signs, and the source it came from; undefined where nothing does. */
  readonly signer: string | undefined
  readonly method: string | undefined
  /** No region stands for the global endpoints, no endpoint for AWS itself. */
  readonly client: { readonly region: string | undefined; readonly endpoint: string | undefined }
}

/** Lines without a line end at the last; undefined where this hint has nothing to say. `stop` ends what takes too long. */
export type Hint = (failure: Failure, facts: RunFacts, world: HintWorld) => Promise<string | undefined> | string | undefined

export interface HintWorld {
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
/** How long somebody waits for a hint, in milliseconds. */
const PATIENCE = 3000

/** The first hint that has something to say is written to standard error. Never throws. */
export async function hint(thrown: unknown, facts: RunFacts, host: Host): Promise<void> {
  if (!(thrown instanceof Failure)) return
  try {
    const text = await withTimeout(PATIENCE, host.clock, stop => firstHint(thrown, facts, { host, stop }))
    if (text !== undefined) await host.stderr.write(`\n${text}\n`)
  } catch (error) {
    host.debug(`no hint: ${messageOf(error)}`)
  }
}

async function firstHint(failure: Failure, facts: RunFacts, world: HintWorld): Promise<string | undefined> {
  for (const give of HINTS) {
    const text = await give(failure, facts, world)
    if (text !== undefined) return text
  }
  return undefined
}
