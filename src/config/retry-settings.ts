/** How often and in which manner a call is tried, as far as that can be configured. Which refusals are worth another try is src/aws/retryable-errors.ts. */

import { Failure } from '../core/errors.ts'
import { integer, type SettingSources, text } from './sources.ts'

export type RetryMode = 'standard' | 'adaptive'

const DEFAULT_ATTEMPTS = 3

/** Attempts in all. aws-cli reads the number well before it looks whether the number can be used. Throws a Failure for no number. */
export const configuredAttempts = (places: SettingSources): number => integer('maxAttempts', places) ?? DEFAULT_ATTEMPTS

/** Throws a Failure for less than one attempt. */
export function checkAttempts(attempts: number): number {
  if (attempts >= 1) return attempts
  throw new Failure(`Value provided to "max_attempts": ${attempts} must be an integer greater than or equal to one.`)
}

/** Throws a Failure; `legacy` is a mode of botocore alone. */
export function readRetryMode(places: SettingSources): RetryMode {
  const mode = text('retryMode', places) ?? 'standard'
  if (mode === 'standard' || mode === 'adaptive') return mode
  throw new Failure(`Invalid value provided to "mode": "${mode}" must be one of: "standard" or "adaptive"`)
}
