/** Handles the failure of a step: everything is rolled back, or the new key stays and the message says how to continue. */

import { Failure, Interrupted } from '../core/errors.ts'
import type { Rollback, WholeKey } from '../core/key-store.ts'
import { deleteCommand, updateCommand } from '../keys/recovery-commands.ts'
import type { ApplyContext, RotationProgress } from './apply.ts'
import { rollBackAndRecord } from './create.ts'
import { holderOf } from './hand-over.ts'
import type { Task } from './tasks.ts'
import { StepFailure, type Verdict } from './verdict.ts'

/** A store failed. `rollback` restores those that have got the key. */
export class StoringFailed extends Error {
  readonly rollback: readonly Rollback[]
  constructor(cause: unknown, rollback: readonly Rollback[]) {
    super('', { cause })
    this.rollback = rollback
  }
}

export async function describeFailure(thrown: unknown, task: Task, before: RotationProgress, context: ApplyContext): Promise<unknown> {
  const error = thrown instanceof StoringFailed ? thrown.cause : thrown
  const state = thrown instanceof StoringFailed ? { ...before, rollback: thrown.rollback } : before
  const { received } = context.signals
  if (error instanceof StepFailure && (state.key === undefined || task.step === 'retire')) return error.after(state.done)
  if (state.key === undefined && task.step !== 'retire') return error
  const { verdict, advice } = state.committed ? await adviseToContinue(task, state, context) : await rollBackStep(state, context)
  const failure =
    error instanceof Failure ? error : new Failure(`unexpected ${error instanceof Error ? error.name : 'end'}`, { cause: error })
  if (received) return new Interrupted(received, advice === '' ? '' : `interrupted by ${received}: ${advice}`)
  return new StepFailure(failure, advice, verdict, state.done)
}

interface FailureAdvice {
  readonly verdict: Verdict
  readonly advice: string
}

/** The stores first: none may hold a deleted key. */
async function rollBackStep({ key, isNew, rollback }: RotationProgress, context: ApplyContext): Promise<FailureAdvice> {
  const { UserName, accountOptions, journal } = context
  const sentences: string[] = []
  for (const each of rollback) sentences.push(await each())
  let verdict: Verdict = 'NotFinished'
  if (key !== undefined && isNew) {
    const named = { UserName, AccessKeyId: key.AccessKeyId }
    const holder = await holderOf(key.AccessKeyId, context.stores, UserName)
    if (holder === undefined) {
      const { sentence, deleted } = await rollBackAndRecord(named, context)
      sentences.push(sentence)
      // Without a journal, no later run knows whose key it is.
      if (!deleted && !journal.lasting) verdict = 'DecisionNeeded'
    } else {
      sentences.push(
        `${key.AccessKeyId} stays, for ${holder} may hold it. Run the same command again, or delete it with\n  ${deleteCommand(named, accountOptions)}`,
      )
    }
  }
  return { verdict, advice: sentences.filter(sentence => sentence !== '').join('\n') }
}

/** No rollback: an irrevocable store has the new key. */
async function adviseToContinue(task: Task, { key }: RotationProgress, context: ApplyContext): Promise<FailureAdvice> {
  const { UserName, accountOptions, before } = context
  const again = 'To finish, run the same command again'
  if (task.step === 'retire') {
    const named = { UserName, AccessKeyId: task.AccessKeyId }
    const remedy = task.how === 'delete' ? deleteCommand(named, accountOptions) : updateCommand(named, 'Inactive', accountOptions)
    const stays = key === undefined ? '' : `${key.AccessKeyId} stays. `
    return { verdict: 'NotFinished', advice: `${stays}${again}, or retire ${task.AccessKeyId} with\n  ${remedy}` }
  }
  if (key === undefined || (await isRecoverable(key, context))) {
    return { verdict: 'NotFinished', advice: `${key?.AccessKeyId ?? ''} stays. ${again}.` }
  }
  const commands = [...new Set([...before, key.AccessKeyId])].map(
    AccessKeyId => `  ${updateCommand({ UserName, AccessKeyId }, 'Inactive', accountOptions)}`,
  )
  const doubt =
    'may be in use, and no later run can know it. Find out which key each store holds, and deactivate the one that none does, with'
  return { verdict: 'DecisionNeeded', advice: [`Both keys stay active: ${key.AccessKeyId} ${doubt}`, ...commands].join('\n') }
}

/** A later run can find the secret in a store, or signs with it. */
async function isRecoverable(key: WholeKey, { stores, UserName, signingKey }: ApplyContext): Promise<boolean> {
  if (signingKey?.AccessKeyId === key.AccessKeyId) return true
  for (const { ephemeral, read } of stores) {
    if (ephemeral) continue
    const found = await read?.(UserName).catch(() => undefined)
    if (found?.AccessKeyId === key.AccessKeyId && found.SecretAccessKey === key.SecretAccessKey) return true
  }
  return false
}
