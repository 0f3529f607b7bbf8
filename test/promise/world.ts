/** A terminal, a person who presses ^C, and IAM: what `createKey` and `deliver` meet in one history. Judges nothing. */
import type { CallJournal } from '../../src/core/command.ts'
import type { HeldSignals, SystemError } from '../../src/core/host.ts'
import { createKey } from '../../src/keys/create.ts'
import { deliver } from '../../src/stores/deliver.ts'
import type { History } from './history.ts'
import { type Call, iamModel, type Key } from './iam-model.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** Times are our clock's, in milliseconds since 1970. */
export interface Told {
  readonly keys: readonly Key[]
  readonly calls: readonly Call[]
  readonly stdout: string
  /** What was thrown, if the run failed. */
  readonly thrown: unknown
  /** The debug log, and what the note says. */
  readonly noted: readonly string[]
  /** The first signal that came before the end. */
  readonly signal: Signal | undefined
  /** When a list last showed what there is. */
  readonly looked: number
  /** Milliseconds from the start to the end, and from the first signal. */
  readonly took: number
  readonly tookFromSignal: number
}

type Signal = History['signals'][number]

const START = Date.UTC(2026, 0, 1)

export async function live(history: History): Promise<Told> {
  const clock = virtualClock(START)
  const service = iamModel(history, clock)
  const signals = person(history, clock)
  const noted: string[] = []
  const callJournal: CallJournal = {
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
    callJournal,
    accountOptions: ' --profile prod',
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
  const { looked } = service
  const { first: signal } = signals
  const took = clock.now() - START
  clock.drain()
  const { keys, calls } = service
  return { keys, calls, looked, stdout: terminal.text, thrown, noted, signal, took, tookFromSignal: took - (signal?.at ?? took) }
}

/** Signals as node/host.ts holds them. */
function person({ signals }: History, clock: VirtualClock): HeldSignals & { readonly first: Signal | undefined } {
  const came = new AbortController()
  const overdue = new AbortController()
  let first: Signal | undefined
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
    interrupt: came.signal,
    deadline: overdue.signal,
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
      if (fate.kind === 'stalls' || fate.kind === 'blocks') {
        terminal.text = text.slice(0, 60)
        await clock.sleep(fate.for, fate.kind === 'stalls' ? stop : undefined)
        if (fate.kind === 'stalls' && stop.aborted) throw systemError('EINTR')
      }
      const room = fate.kind === 'breaks off' ? fate.after : text.length
      terminal.text = text.slice(0, room)
      if (room < text.length) throw systemError(fate.kind === 'breaks off' ? fate.code : 'EIO')
    },
  }
  return terminal
}

const systemError = (code: string): SystemError => Object.assign(new Error(code), { code, errno: 1 })
