/** A scripted Iam: each call takes the next answer of its operation, and one that nobody asked for, or that was asked for in vain, is an error. */
import { Failure, ServiceError } from '../../src/core/errors.ts'
import {
  type CallFailure,
  type Iam,
  NotSent,
  type Operation,
  type Operations,
  OutcomeUnknown,
  Refused,
  type Reply,
} from '../../src/core/iam.ts'

type Answer<O extends Operation> = Operations[O]['output'] | CallFailure | Error
export type Script = { readonly [O in Operation]?: readonly Answer<O>[] }

export interface ScriptedIam extends Iam {
  /** What was asked, in order: an operation and its input. */
  readonly asked: readonly (readonly [Operation, object])[]
  /** How many answers nobody asked for. */
  readonly left: number
}

/** @param serverTime the Date of every reply, in milliseconds since 1970 */
export function scripted(script: Script, serverTime?: number): ScriptedIam {
  const asked: [Operation, object][] = []
  const answers = new Map<string, readonly Answer<Operation>[]>(Object.entries(script))
  return {
    asked,
    get left() {
      return [...answers.values()].flat().length
    },
    async call<O extends Operation>(operation: O, input: Operations[O]['input']): Promise<Reply<O>> {
      asked.push([operation, input])
      const [answer, ...more] = answers.get(operation) ?? []
      if (answer === undefined) throw new Error(`nobody expected ${operation}`)
      answers.set(operation, more)
      if (answer instanceof Error) throw answer
      return { output: answer as Operations[O]['output'], serverTime }
    },
  }
}

const general = (message: string) => new Failure(message)
const said = (code: string) => new ServiceError(code, `An error occurred (${code})`, new Map([['Code', code]]))

/** The ways a call can fail, by what happened. */
export const fails = {
  notSent: new NotSent({ retryable: true, failure: general('Could not connect') }),
  throttled: new Refused({ retryable: true, failure: said('Throttling') }),
  denied: new Refused({ retryable: false, failure: said('AccessDenied') }),
  noSuchEntity: new Refused({ retryable: false, failure: said('NoSuchEntity') }),
  limit: new Refused({ retryable: false, failure: said('LimitExceeded') }),
  lost: new OutcomeUnknown({ retryable: true, failure: general('Connection was closed') }),
  failed: new OutcomeUnknown({ retryable: true, failure: said('ServiceFailure') }),
  moved: new OutcomeUnknown({ retryable: false, failure: said('307') }),
  /** An empty reply of success. */
  wordless: new OutcomeUnknown({ retryable: false, failure: general('Unable to parse response'), acknowledged: true }),
  broken: (named: string) => new OutcomeUnknown({ retryable: false, failure: general('Unable to parse response'), named }),
} as const
