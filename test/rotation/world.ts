/**
 * The world a rotation runs in, all of it in memory: the account of the tests without HTTP in between, files, a program that keeps a
 * secret, and a process that can be broken at any of its steps. Judges nothing.
 */

import { readProfiles } from '../../src/config/profiles.ts'
import type { Context } from '../../src/core/command.ts'
import { ServiceError } from '../../src/core/errors.ts'
import type { Env, Files, Host } from '../../src/core/host.ts'
import { type CallFailure, NotSent, OutcomeUnknown, Refused, type Reply } from '../../src/core/iam.ts'
import type { KeyPair, WholeKey } from '../../src/core/key-store.ts'
import type { Dict } from '../../src/python/value.ts'
import { rotate } from '../../src/rotation/rotate.ts'
import { openStores } from '../../src/stores/open.ts'
import { virtualClock } from '../promise/virtual-clock.ts'
import { Account, type Parameters, ServiceRefusal } from '../support/account.ts'
import { ACTIONS, type Action, perform, type Result } from '../support/actions.ts'
import { systemError, testHost } from '../support/host.ts'

export const DAY = 86_400_000
export const START = Date.UTC(2026, 0, 31)

/** What a step can meet. Offline no request arrives from there on; deaf, no reply does; on a full disk nothing can be written. */
export type Fault =
  | ('killed before' | 'killed after' | 'interrupted' | 'fails' | 'full disk')
  | ('reply lost' | '500 before' | '500 after' | 'denied' | 'offline' | 'deaf')

export const FAULTS: Readonly<Record<StepKind, readonly Fault[]>> = {
  request: ['killed before', 'killed after', 'interrupted', 'reply lost', '500 before', '500 after', 'denied', 'offline', 'deaf'],
  file: ['killed before', 'killed after', 'interrupted', 'fails', 'full disk'],
  program: ['killed before', 'killed after', 'interrupted', 'fails'],
}

export type StepKind = 'request' | 'file' | 'program'

export interface Step {
  readonly kind: StepKind
  /** `UpdateAccessKey`, `replace /home/user/.aws/credentials`, `to-vault` */
  readonly name: string
}

export interface Ran {
  readonly steps: readonly Step[]
  readonly output: Dict | undefined
  /** What was thrown, or `killed`. */
  readonly failure: unknown
}

export interface Order {
  /** As typed: without it, the caller's own keys. */
  readonly UserName?: string
  readonly store: readonly string[]
  readonly flags?: Partial<Context['flags']>
  /** Another machine than the one that all runs share: it has only the stores and the account in common with that. */
  readonly machine?: string
  /** Milliseconds before each request. */
  readonly latency?: () => number
  /** What a program ends with. */
  readonly exits?: Readonly<Record<string, number>>
  /** Told of every step that was taken. */
  readonly after?: (step: Step) => void
  /** At which step what happens. */
  readonly fault?: { readonly at: number; readonly what: Fault }
}

export interface World {
  readonly account: Account
  readonly clock: ReturnType<typeof virtualClock>
  /** Files by absolute path, as text. */
  file(path: string): string | undefined
  write(path: string, text: string, mode?: number): void
  remove(folder: string): void
  /** What the programs were given last, by name. */
  readonly vaults: Map<string, KeyPair>
  /** The environments that programs were given, one for each time. */
  readonly environments: readonly Env[]
  /** Puts a key where it is, before any run. */
  put(store: string, key: WholeKey): Promise<void>
  /** The key a store holds, asked of it as its users would. */
  held(store: string, UserName: string): Promise<KeyPair | undefined>
  run(order: Order, signer: KeyPair): Promise<Ran>
}

const HOME = '/home/user'
const ENV = { HOME, PATH: '/bin', GITHUB_ENV: '/job/env' }

class Killed extends Error {}

export function world(options: ConstructorParameters<typeof Account>[0] = {}): World {
  const clock = virtualClock(START)
  const account = new Account({ now: clock.now, users: ['Bob', 'ops'], ...options })
  const machine = testHost({ env: ENV, now: START })
  const vaults = new Map<string, KeyPair>()
  const environments: Env[] = []
  const alive = new Set<number>()
  let pid = 1000
  for (const program of ['to-vault', 'to-other', 'check']) machine.files.replace(`/bin/${program}`, '', 0o755)

  const open = (host: Host, store: readonly string[], user: string | undefined) =>
    openStores(store, { host, profiles: readProfiles(host), user })

  async function run(
    { UserName, store, flags = {}, machine: other, latency, exits = {}, after, fault }: Order,
    signer: KeyPair,
  ): Promise<Ran> {
    const id = pid++
    alive.add(id)
    const steps: Step[] = []
    const death = new AbortController()
    const signal = new AbortController()
    const forEver = () => new Promise<never>(() => {})
    const die = () => {
      alive.delete(id)
      death.abort()
    }

    /** What happens at the next step, or undefined. */
    const meets = (step: Step): Fault | undefined => {
      const at = steps.push(step) - 1
      if (fault === undefined || at < fault.at) return undefined
      return at === fault.at || LASTING[step.kind]?.includes(fault.what) ? fault.what : undefined
    }

    async function request<T>(name: string, act: () => T): Promise<T> {
      if (latency) await clock.sleep(latency())
      if (death.signal.aborted) return forEver()
      const met = meets({ kind: 'request', name })
      const end = REQUEST_ENDS[met ?? 'none']
      if (met === 'killed before') die()
      if (death.signal.aborted) return forEver()
      if (end?.before) throw end.before(name)
      const result = refusing(act)
      if (met === 'interrupted') signal.abort()
      // A call that is given up; CreateAccessKey is waited for.
      if (signal.signal.aborted && name !== 'CreateAccessKey' && name !== 'DeleteAccessKey') throw unclear('Aborted')()
      if (met === 'killed after') die()
      if (death.signal.aborted) return forEver()
      if (end?.after) throw end.after(name)
      return result
    }

    function local<T>(step: Step, act: () => T): T {
      if (death.signal.aborted) throw new Killed()
      const met = meets(step)
      if (met === 'interrupted') signal.abort()
      if (met === 'fails' || (met === 'full disk' && !step.name.startsWith('remove'))) throw systemError('ENOSPC')
      if (met === 'killed before') die()
      else {
        const result = act()
        after?.(step)
        if (met !== 'killed after') return result
        die()
      }
      throw new Killed()
    }

    const { files } = machine
    const changing = <Name extends 'replace' | 'create' | 'append' | 'remove'>(name: Name): Files[Name] =>
      ((path: string, ...rest: [string, number]) =>
        local({ kind: 'file', name: `${name} ${path}` }, () => (files[name] as (...all: unknown[]) => void)(path, ...rest))) as Files[Name]
    const host: Host = {
      ...machine,
      clock: { now: clock.now, sleep: (ms, wake) => clock.sleep(ms, wake).then(() => (death.signal.aborted ? forEver() : undefined)) },
      pid: id,
      isRunning: other => alive.has(other),
      files: { ...files, replace: changing('replace'), create: changing('create'), append: changing('append'), remove: changing('remove') },
      env: other === undefined ? ENV : { ...ENV, XDG_STATE_HOME: `/state/${other}` },
      hostname: other ?? machine.hostname,
      async feed([program = ''], text, _, env) {
        if (death.signal.aborted) return forEver()
        if (env) environments.push(env)
        if (exits[program]) return { status: exits[program], signal: null }
        try {
          return local({ kind: 'program', name: program }, () => {
            if (program !== 'check') vaults.set(program, JSON.parse(text).AccessKey)
            return signal.signal.aborted ? { status: null, signal: 'SIGTERM' as const } : { status: 0, signal: null }
          })
        } catch (error) {
          if (error instanceof Killed) return forEver()
          return { status: 1, signal: null }
        }
      },
    }

    const call = (pair: KeyPair, action: Action, input: object) => {
      const session = account.sessions.find(({ id }) => id === pair.AccessKeyId)
      const caller = account.identify(pair.AccessKeyId, session?.token)
      if (caller.secret !== pair.SecretAccessKey) throw new ServiceRefusal('SignatureDoesNotMatch', 403, 'no')
      if ('user' in caller) caller.used = { at: clock.now(), service: ACTIONS[action].service, region: 'us-east-1' }
      const parameters = Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
      return perform(account, action, Object.fromEntries(parameters) as Parameters, caller)
    }
    const context: Context = {
      iam: {
        call: (operation, input) =>
          request(
            operation,
            () => ({ output: unmarshalled(call(signer, operation, input)), serverTime: clock.now() }) as Reply<typeof operation>,
          ),
      },
      source: 'env',
      region: undefined,
      endpoint: undefined,
      openIam: async () => {
        throw new Error('a rotation asks nothing about the account')
      },
      signingKey: signer,
      sts:
        async () =>
        (pair = signer) =>
        () =>
          request('GetCallerIdentity', () => call(pair, 'GetCallerIdentity', {}) as never),
      clock: host.clock,
      signals: {
        get received() {
          return signal.signal.aborted ? 'SIGINT' : undefined
        },
        interrupt: signal.signal,
        deadline: new AbortController().signal,
        release() {},
      },
      maxAttempts: 3,
      random: () => 0.5,
      flags: flags as Context['flags'],
      stores: await open(host, store, UserName),
      pages: undefined,
      host: host,
      callJournal: { begin() {}, created() {}, end() {} },
      accountOptions: ' --profile admin',
      progress: { say() {}, end() {} },
      debug() {},
    }
    const killed = new Promise<'killed'>(resolve => death.signal.addEventListener('abort', () => resolve('killed')))
    const running = rotate(UserName === undefined ? {} : { UserName }, context).then(
      ({ output }) => ({ output, failure: undefined }),
      (failure: unknown) => ({ output: undefined, failure }),
    )
    const end = await clock.run(Promise.race([running, killed]))
    alive.delete(id)
    return { steps, ...(end === 'killed' ? { output: undefined, failure: end } : end) }
  }

  return {
    account,
    clock,
    vaults,
    environments,
    file: path => {
      const found = machine.contents.get(path)
      return found && Buffer.from(found.bytes).toString()
    },
    write: (path, text, mode = 0o600) => machine.files.replace(path, text, mode),
    remove: folder => {
      for (const path of machine.contents.keys()) if (path.startsWith(folder)) machine.files.remove(path)
    },
    async put(name, key) {
      if (name.startsWith('command:')) vaults.set(name.slice('command:'.length), key)
      else for (const store of await open(machine, [name], key.UserName)) await store.put(key, new AbortController().signal)
    },
    async held(name, UserName) {
      if (name.startsWith('command:')) return vaults.get(name.slice('command:'.length))
      const [store] = await open(machine, [name], UserName)
      return store?.read?.(UserName)
    },
    run,
  }
}

const LASTING: { readonly [Kind in StepKind]?: readonly Fault[] } = { request: ['offline', 'deaf'], file: ['full disk'] }

interface End {
  readonly before?: (name: string) => CallFailure
  readonly after?: (name: string) => CallFailure
}

const failure = (code: string) => new ServiceError(code, `An error occurred (${code})`, new Map([['Code', code]]))
const unclear = (code: string) => () => new OutcomeUnknown({ retryable: true, failure: failure(code) })

const REQUEST_ENDS: Readonly<Record<string, End>> = {
  'reply lost': { after: unclear('ConnectionClosed') },
  deaf: { after: unclear('ConnectionClosed') },
  '500 before': { before: unclear('ServiceFailure') },
  '500 after': { after: unclear('ServiceFailure') },
  denied: { before: () => new Refused({ retryable: false, failure: failure('AccessDenied') }) },
  offline: { before: () => new NotSent({ retryable: true, failure: failure('EndpointConnection') }) },
}

/** What the account says no to, in the terms of the port. */
function refusing<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof ServiceRefusal)) throw error
    throw new Refused({ retryable: false, failure: failure(error.code) })
  }
}

/** IAM's booleans come as text. */
const unmarshalled = (result: Result): unknown =>
  typeof result === 'object' && 'IsTruncated' in result ? { ...result, IsTruncated: result.IsTruncated === 'true' } : result
