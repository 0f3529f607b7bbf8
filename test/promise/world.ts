/** A model of IAM, of a terminal and of a person who presses ^C: what `createKey` and `deliver` meet in one history. Judges nothing. */
import type { Note } from '../../src/command.ts'
import { deliver } from '../../src/delivery.ts'
import { Failure, ServiceError } from '../../src/errors.ts'
import type { HeldSignals, SystemError } from '../../src/host.ts'
import { createKey } from '../../src/iam/creation.ts'
import { type Iam, NotSent, type Operation, type Operations, Refused, Unclear } from '../../src/service.ts'
import type { Called, Fault, History } from './history.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

export interface Key {
  readonly AccessKeyId: string
  readonly SecretAccessKey: string
  readonly by: 'us' | 'somebody' | 'nobody knows'
  /** By the server's clock, in milliseconds since 1970. */
  readonly created: number
  /** From when on lists show it, in milliseconds from the start. */
  readonly listed: number
  deleted: boolean
}

/** One call as the service and the caller had it; times in milliseconds from the start. */
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

export interface Told {
  readonly keys: readonly Key[]
  readonly calls: readonly Call[]
  readonly stdout: string
  /** What was thrown, if the run failed. */
  readonly thrown: unknown
  /** The debug log, and what the note says. */
  readonly noted: readonly string[]
  /** The first signal that came before the end. */
  readonly signal: { readonly at: number; readonly name: NodeJS.Signals } | undefined
  /** When a list last showed what there is, and when it was over, in milliseconds from the start. */
  readonly looked: number
  readonly ended: number
}

const START = Date.UTC(2026, 0, 1)
const READ_TIMEOUT = 60_000
const KEYS_PER_USER = 2

export async function live(history: History): Promise<Told> {
  const clock = virtualClock(START)
  const service = model(history, clock)
  const signals = person(history, clock)
  const noted: string[] = []
  const note: Note = {
    begin: about => void noted.push(JSON.stringify(about)),
    created: AccessKeyId => void noted.push(AccessKeyId),
    end() {},
  }
  const context = {
    iam: service.iam,
    clock,
    signals,
    maxAttempts: history.maxAttempts,
    random: () => history.random,
    note,
    sameAccount: ' --profile prod',
    debug: (line: string) => void noted.push(line),
  }
  const terminal = output(history, clock)
  const input = history.UserName === undefined ? {} : { UserName: history.UserName }
  const run = createKey(input, context).then(outcome => deliver(outcome, terminal, signals))
  const thrown = await clock.run(
    run.then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
  const ended = clock.now() - START
  const looked = service.looked
  const { first: signal } = signals
  clock.drain()
  const { keys, calls } = service
  return { keys, calls, looked, stdout: terminal.text, thrown, noted, signal, ended }
}

// ---- the service --------------------------------------------------------------------------------------------------------------------

type Answer = Partial<Operations['CreateAccessKey']['output'] & Operations['ListAccessKeys']['output']>

function model(history: History, clock: VirtualClock) {
  const { UserName: user = 'ops', skew, faults } = history
  const keys: Key[] = []
  const calls: Call[] = []
  let looked = 0
  const serverNow = () => clock.now() + skew
  const born = (by: Key['by'], age = 0) => {
    const name = `${by.slice(0, 2).toUpperCase()}${keys.length}`
    const key = {
      AccessKeyId: `AKIAIOSFODNN${name}EXAMPLE`,
      SecretAccessKey: `wJalrXUtnFEMI/K7MDENG/bPxRfiCY${name}EXAMPLE`,
      by,
      created: serverNow() - age,
      listed: clock.now() - START - age + history.listLag,
      deleted: false,
    }
    keys.push(key)
    return key
  }
  const live = () => keys.filter(key => !key.deleted)
  for (const age of history.before) born('nobody knows', age)
  for (const at of history.strangers) clock.in(at, () => live().length < KEYS_PER_USER && born('somebody'))

  const says = (kind: typeof Refused | typeof Unclear, code: string, retryable: boolean) =>
    new kind({ retryable, failure: new ServiceError(code, `An error occurred (${code})`, new Map([['Code', code]])) })
  const timestamp = (time: number) => new Date(time).toISOString().replace(/\.\d+Z/, 'Z')

  /** What the service does; throws a Refused where it will not. */
  const effects: { readonly [O in Called]: (input: Operations[O]['input']) => Answer } = {
    CreateAccessKey() {
      if (live().length >= KEYS_PER_USER) throw says(Refused, 'LimitExceeded', false)
      const { AccessKeyId, SecretAccessKey, created } = born('us')
      return { AccessKey: { UserName: user, AccessKeyId, Status: 'Active', SecretAccessKey, CreateDate: timestamp(created) } }
    },
    ListAccessKeys() {
      looked = clock.now() - START
      const listed = live().filter(({ listed }) => clock.now() - START >= listed)
      const AccessKeyMetadata = listed.map(({ AccessKeyId, created }) => ({ UserName: user, AccessKeyId, CreateDate: timestamp(created) }))
      return { AccessKeyMetadata, IsTruncated: false }
    },
    DeleteAccessKey({ AccessKeyId }) {
      const key = live().find(key => key.AccessKeyId === AccessKeyId && serverNow() - key.created >= history.deleteLag)
      if (!key) throw says(Refused, 'NoSuchEntity', false)
      key.deleted = true
      return {}
    },
  }

  /** What the caller gets in the place of an honest answer, or undefined. Only a call that was not sent or was refused has no effect for certain. */
  const broken = ({ end }: Fault, output: Answer | undefined): Error | undefined => {
    const named = output?.AccessKey?.AccessKeyId
    switch (end) {
      case 'lost':
        return new Unclear({ retryable: true, failure: new Failure('Connection was closed') })
      case 'broken reply that names the key':
        return new Unclear({ retryable: true, failure: new Failure('Unable to parse response'), named })
      case '500':
        return says(Unclear, 'ServiceFailure', true)
      case '307':
        return says(Unclear, '307', false)
      case 'bug':
        return new TypeError(`cannot read ${output?.AccessKey?.SecretAccessKey}`)
      case 'not sent':
        return new NotSent({ retryable: true, failure: new Failure('Could not connect') })
      case 'throttled':
        return says(Refused, 'Throttling', true)
      case 'clock':
        return says(Refused, 'RequestTimeTooSkewed', true)
      case 'denied':
        return says(Refused, 'AccessDenied', false)
      default:
        return undefined
    }
  }

  const damaged = ({ end }: Fault, output: Answer): Answer => {
    if (!output.AccessKey) return output
    const { SecretAccessKey, ...rest } = output.AccessKey
    if (end === 'reply without secret') return { AccessKey: rest }
    if (end === 'reply with a damaged secret') return { AccessKey: { ...rest, SecretAccessKey: `${SecretAccessKey}`.replace('E', '!') } }
    if (end === 'reply with a damaged id') return { AccessKey: { ...output.AccessKey, AccessKeyId: '<AKIA>' } }
    return end === 'reply without key' ? {} : output
  }

  const NOT_DONE: ReadonlySet<string> = new Set(['not sent', 'throttled', 'clock', 'denied'])
  const PERHAPS: ReadonlySet<string> = new Set(['lost', '500', '307', 'never', 'bug'])

  async function call<O extends Called>(operation: O, input: Operations[O]['input'], stop?: AbortSignal) {
    const before = calls.filter(call => call.operation === operation).length
    const fault = faults[operation][before] ?? { end: 'reply', done: true, effect: 0, ends: 0 }
    const record: Call = { operation, asked: clock.now() - START, ended: 0, unclear: false, named: undefined }
    calls.push(record)
    try {
      const reply = await meet(fault, operation, input, stop)
      const ids = reply.output.AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId)
      if (ids) record.showedNew = keys.some(({ by, AccessKeyId }) => by !== 'nobody knows' && ids.includes(AccessKeyId))
      record.named = reply.output.AccessKey?.AccessKeyId
      record.unclear = operation === 'CreateAccessKey' && !record.named?.startsWith('AKIA')
      return reply
    } catch (error) {
      record.unclear = !(error instanceof Refused || error instanceof NotSent)
      record.named = error instanceof Unclear ? error.named : undefined
      throw error
    } finally {
      record.ended = clock.now() - START
    }
  }

  async function meet<O extends Called>(fault: Fault, operation: O, input: Operations[O]['input'], stop?: AbortSignal) {
    if (stop?.aborted) throw new NotSent({ retryable: true, failure: new Failure('Could not connect') })
    let output: Answer | undefined
    let refusal: unknown
    const happens = !NOT_DONE.has(fault.end) && (fault.done || !PERHAPS.has(fault.end))
    if (happens) {
      clock.in(fault.effect, () => {
        try {
          output = effects[operation](input)
        } catch (error) {
          refusal = error
        }
      })
    }
    await clock.sleep(fault.end === 'never' ? READ_TIMEOUT : Math.max(fault.ends, 1), stop)
    if (stop?.aborted) throw new Unclear({ retryable: true, failure: new Failure('Connection was closed') })
    if (fault.end === 'never') throw new Unclear({ retryable: true, failure: new Failure('Read timeout') })
    const failure = broken(fault, output)
    // A refusal arrives as it is, unless it is lost, too.
    if (refusal && !PERHAPS.has(fault.end)) throw refusal
    if (failure) throw failure
    if (output === undefined) throw new Error('the model has no answer')
    return {
      output: damaged(fault, output),
      serverTime: history.dated ? Math.floor(serverNow() / 1000) * 1000 : undefined,
    }
  }
  return {
    keys,
    calls,
    get looked() {
      return looked
    },
    iam: { call } as unknown as Iam,
  }
}

// ---- the person ---------------------------------------------------------------------------------------------------------------------

/** Signals as node.ts holds them. */
function person({ signals }: History, clock: VirtualClock): HeldSignals & { readonly first: History['signals'][number] | undefined } {
  const came = new AbortController()
  const overdue = new AbortController()
  let first: History['signals'][number] | undefined
  for (const signal of signals) {
    clock.in(signal.at, () => {
      if (first) return overdue.abort()
      first = signal
      came.abort()
      clock.in(3000, () => overdue.abort())
    })
  }
  return {
    get first() {
      return first
    },
    get received() {
      return first?.name
    },
    came: came.signal,
    overdue: overdue.signal,
    release() {},
  }
}

function output({ output: fate }: History, clock: VirtualClock) {
  const terminal = {
    text: '',
    render: (reply: ReadonlyMap<string, unknown>) => {
      const text = JSON.stringify(reply, (_, value) => (value instanceof Map ? Object.fromEntries(value) : value))
      if (fate.kind === 'cannot be rendered') throw new TypeError(text)
      return text
    },
    async show(text: string, stop: AbortSignal) {
      if (fate.kind === 'stalls') {
        terminal.text = text.slice(0, 60)
        await clock.sleep(fate.for, stop)
        if (stop.aborted) throw systemError('EINTR')
      }
      const room = fate.kind === 'breaks off' ? fate.after : text.length
      terminal.text = text.slice(0, room)
      if (room < text.length) throw systemError(fate.kind === 'breaks off' ? fate.code : 'EIO')
    },
  }
  return terminal
}

const systemError = (code: string): SystemError => Object.assign(new Error(code), { code, errno: 1 })
