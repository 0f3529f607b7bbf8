/** Prints a failure on standard error and determines the exit code, as awscli/errorhandler.py (2.36.7) does. */

import { usage } from '../cli/usage.ts'
import type { ErrorFormat } from '../config/settings.ts'
import { ExitCode, Failure, FailureWithRecovery, Interrupted, ServiceError, UnknownOptions, UsageError } from '../core/errors.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { PROGRAM } from '../core/program.ts'
import { type ColorChoice, chooseColor } from '../output/color.ts'
import { renderer } from '../output/render.ts'
import type { Dict, Value } from '../python/value.ts'

/** The exit codes by which shells report signals: 128 and the signal's number on Linux. */
const SIGNAL_EXITS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 129,
  SIGINT: ExitCode.interrupted,
  SIGQUIT: 131,
  SIGUSR1: 138,
  SIGUSR2: 140,
  SIGALRM: 142,
  SIGTERM: 143,
  SIGXCPU: 152,
  // Ctrl+Break on Windows, with the number it has there.
  SIGBREAK: 149,
}

/** How errors are shown. */
export interface ErrorStyle {
  readonly format: ErrorFormat
  /** `--color`, which also applies to tables on standard error. */
  readonly color: ColorChoice
}

/**
 * @param thrown a Failure; anything else is a bug, and the message asks to report it
 * @returns the exit code
 */
export async function report(thrown: unknown, style: ErrorStyle, host: Host): Promise<number> {
  const failure = thrown instanceof Failure && !isPseudoSignal(thrown) ? thrown : unexpected(thrown)
  host.debug(`failed: ${failure.name}${failure === thrown ? '' : `: ${thrown instanceof Error ? thrown.stack : thrown}`}`)
  if (failure instanceof Interrupted && failure.message === '') {
    if (failure.signal === 'SIGINT') await host.stdout.write('\n').catch(() => {})
  } else {
    try {
      await host.stderr.write(await formatFailure(failure, style, host))
    } catch (error) {
      if (!isSystemError(error)) throw error
      return ExitCode.unwritable
    }
  }
  return failure instanceof Interrupted ? (SIGNAL_EXITS[failure.signal] ?? ExitCode.general) : failure.exitCode
}

async function formatFailure(failure: Failure, { format, color }: ErrorStyle, host: Host): Promise<string> {
  if (failure instanceof FailureWithRecovery) return `${await formatFailure(failure.failure, { format, color }, host)}\n${failure.advice}\n`
  if (failure instanceof UnknownOptions) {
    return `\n${usage(PROGRAM)}\n${errorLine(host.stderr.isTerminal ? failure.withoutValues : failure.message)}`
  }
  const members = membersOf(failure, format === 'json' || format === 'yaml' ? 'aws' : PROGRAM)
  if (members === undefined || members.size === 0) return errorLine(failure.message)
  if (format === 'legacy') return errorLine(failure.message)
  if (format === 'enhanced')
    return errorLine(failure instanceof ServiceError ? failure.message : `An error occurred (${failure.code}): ${failure.message}`)
  const { isTerminal, columns } = host.stdout
  const render = await renderer({
    format,
    title: 'error',
    columns,
    color: chooseColor({ format, choice: color, isTerminal, direct: false }),
  })
  return render(members)
}

/** The members for the structured formats; undefined for kinds that aws-cli always prints as a line. Usage texts name `program`. */
function membersOf(failure: Failure, program: string): Dict | undefined {
  if (failure instanceof ServiceError) return failure.members
  if (failure.code === undefined) return undefined
  return new Map<string, Value>([
    ['Code', failure.code],
    ['Message', failure instanceof UsageError ? `${failure.complaint}\n\n${failure.usage(program)}` : failure.message],
  ])
}

/** Whether an unhandled error, not a signal, ended the run: `Host.holdSignals` reports such an error as a pseudo signal. */
const isPseudoSignal = (failure: Failure) => failure instanceof Interrupted && failure.message === '' && !(failure.signal in SIGNAL_EXITS)

const errorLine = (message: string) => `\n${`${PROGRAM}: [ERROR]: ${message.trim()}`.trimEnd()}\n`

function unexpected(thrown: unknown): Failure {
  const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message.split('\n')[0]}` : String(thrown)
  return new Failure(
    `internal error: ${what}\nPlease report it with the command line (without secrets) and the output of --version and --debug.`,
    { cause: thrown },
  )
}
