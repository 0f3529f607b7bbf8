/** The failures that users see, and their exit codes. `run/report.ts` prints them. */

import type { Dict } from '../python/value.ts'
import type { Option } from './options.ts'

/** aws-cli's exit codes (awscli/constants.py, 2.36.7; 130 from errorhandler.py; 120 and 1 from Python for a full or closed stream). */
export const ExitCode = {
  ok: 0,
  closed: 1,
  // Of rotate-access-key only: aws-cli has other codes (0, 1, 2, 120, 130, 252 to 255), and so have shells (126 and more).
  notFinished: 3,
  decisionNeeded: 4,
  unwritable: 120,
  interrupted: 130,
  parameters: 252,
  configuration: 253,
  service: 254,
  general: 255,
} as const

/**
 * An error with a message for the user. Caught in one place, `run/index.ts`. A plain Failure is aws-cli's "general" kind: exit code 255,
 * the message alone in every error format.
 */
export class Failure extends Error {
  readonly exitCode: number = ExitCode.general
  /** The short name in `An error occurred (Code): …` and in the structured error formats; undefined for the general kind. */
  readonly code: string | undefined = undefined
  override readonly name: string = 'Failure'
}

/** The command line, an input document or a file that it names is invalid. Exit 252. */
export class ParameterError extends Failure {
  override readonly exitCode = ExitCode.parameters
  override readonly code = 'ParamValidation'
  override readonly name = 'ParameterError'
}

/** AWS's IAM would refuse the form of the text, which botocore would send. */
export class RefusedByForm extends ParameterError {}

/** An error in the command line, printed with the usage text. The structured formats show aws-cli's name in it. */
export class UsageError extends ParameterError {
  readonly complaint: string
  readonly usage: (program: string) => string
  /** The option concerned. */
  readonly option: Option | undefined
  constructor(complaint: string, usage: (program: string) => string, program: string, option?: Option) {
    super(`${complaint}\n\n${usage(program)}`)
    this.complaint = complaint
    this.usage = usage
    this.option = option
  }
}

/** Unknown options. The usage text comes first, in every error format. Exit 252. */
export class UnknownOptions extends Failure {
  override readonly exitCode = ExitCode.parameters
  override readonly name = 'UnknownOptions'
  /** The options and their possible values, in order. */
  readonly words: readonly string[]
  /** The command's options. */
  readonly known: readonly Option[]
  constructor(words: readonly string[], known: readonly Option[]) {
    super(unknownOptions(words))
    this.words = words
    this.known = known
  }
  /** For a person: aws-cli's message calls the values options, too. */
  get withoutValues(): string {
    const options = this.words.filter(word => word.startsWith('-'))
    return options.length > 0 ? unknownOptions(options) : this.message
  }
}

const unknownOptions = (words: readonly string[]) => `Unknown options: ${words.join(', ')}`

type ConfigurationCode = 'Configuration' | 'NoRegion' | 'NoCredentials' | 'Pager'

/** The configuration lacks something: credentials, a region, a pager. Exit 253. */
export class ConfigurationError extends Failure {
  override readonly exitCode = ExitCode.configuration
  override readonly name = 'ConfigurationError'
  override readonly code: ConfigurationCode
  constructor(code: ConfigurationCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A service refused the request. Exit 254. `members` is what the structured formats show: `Code`, `Message` and nothing unmodelled. */
export class ServiceError extends Failure {
  override readonly exitCode = ExitCode.service
  override readonly name = 'ServiceError'
  override readonly code: string
  readonly members: Dict
  constructor(code: string, message: string, members: Dict) {
    super(message)
    this.code = code
    this.members = members
  }
}

/**
 * The message of botocore's ClientError (botocore/exceptions.py, 2.36.7).
 *
 * @param retries if all attempts are used up
 */
export function clientErrorMessage(operation: string, code: string, message: string, retries?: number): string {
  const reached = retries === undefined ? '' : ` (reached max retries: ${retries})`
  return `An error occurred (${code}) when calling the ${operation} operation${reached}: ${message}`
}

/** Standard output or standard error could not be written. No key depends on it. */
export class Unwritable extends Failure {
  override readonly name = 'Unwritable'
  override readonly exitCode: number
  constructor(errno: string) {
    super(`could not write the output (${errno})`)
    this.exitCode = errno === 'EBADF' ? ExitCode.closed : ExitCode.unwritable
  }
}

/** A failure, printed in its own format, followed by what became of the key and the recovery commands, as plain text. */
export class FailureWithRecovery extends Failure {
  override readonly name = 'FailureWithRecovery'
  override readonly exitCode: number
  readonly failure: Failure
  readonly advice: string
  constructor(failure: Failure, advice: string) {
    super(`${failure.message}\n\n${advice}`, { cause: failure })
    this.exitCode = failure.exitCode
    this.failure = failure
    this.advice = advice
  }
}

/** A signal ended the run. `run/report.ts` knows its exit code. */
export class Interrupted extends Failure {
  override readonly name = 'Interrupted'
  readonly signal: NodeJS.Signals
  constructor(signal: NodeJS.Signals, message = '') {
    super(message)
    this.signal = signal
  }
}

/** The message of anything thrown. Not for messages that could quote a key. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** The name of anything thrown, and nothing else. */
export const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : 'unknown')
