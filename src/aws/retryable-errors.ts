/** Which errors may be retried: the tables of botocore/retries/standard.py and special.py (2.36.7). */

const THROTTLING: ReadonlySet<string> = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceededException',
  'TransactionInProgressException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'RequestThrottled',
  'SlowDown',
  'PriorRequestNotComplete',
  'EC2ThrottledException',
])
const TRANSIENT: ReadonlySet<string> = new Set(['RequestTimeout', 'RequestTimeoutException', 'PriorRequestNotComplete'])
const TRANSIENT_STATUS: ReadonlySet<number> = new Set([500, 502, 503, 504])

/** The call was rejected before it was processed. */
export const isThrottling = (code: string): boolean => THROTTLING.has(code)

/** Without a `code`, by the status alone. */
export const isTransient = (status: number, code = ''): boolean => TRANSIENT_STATUS.has(status) || TRANSIENT.has(code)

/** STS could not reach the identity provider of a web identity. */
export const isUnreachedIdentityProvider = (code: string): boolean => code === 'IDPCommunicationError'
