/** `--check-command`: a program that must succeed with the new key before the old one is retired. */

import type { Context } from '../core/command.ts'
import { Failure, Interrupted } from '../core/errors.ts'
import { type Env, isSystemError } from '../core/host.ts'
import type { KeyPair } from '../core/key-store.ts'
import { withTimeout } from '../core/timeout.ts'

/** Milliseconds. A test of a whole application may be slow, but a hanging one must end. */
export const LONGEST_CHECK = 600_000

/** Variables that take precedence over the key, or do not belong to it. */
const OTHER_IDENTITIES = ['AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE']

/**
 * Runs the command without a shell, with the key only in its environment.
 *
 * @throws Failure unless it ends with exit code 0
 */
export async function runCheckCommand(
  words: readonly string[],
  pair: KeyPair,
  { clock, signals, host }: Pick<Context, 'clock' | 'signals' | 'host'>,
): Promise<void> {
  await withTimeout(LONGEST_CHECK, clock, async late => {
    try {
      const { status, signal } = await host.feed(words, '', AbortSignal.any([signals.interrupt, late]), environment(pair, host.env))
      if (status !== 0) throw new Failure(`the check command ended with ${signal ?? `exit code ${status}`}`)
    } catch (error) {
      if (signals.received) throw new Interrupted(signals.received)
      if (late.aborted) throw new Failure(`the check command did not end within ${LONGEST_CHECK / 60_000} minutes`, { cause: error })
      if (isSystemError(error)) throw new Failure(`the check command could not be started (${error.code})`, { cause: error })
      throw error
    }
  })
}

function environment({ AccessKeyId, SecretAccessKey }: KeyPair, env: Env): Env {
  const others = Object.entries(env).filter(([name]) => !OTHER_IDENTITIES.includes(name))
  return { ...Object.fromEntries(others), AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey }
}
