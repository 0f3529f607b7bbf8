/** How a call can end for the caller, and whether the service then has done it: one row each. */
import { Failure, ServiceError } from '../../src/core/errors.ts'
import { NotSent, type Operations, OutcomeUnknown, Refused } from '../../src/core/iam.ts'

/** What a reply holds; each operation has its own members of it. */
export type Answer = Partial<Operations['CreateAccessKey']['output'] & Operations['ListAccessKeys']['output']>

interface Ending {
  /** Of `perhaps` the history says which. */
  readonly done: 'certainly' | 'perhaps' | 'never'
  /** What is answered in the place of the honest answer. */
  readonly answer?: (honest: Answer) => Answer
  /** What is thrown. Of an honest answer it may know, for bytes of it may have come. */
  readonly failure?: (honest: Answer | undefined) => Error
}

export const says = (kind: typeof Refused | typeof OutcomeUnknown, code: string, retryable: boolean) =>
  new kind({ retryable, failure: new ServiceError(code, `An error occurred (${code})`, new Map([['Code', code]])) })

const unclear = (message: string, named?: string) => new OutcomeUnknown({ retryable: true, failure: new Failure(message), named })

export const ENDINGS = {
  reply: { done: 'certainly' },
  'reply without secret': {
    done: 'certainly',
    answer: ({ AccessKey: { SecretAccessKey, ...rest } = {} }) => ({ AccessKey: rest }),
  },
  'reply with a blank secret': { done: 'certainly', answer: ({ AccessKey }) => ({ AccessKey: { ...AccessKey, SecretAccessKey: '\n  ' } }) },
  'reply with a blank id': { done: 'certainly', answer: ({ AccessKey }) => ({ AccessKey: { ...AccessKey, AccessKeyId: '' } }) },
  'reply without key': { done: 'certainly', answer: () => ({}) },
  'broken reply that names the key': {
    done: 'certainly',
    failure: honest => unclear('Unable to parse response', honest?.AccessKey?.AccessKeyId),
  },
  lost: { done: 'perhaps', failure: () => unclear('Connection was closed') },
  /** Only the time-out of the transport, or its caller, ends it. */
  never: { done: 'perhaps', failure: () => unclear('Read timeout') },
  '500': { done: 'perhaps', failure: () => says(OutcomeUnknown, 'ServiceFailure', true) },
  '307': { done: 'perhaps', failure: () => says(OutcomeUnknown, '307', false) },
  bug: { done: 'perhaps', failure: honest => new TypeError(`cannot read ${honest?.AccessKey?.SecretAccessKey}`) },
  'not sent': { done: 'never', failure: () => new NotSent({ retryable: true, failure: new Failure('Could not connect') }) },
  throttled: { done: 'never', failure: () => says(Refused, 'Throttling', true) },
  clock: { done: 'never', failure: () => says(Refused, 'RequestTimeTooSkewed', true) },
  denied: { done: 'never', failure: () => says(Refused, 'AccessDenied', false) },
} as const satisfies Readonly<Record<string, Ending>>

export type End = keyof typeof ENDINGS

export const endingOf = (end: End): Ending => ENDINGS[end]
