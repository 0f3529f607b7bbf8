/** The options of a rotation. */

import type { Context, SilentHost } from '../core/command.ts'
import { messageOf, ParameterError } from '../core/errors.ts'
import { commandWords, findExecutable } from '../core/executable.ts'
import type { Flags } from '../core/options.ts'
import { parseWaitTimeout } from '../keys/wait-until-usable.ts'
import { LONGEST_CHECK } from './check-command.ts'
import { milliseconds } from './duration.ts'

export type TwoKeysChoice = NonNullable<Flags['twoKeys']>
export type Retire = NonNullable<Flags['retire']>

/** Durations are in milliseconds. */
export interface RotationOptions {
  readonly olderThan: number
  readonly twoKeys: TwoKeysChoice
  readonly retire: Retire
  readonly deleteInactiveAfter: number
  /** How long the old key stays active beside the new one. */
  readonly retireAfter: number
  /** How long to wait for a key to work. */
  readonly waitTimeout: number
  /** The program that must succeed with the new key, and its arguments. */
  readonly checkCommand: readonly string[] | undefined
  /** The longest time for which a run may work with a key that it created. */
  readonly longestRun: number
  /** The longest time for which another run may have a key without the service reporting a use. */
  readonly useReportedWithin: number
  /** For recovery commands. */
  readonly accountOptions: string
}

/** Milliseconds after which a list counts as complete: lags of eight seconds have been observed. */
export const LISTS_LAG = 20_000
/** Milliseconds within which AWS almost always accepts a new key. A run that waits longer stores nothing before it has used the key. */
const ACCEPTED_WITHIN = 15_000
/**
 * Milliseconds until a use is reported. AWS names no limit, and within a quarter of an hour it records only the first use (IAM User Guide, credential
 * reports). Other services report a use at once, or never.
 */
export const AWS_REPORTS_USE_WITHIN = 3_600_000
const OTHERS_REPORT_USE_WITHIN = 10_000

/** Milliseconds for which a run waits to know whether another run made a key; what takes longer is left to a later run. */
export const WAITS_FOR_USE = 60_000

/** For creating, storing and retiring, in addition to waiting and checking. */
const WORKING_TIME = 240_000

/** @throws ParameterError */
export function parseRotationOptions({
  flags,
  accountOptions,
  host,
  isAws,
}: Pick<Context, 'flags' | 'accountOptions' | 'host' | 'isAws'>): RotationOptions {
  const { checkCommand, twoKeys = 'fail', retire = 'deactivate', olderThan = '90d', deleteInactiveAfter = '7d', retireAfter = '1d' } = flags
  const waitTimeout = parseWaitTimeout(flags.waitTimeout)
  return {
    olderThan: milliseconds('--older-than', olderThan),
    twoKeys,
    retire,
    deleteInactiveAfter: milliseconds('--delete-inactive-after', deleteInactiveAfter),
    retireAfter: milliseconds('--retire-after', retireAfter),
    waitTimeout,
    useReportedWithin: Math.min(waitTimeout, ACCEPTED_WITHIN) + (isAws ? AWS_REPORTS_USE_WITHIN : OTHERS_REPORT_USE_WITHIN),
    checkCommand: checkCommand === undefined ? undefined : programOf(checkCommand, host),
    longestRun: waitTimeout + WORKING_TIME + (checkCommand === undefined ? 0 : LONGEST_CHECK),
    accountOptions,
  }
}

/** Throws a ParameterError for a program that cannot be started: later it would cost a key. */
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
