/** The attempts of the standard retry mode of botocore (botocore/retries/standard.py, aws-cli 2.36.7). */

/** Why an attempt failed. */
interface FailedAttempt {
  readonly retryable: boolean
  /** The error to throw. `retries` is given if all attempts are used up: the message then mentions it. */
  readonly failure: (retries?: number) => unknown
}

interface RetryPolicy {
  readonly maxAttempts: number
  /** May throw, for an error that ends everything. */
  readonly explain: (error: unknown, attempt: number) => FailedAttempt
  readonly wait: (attempt: number) => Promise<void>
}

/** The first result of `send`. The last attempt counts as used up whether or not its error is retryable, as in botocore. */
export async function withRetries<T>(send: () => Promise<T>, { maxAttempts, explain, wait }: RetryPolicy): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      const { retryable, failure } = explain(error, attempt)
      if (attempt >= maxAttempts) throw failure(attempt - 1)
      if (!retryable) throw failure()
    }
    await wait(attempt)
  }
}
