/** The waits between attempts of the standard retry mode of botocore (botocore/retries/standard.py, aws-cli 2.36.7). */

/** The longest wait between attempts, in milliseconds. */
const LONGEST_WAIT = 20_000

/** How long to wait after an attempt, in milliseconds: a random part of 1 s, 2 s, 4 s… */
export function backoff(attempt: number, { random }: { readonly random: () => number }): number {
  return random() * Math.min(1000 * 2 ** (attempt - 1), LONGEST_WAIT)
}
