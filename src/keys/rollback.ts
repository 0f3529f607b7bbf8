/** Deletes a key that our own reply named. Keys that were merely found are never deleted. */

import { backoff } from '../core/backoff.ts'
import type { Context } from '../core/command.ts'
import { CallFailure, OutcomeUnknown } from '../core/iam.ts'
import { withAnswerTimeout } from './answer-timeout.ts'
import { deleteCommand, type KeyReference, listCommand } from './recovery-commands.ts'

/** The number of attempts, and the time for all of them in milliseconds. */
const ATTEMPTS = 5
const TRY_FOR = 20_000
/** This many successes with an empty reply count as one. */
const ACKNOWLEDGEMENTS = 2

type RollbackContext = Pick<Context, 'iam' | 'clock' | 'signals' | 'random' | 'accountOptions' | 'debug'>

export interface RollbackResult {
  /** What became of the key; begins in lower case. */
  readonly sentence: string
  /** False if the service does not know the key: it may not know it yet, or the reply that named it was damaged. */
  readonly certain: boolean
  /** It is gone. */
  readonly deleted: boolean
}

/** Deletes the key. Never throws. */
export async function rollBack(key: KeyReference, context: RollbackContext): Promise<RollbackResult> {
  const { clock, signals, accountOptions, debug } = context
  const until = clock.now() + TRY_FOR
  let unclear = false
  let acknowledged = 0
  for (let attempt = 1; ; attempt++) {
    const end = await attemptDeletion(key, context)
    debug(`DeleteAccessKey, attempt ${attempt}: ${end.why}`)
    // Unknown after an attempt with an unknown outcome: that attempt deleted it.
    if (end.kind === 'done' || (end.kind === 'unknown' && unclear)) {
      return { sentence: `the new key ${key.AccessKeyId} was deleted again`, certain: true, deleted: true }
    }
    unclear ||= end.kind === 'unclear' || end.kind === 'acknowledged'
    if (end.kind === 'acknowledged') acknowledged++
    if (acknowledged === ACKNOWLEDGEMENTS) {
      const look = `To make sure that it is deleted, look with\n  ${listCommand(key, accountOptions)}`
      return {
        sentence: `the service answered the deletion of the new key ${key.AccessKeyId} with an empty reply. ${look}`,
        certain: true,
        deleted: false,
      }
    }
    if (end.kind === 'refused' || attempt >= ATTEMPTS || clock.now() >= until || signals.deadline.aborted) {
      if (end.kind === 'unknown') return { sentence: `IAM does not know the new key ${key.AccessKeyId}`, certain: false, deleted: false }
      const advice = `Delete it with\n  ${deleteCommand(key, accountOptions)}`
      return {
        sentence: `the new key ${key.AccessKeyId} could not be deleted again (${end.why}). ${advice}`,
        certain: true,
        deleted: false,
      }
    }
    await clock.sleep(backoff(attempt, context) / 2, signals.deadline)
  }
}

interface DeletionAttempt {
  /** Only `refused` is final; an unknown key may become known. `acknowledged` is a success with an empty reply, which proves nothing. */
  readonly kind: 'done' | 'unknown' | 'unclear' | 'acknowledged' | 'not yet' | 'refused'
  /** The service's error code, or a substitute. */
  readonly why: string
}

/** One attempt. Never throws. */
async function attemptDeletion(key: KeyReference, context: RollbackContext): Promise<DeletionAttempt> {
  try {
    await withAnswerTimeout(stop => context.iam.call('DeleteAccessKey', key, stop), context)
    return { kind: 'done', why: 'done' }
  } catch (error) {
    if (!(error instanceof CallFailure)) return { kind: 'unclear', why: codeOf(error) }
    if (error instanceof OutcomeUnknown) return { kind: error.acknowledged ? 'acknowledged' : 'unclear', why: codeOf(error) }
    const why = codeOf(error)
    if (why === 'NoSuchEntity') return { kind: 'unknown', why }
    return { kind: error.retryable ? 'not yet' : 'refused', why }
  }
}

const codeOf = (error: unknown): string => (error instanceof CallFailure && error.failure.code) || 'no answer'
