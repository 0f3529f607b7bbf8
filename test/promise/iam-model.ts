/** IAM as one history has it: keys that appear, are listed and can be deleted with a lag, and calls that end as the history says. */
import { type Iam, NotSent, type Operation, type Operations, OutcomeUnknown, Refused } from '../../src/core/iam.ts'
import { type Answer, ENDINGS, endingOf, says } from './endings.ts'
import type { Called, Fault, History } from './history.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface Key {
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
  readonly by: 'us' | 'somebody' | 'nobody knows'
  /** By the server's clock, in milliseconds since 1970. */
  readonly created: number
  /** From when on lists show it, by our clock. */
  readonly listed: number
  deleted: boolean
}

/** One call as the service and the caller had it; times by our clock. */
export interface Call {
  readonly operation: Operation
  readonly asked: number
  ended: number
  /** Whether the caller was left in doubt about it. */
  unclear: boolean
  /** The key that the reply told of, read or not. */
  named: string | undefined
  /** Of a list that arrived: whether it showed a key that was not there at the start. */
  showedNew?: boolean
}

export interface IamModel {
  readonly iam: Iam
  readonly keys: readonly Key[]
  readonly calls: readonly Call[]
  /** When a list last showed what there is. */
  readonly looked: number
}

const READ_TIMEOUT = 60_000
const KEYS_PER_USER = 2

export function iamModel(history: History, clock: VirtualClock): IamModel {
  const { UserName = 'ops', skew } = history
  const keys: Key[] = []
  const calls: Call[] = []
  let looked = 0

  const serverNow = () => clock.now() + skew
  const timestamp = (time: number) => new Date(time).toISOString().replace(/\.\d+Z/, 'Z')
  const date = (created: number) =>
    history.dates === 'absent'
      ? {}
      : { CreateDate: history.dates === 'readable' ? timestamp(created) : timestamp(created).replace(/[T:Z]/g, '-') }
  const live = () => keys.filter(key => !key.deleted)
  const born = (by: Key['by'], age = 0): Key => {
    const name = `${by.slice(0, 2).toUpperCase()}${keys.length}`
    const key = {
      AccessKeyId: history.likeAws ? `AKIAIOSFODNN${name}EXAMPLE` : `tenant$bob's "swift" key <${name}>`,
      SecretAccessKey: history.likeAws ? `wJalrXUtnFEMI/K7MDENG/bPxRfiCY${name}EXAMPLE` : `a secret of other letters: "\u00e9 & <${name}>"`,
      by,
      created: serverNow() - age,
      listed: clock.now() - age + history.listLag,
      deleted: false,
    }
    keys.push(key)
    return key
  }
  for (const age of history.before) born('nobody knows', age)
  for (const at of history.strangers) clock.in(at, () => live().length < KEYS_PER_USER && born('somebody'))

  /** What the service does; throws a Refused where it will not. */
  const effects: { readonly [O in Called]: (input: Operations[O]['input']) => Answer } = {
    CreateAccessKey() {
      if (live().length >= KEYS_PER_USER) throw says(Refused, 'LimitExceeded', false)
      const { AccessKeyId, SecretAccessKey, created } = born('us')
      return { AccessKey: { UserName, AccessKeyId, Status: 'Active', SecretAccessKey, CreateDate: timestamp(created) } }
    },
    ListAccessKeys() {
      looked = clock.now()
      const listed = live().filter(({ listed }) => listed <= looked)
      const AccessKeyMetadata = listed.map(({ AccessKeyId, created }) => ({ UserName, AccessKeyId, ...date(created) }))
      return { AccessKeyMetadata, IsTruncated: false }
    },
    DeleteAccessKey({ AccessKeyId }) {
      const key = live().find(key => key.AccessKeyId === AccessKeyId && serverNow() - key.created >= history.deleteLag)
      if (!key) throw says(Refused, 'NoSuchEntity', false)
      key.deleted = true
      return {}
    },
  }

  async function meet<O extends Called>(fault: Fault, operation: O, input: Operations[O]['input'], stop?: AbortSignal) {
    if (stop?.aborted) throw ENDINGS['not sent'].failure()
    const { done, answer, failure } = endingOf(fault.end)
    let honest: Answer | undefined
    let refusal: unknown
    if (done === 'certainly' || (done === 'perhaps' && fault.done)) {
      clock.in(fault.effect, () => {
        try {
          honest = effects[operation](input)
        } catch (error) {
          refusal = error
        }
      })
    }
    await clock.sleep(fault.end === 'never' ? READ_TIMEOUT : Math.max(fault.ends, 1), stop)
    if (stop?.aborted) throw ENDINGS.lost.failure()
    // A refusal arrives as it is, unless it is lost, too.
    if (refusal && done === 'certainly') throw refusal
    if (failure) throw failure(honest)
    if (honest === undefined) throw new Error('the model has no answer')
    const serverTime = history.dated ? Math.floor(serverNow() / 1000) * 1000 : undefined
    return { output: operation === 'CreateAccessKey' && answer ? answer(honest) : honest, serverTime }
  }

  /** Keeps a record of what `meet` does. */
  async function call<O extends Called>(operation: O, input: Operations[O]['input'], stop?: AbortSignal) {
    const before = calls.filter(call => call.operation === operation).length
    const fault = history.faults[operation][before] ?? { end: 'reply', done: true, effect: 0, ends: 0 }
    const record: Call = { operation, asked: clock.now(), ended: 0, unclear: false, named: undefined }
    calls.push(record)
    try {
      const reply = await meet(fault, operation, input, stop)
      const ids = reply.output.AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId)
      if (ids) record.showedNew = keys.some(({ by, AccessKeyId }) => by !== 'nobody knows' && ids.includes(AccessKeyId))
      record.named = reply.output.AccessKey?.AccessKeyId
      record.unclear = operation === 'CreateAccessKey' && !record.named
      return reply
    } catch (error) {
      record.unclear = !(error instanceof Refused || error instanceof NotSent)
      record.named = error instanceof OutcomeUnknown ? error.named : undefined
      throw error
    } finally {
      record.ended = clock.now()
    }
  }

  return {
    keys,
    calls,
    get looked() {
      return looked
    },
    // Of the operations it knows those that a history is about.
    iam: { call } as unknown as Iam,
  }
}
