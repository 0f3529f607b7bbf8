/** The two ways in which a run ends without success. Their exit codes, which aws-cli does not use, let alerts tell them apart. */

import { ExitCode, Failure, FailureWithRecovery } from '../core/errors.ts'
import type { Done } from './apply.ts'

export type Verdict = 'NotFinished' | 'DecisionNeeded'

/** Rotation.Result → exit code; 0 for all others. */
const EXIT_CODES: Readonly<Record<Verdict, number>> = { NotFinished: ExitCode.notFinished, DecisionNeeded: ExitCode.decisionNeeded }

/** A reason not to begin, or not to continue. */
export class Stopped extends Failure {
  override readonly name = 'Stopped'
  override readonly exitCode: number
  readonly verdict: Verdict
  constructor(verdict: Verdict, why: string) {
    super(why)
    this.verdict = verdict
    this.exitCode = EXIT_CODES[verdict]
  }
}

/** A failed step, in its own format, followed by what became of the key. The exit code says whether a run continues. */
export class StepFailure extends FailureWithRecovery {
  override readonly exitCode: number
  readonly verdict: Verdict
  readonly done: readonly Done[]
  constructor(failure: Failure, advice: string, verdict: Verdict, done: readonly Done[] = []) {
    super(failure, advice)
    this.exitCode = EXIT_CODES[verdict]
    this.verdict = verdict
    this.done = done
  }

  /** The same, with the steps before it. */
  after(done: readonly Done[]): StepFailure {
    return new StepFailure(this.failure, this.advice, this.verdict, done)
  }
}
