/** The number of attempts and the retry mode. Which errors are retried is in aws/retryable-errors.ts. */

import { Failure } from '../core/errors.ts'
import { integer, type SettingSources, text } from './sources.ts'

const DEFAULT_ATTEMPTS = 3

/** The total number of attempts. aws-cli reads the number long before it checks its range. Throws a Failure for no integer. */
export const configuredAttempts = (sources: SettingSources): number => integer('maxAttempts', sources) ?? DEFAULT_ATTEMPTS

/** Throws a Failure for less than one attempt. */
export function checkAttempts(attempts: number): number {
  if (attempts >= 1) return attempts
  throw new Failure(`Value provided to "max_attempts": ${attempts} must be an integer greater than or equal to one.`)
}

/**
 * Throws a Failure for an unknown mode; `legacy` exists in botocore only. Both modes retry alike here: `adaptive` in botocore also limits
 * the rate of a process's calls after one was throttled (retries/adaptive.py, 2.36.7), which iamkey does not.
 */
export function checkRetryMode(sources: SettingSources): void {
  const mode = text('retryMode', sources) ?? 'standard'
  if (mode !== 'standard' && mode !== 'adaptive') {
    throw new Failure(`Invalid value provided to "mode": "${mode}" must be one of: "standard" or "adaptive"`)
  }
}
