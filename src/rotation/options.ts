/** What was asked of a rotation, by its options. */

import type { Context, SilentHost } from '../core/command.ts'
import { messageOf, ParameterError } from '../core/errors.ts'
import { commandWords, findExecutable } from '../core/executable.ts'
import type { Flags } from '../core/options.ts'
import { parseWaitTimeout } from '../keys/wait-until-usable.ts'
import { LONGEST_CHECK } from './check-command.ts'
import { milliseconds } from './duration.ts'

export type TwoKeys = NonNullable<Flags['twoKeys']>
export type Retire = NonNullable<Flags['retire']>

/** Spans are milliseconds. */
export interface RotationOptions {
  readonly olderThan: number
  readonly twoKeys: TwoKeys
  readonly retire: Retire
  readonly deleteInactiveAfter: number
  /** For so long the old key stays beside the new one. */
  readonly retireAfter: number
  /** How long to wait for a key to work. */
  readonly patience: number
  /** The program, and its arguments, that has to work with the new key. */
  readonly checkCommand: readonly string[] | undefined
  /** The longest that a run can be under way with a key it has made. */
  readonly trial: number
  /** The longest that another run can have a key without having used it. */
  readonly rival: number
  /** For commands to paste. */
  readonly accountOptions: string
}

/** Milliseconds after which a list has everything, as far as that can be said: they have lagged by eight seconds. */
export const LISTS_LAG = 20_000
/** Milliseconds in which AWS accepts a new key almost always. A run that has to wait longer stores nothing before it has used its key. */
const ACCEPTED_WITHIN = 15_000
/** Milliseconds from a use to the moment that IAM tells of it. */
const LATE = 10_000

/** Creating, storing and retiring, on top of waiting and checking. */
const BUSY = 240_000

/** @throws ParameterError */
export function parseRotationOptions({ flags, accountOptions, host }: Pick<Context, 'flags' | 'accountOptions' | 'host'>): RotationOptions {
  const { checkCommand, twoKeys = 'fail', retire = 'deactivate', olderThan = '90d', deleteInactiveAfter = '7d', retireAfter = '1d' } = flags
  const patience = parseWaitTimeout(flags.waitTimeout)
  return {
    olderThan: milliseconds('--older-than', olderThan),
    twoKeys,
    retire,
    deleteInactiveAfter: milliseconds('--delete-inactive-after', deleteInactiveAfter),
    retireAfter: milliseconds('--retire-after', retireAfter),
    patience,
    rival: Math.min(patience, ACCEPTED_WITHIN) + LATE,
    checkCommand: checkCommand === undefined ? undefined : programOf(checkCommand, host),
    trial: patience + BUSY + (checkCommand === undefined ? 0 : LONGEST_CHECK),
    accountOptions,
  }
}

/** Throws a ParameterError for what could not be started: found out later, it would cost a key. */
function programOf(checkCommand: string, machine: SilentHost): readonly string[] {
  const words = readWords(checkCommand, machine.platform)
  const [program = ''] = words
  // On Windows a program is found by more than its name.
  if (machine.platform !== 'win32' && findExecutable(program, machine) !== 'there') {
    throw new ParameterError(`Bad value for --check-command: ${program} is no program that can be run`)
  }
  return words
}

function readWords(checkCommand: string, platform: NodeJS.Platform): readonly string[] {
  try {
    return commandWords(checkCommand, platform)
  } catch (cause) {
    throw new ParameterError(`Bad value for --check-command: ${messageOf(cause)}`, { cause })
  }
}
