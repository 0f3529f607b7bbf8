/** How a run ends that is not well: in two ways that alerting can tell apart, by exit codes that aws-cli has no use for. */

import { ExitCode, Failure, FailureWithRecovery } from '../core/errors.ts'
import type { Done } from './apply.ts'

export type Verdict = 'NotFinished' | 'DecisionNeeded'

/** Rotation.Result → exit code. The others are 0. */
const EXITS: Readonly<Record<Verdict, number>> = { NotFinished: ExitCode.notFinished, DecisionNeeded: ExitCode.decisionNeeded }

/** A reason not to begin, or not to go on. */
export class Stopped extends Failure {
  override readonly name = 'Stopped'
  override readonly exitCode: number
  readonly verdict: Verdict
  constructor(verdict: Verdict, why: string) {
    super(why)
    this.verdict = verdict
    this.exitCode = EXITS[verdict]
  }
}

/** A step failed: in its own words and format, and then what became of things. The exit code says what follows from it. */
export class StepFailure extends FailureWithRecovery {
  override readonly exitCode: number
  readonly verdict: Verdict
  readonly done: readonly Done[]
  constructor(failure: Failure, advice: string, verdict: Verdict, done: readonly Done[] = []) {
    super(failure, advice)
    this.exitCode = EXITS[verdict]
    this.verdict = verdict
    this.done = done
  }

  /** The same, once those steps were done before. */
  after(done: readonly Done[]): StepFailure {
    return new StepFailure(this.failure, this.advice, this.verdict, done)
  }
}
