/** What was asked of a rotation, by its options. */

import type { Context } from '../command.ts'
import { patienceOf } from '../iam/waiting.ts'
import type { Flags } from '../options.ts'
import { LONGEST_CHECK } from './check-command.ts'
import { milliseconds } from './duration.ts'

export type TwoKeys = NonNullable<Flags['twoKeys']>
export type Retire = NonNullable<Flags['retire']>

/** Spans are milliseconds. */
export interface Wishes {
  readonly olderThan: number
  readonly twoKeys: TwoKeys
  readonly retire: Retire
  readonly deleteInactiveAfter: number
  /** How long to wait for a key to work. */
  readonly patience: number
  /** What has to work with the new key. */
  readonly checkCommand: string | undefined
  /** The longest that a run can be under way with a key it has made. */
  readonly trial: number
  /** For commands to paste. */
  readonly sameAccount: string
}

/** Creating, storing and retiring, on top of waiting and checking. */
const BUSY = 240_000

/** @throws ParameterError */
export function wishesOf({ flags, sameAccount }: Pick<Context, 'flags' | 'sameAccount'>): Wishes {
  const { checkCommand, twoKeys = 'fail', retire = 'deactivate', olderThan = '90d', deleteInactiveAfter = '7d' } = flags
  const patience = patienceOf(flags.waitTimeout)
  return {
    olderThan: milliseconds('--older-than', olderThan),
    twoKeys,
    retire,
    deleteInactiveAfter: milliseconds('--delete-inactive-after', deleteInactiveAfter),
    patience,
    checkCommand,
    trial: patience + BUSY + (checkCommand === undefined ? 0 : LONGEST_CHECK),
    sameAccount,
  }
}
