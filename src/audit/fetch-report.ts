/** Fetches the account's credential report. IAM generates a new one if the last is four hours old. */

import type { Context } from '../core/command.ts'
import { Failure, Interrupted, messageOf } from '../core/errors.ts'
import type { Iam, Operation } from '../core/iam.ts'
import { callWithRetry } from '../keys/retry.ts'
import { type ReportedUser, readCredentialReport } from './credential-report.ts'

/** Milliseconds until the first poll; each further wait is twice as long. */
const FIRST_WAIT = 1000
const LONGEST_WAIT = 8000
/** An account has at most 5,000 users unless AWS raises the quota, and their report takes seconds. */
const PATIENCE = 600_000

/** The report is gone or not ready: generate it again. */
const NOT_THERE = new Set(['ReportNotPresent', 'ReportInProgress', 'ReportExpired'])

export interface CredentialReport {
  readonly users: readonly ReportedUser[]
  /** As the service sent it. */
  readonly GeneratedTime: string | undefined
  /** The service's clock, in milliseconds since 1970. */
  readonly now: number
}

/** @throws Failure; Interrupted as soon as a signal arrives */
export async function fetchReport(iam: Iam<Operation>, context: Context): Promise<CredentialReport> {
  const { clock, signals, progress } = context
  const reportContext = { ...context, iam }
  const began = clock.now()
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    const { output } = await callWithRetry('GenerateCredentialReport', {}, reportContext)
    const reply = output.State === 'COMPLETE' ? await unlessNotThere(callWithRetry('GetCredentialReport', {}, reportContext)) : undefined
    if (reply) {
      const { Content = new Uint8Array(), GeneratedTime } = reply.output
      return { users: usersIn(Content), GeneratedTime, now: reply.serverTime ?? clock.now() }
    }
    const waited = clock.now() - began
    if (waited >= PATIENCE) throw new Failure(`IAM has not made the credential report within ${PATIENCE / 60_000} minutes`)
    progress.say(`IAM makes the credential report: ${Math.round(waited / 1000)} s`)
    await clock.sleep(wait, signals.interrupt)
    if (signals.received) throw new Interrupted(signals.received)
  }
}

async function unlessNotThere<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch((error: unknown) => {
    if (error instanceof Failure && NOT_THERE.has(error.code ?? '')) return undefined
    throw error
  })
}

function usersIn(content: Uint8Array): readonly ReportedUser[] {
  try {
    return readCredentialReport(new TextDecoder().decode(content))
  } catch (error) {
    throw error instanceof TypeError ? new Failure(messageOf(error)) : error
  }
}
