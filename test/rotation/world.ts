/**
 * The world a rotation runs in, all of it in memory: the account of the tests without HTTP in between, files, programs that keep a secret
 * and programs that show it, a process that can be broken at any of its steps, and a consumer that looks at the stores all the time.
 * Judges nothing.
 */

import { readProfiles } from '../../src/config/profiles.ts'
import type { Context } from '../../src/core/command.ts'
import { ServiceError } from '../../src/core/errors.ts'
import type { Env, Fed, Files, Host } from '../../src/core/host.ts'
import { type CallFailure, type Iam, NotSent, type Operation, OutcomeUnknown, Refused, type Reply } from '../../src/core/iam.ts'
import type { KeyPair, WholeKey } from '../../src/core/key-store.ts'
import type { Remote, RemoteReply } from '../../src/core/remote.ts'
import { TransportFailure } from '../../src/core/transport.ts'
import type { Dict } from '../../src/python/value.ts'
import { rotate } from '../../src/rotation/rotate.ts'
import { csvFormat } from '../../src/stores/csv.ts'
import { dotenvFormat } from '../../src/stores/env-file.ts'
import type { TextFormat } from '../../src/stores/file.ts'
import { type NamedStore, openStores, STORE_CODE } from '../../src/stores/open.ts'
import { credentialsFormat } from '../../src/stores/profile.ts'
import { virtualClock } from '../promise/virtual-clock.ts'
import { Account, type AccountOptions, type Parameters, ServiceRefusal } from '../support/account.ts'
import { ACTIONS, type Action, perform, type Result } from '../support/actions.ts'
import { systemError, testHost } from '../support/host.ts'
import { SECRET_PLACES } from '../support/secret-places.ts'
import { SecretServices } from '../support/secret-services.ts'
import { remoteTo } from '../support/secret-wire.ts'

// Loaded before time begins, which does not wait for modules.
await Promise.all([...Object.values(STORE_CODE).map(load => load()), import('../../src/stores/remote/sealed-box.ts')])

export const DAY = 86_400_000
export const START = Date.UTC(2026, 0, 31)

/**
 * What a step can meet. Offline no request arrives from there on; deaf, no reply does; on a full disk nothing can be written. A file is
 * torn where the process is killed in the middle of writing it. A program can store the key and not say so, or store it once the run that
 * started it is gone.
 */
export type Fault =
  | ('killed before' | 'killed after' | 'interrupted' | 'fails' | 'full disk' | 'torn')
  | ('reply lost' | '500 before' | '500 after' | 'denied' | 'offline' | 'deaf')
  | ('stores and fails' | 'stores once and fails' | 'stores and is killed' | 'killed, and it stores later')
  | ('404' | '409' | '422' | '429' | '503 for ever' | 'replies to writes lost' | 'writes lost')

export const FAULTS: Readonly<Record<StepKind, readonly Fault[]>> = {
  request: ['killed before', 'killed after', 'interrupted', 'reply lost', '500 before', '500 after', 'denied', 'offline', 'deaf'],
  file: ['killed before', 'killed after', 'interrupted', 'fails', 'full disk', 'torn'],
  program: [
    ...(['killed before', 'killed after', 'interrupted', 'fails'] as const),
    ...(['stores and fails', 'stores once and fails', 'stores and is killed', 'killed, and it stores later'] as const),
  ],
  reader: ['killed before', 'killed after', 'fails'],
  remote: [
    ...(['killed before', 'killed after', 'interrupted', 'reply lost', '500 before', '500 after', 'denied', 'offline', 'deaf'] as const),
    ...(['404', '409', '422', '429', '503 for ever', 'replies to writes lost', 'writes lost'] as const),
  ],
}

export type StepKind = 'request' | 'file' | 'program' | 'reader' | 'remote'

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
  /** `command:to-vault` may name what shows its key: `command:to-vault < show-id`. */
  readonly store: readonly string[]
  readonly flags?: Partial<Context['flags']>
  /** Another machine than the one that all runs share: it has only the stores and the account in common with that. */
  readonly machine?: string
  /** The state directory belongs to another user, so that the run has no journal. */
  readonly stateless?: boolean
  /** Milliseconds before each request. */
  readonly latency?: () => number
  /** Holds up the nth request until it resolves. */
  readonly gate?: (nth: number) => Promise<void> | undefined
  /** What a program ends with that stores nothing. */
  readonly exits?: Readonly<Record<string, number>>
  /** Told of every step that was taken. */
  readonly after?: (step: Step) => void
  /** At which step what happens. */
  readonly fault?: { readonly at: number; readonly what: Fault }
}

/** How the consumer works with what it finds. */
export type Consumer = 'none' | 's3' | 'sts'

export interface World {
  readonly account: Account
  readonly clock: ReturnType<typeof virtualClock>
  /** Files by absolute path, as text. */
  file(path: string): string | undefined
  write(path: string, text: string, mode?: number): void
  remove(folder: string): void
  /** What the programs were given last, by name. */
  readonly vaults: Map<string, KeyPair>
  readonly services: SecretServices
  /** The environments that programs were given, one for each time. */
  readonly environments: readonly Env[]
  /** Puts a key where it is, before any run. */
  put(store: string, key: WholeKey): Promise<void>
  /** The key a store holds, as its users find it. */
  held(store: string, UserName: string): KeyPair | undefined
  /** From now on the consumer looks at these stores at every step; `seen` has what it could not work with, and could before. */
  watch(stores: readonly string[], UserName: string, consumer: Consumer): void
  /** What has been done to the stores since was done by the test. */
  accept(): void
  readonly seen: readonly string[]
  /** Whether a store has a key that works. */
  works(store: string, UserName: string): boolean
  run(order: Order, signer: KeyPair): Promise<Ran>
}

const HOME = '/home/user'
const TOKENS = { GH_TOKEN: 'token', GITLAB_TOKEN: 'token', CI_API_V4_URL: 'https://gitlab.example/api/v4' }
const ENV = { HOME, PATH: '/bin', GITHUB_ENV: '/job/env', ...TOKENS }
const CREDENTIALS = `${HOME}/.aws/credentials`
const PROGRAMS = ['to-vault', 'to-other', 'check', 'show-id', 'show-key', 'show-other-id']
/** What a program shows, and how. */
const SHOWN: Readonly<Record<string, readonly [vault: string, show: (pair: KeyPair) => string]>> = {
  'show-id': ['to-vault', pair => `${pair.AccessKeyId}\n`],
  'show-key': ['to-vault', pair => JSON.stringify(pair)],
  'show-other-id': ['to-other', pair => pair.AccessKeyId],
}

class Killed extends Error {}

interface WorldOptions extends AccountOptions {
  /** By how much the service's clock is ahead of ours, in milliseconds. */
  readonly ahead?: number
  /** AWS, which may report a use late; another service reports it at once. */
  readonly isAws?: boolean
}

/** `command:to-vault < show-id` in parts. */
export function namedStore(store: string): NamedStore {
  const [name = '', readCommand] = store.split(' < ')
  return readCommand === undefined ? { name } : { name, readCommand }
}

export function world({ ahead = 0, isAws = true, ...options }: WorldOptions = {}): World {
  const clock = virtualClock(START)
  const account = new Account({ now: () => clock.now() + ahead, users: ['Bob', 'ops'], ...options })
  const machine = testHost({ env: ENV, now: START, clock })
  const vaults = new Map<string, KeyPair>()
  const services = new SecretServices(account.now, TOKENS.GH_TOKEN)
  for (const { prepare } of SECRET_PLACES) prepare(services)
  const environments: Env[] = []
  const alive = new Set<number>()
  let pid = 1000
  for (const program of PROGRAMS) machine.files.replace(`/bin/${program}`, '', 0o755)

  const open = (host: Host, store: readonly string[], user: string | undefined, remote: Remote = remoteTo(services, [])) =>
    openStores(store.map(namedStore), { host, profiles: readProfiles(host), user, remote })

  const fileAt = (path: string) => {
    const found = machine.contents.get(path)
    return found && Buffer.from(found.bytes).toString()
  }
  function held(store: string, UserName: string): KeyPair | undefined {
    const [kind = '', rest = ''] = namedStore(store).name.split(/:(.*)/)
    if (kind === 'command') return vaults.get(rest)
    const place = placeNamed(store)
    if (place) return wholePair(place.consumed(services))
    const [path, format] = FILES[kind]?.(rest) ?? []
    return path === undefined ? undefined : format?.read(fileAt(path) ?? '', UserName)
  }
  const livingKey = (pair: KeyPair | undefined) =>
    account.keys.find(
      key => key.id === pair?.AccessKeyId && key.secret === pair.SecretAccessKey && key.status === 'Active' && key.deleted === undefined,
    )

  // ---- the consumer ---------------------------------------------------------------------------------------------------------------
  let watching: { readonly stores: readonly string[]; readonly UserName: string; readonly consumer: Consumer } | undefined
  const worked = new Map<string, boolean>()
  const seen: string[] = []
  function poll(step: string): void {
    if (watching === undefined) return
    const { stores, UserName, consumer } = watching
    for (const store of stores) {
      const key = livingKey(held(store, UserName))
      if (key === undefined && worked.get(store)) seen.push(`${store} is dead after ${step}`)
      worked.set(store, key !== undefined)
      // A consumer as others have it: it works now and then, and not in the moment a key is stored.
      if (key && consumer !== 'none' && clock.now() >= (key.used?.at ?? 0) - ahead + 60_000) {
        key.used = { at: account.now(), service: consumer, region: 'us-east-1' }
      }
    }
  }

  async function run(
    { UserName, store, flags = {}, machine: other, stateless = false, latency, gate, exits = {}, after, fault }: Order,
    signer: KeyPair,
  ): Promise<Ran> {
    const id = pid++
    alive.add(id)
    const steps: Step[] = []
    let requests = 0
    const death = new AbortController()
    const signal = new AbortController()
    const forEver = () => new Promise<never>(() => {})
    const die = () => {
      alive.delete(id)
      death.abort()
    }
    const taken = (step: Step) => {
      poll(`${step.kind} ${step.name}`)
      after?.(step)
    }

    /** What happens at the next step, or undefined. */
    const meets = (step: Step): Fault | undefined => {
      const at = steps.push(step) - 1
      if (fault === undefined || at < fault.at) return undefined
      return at === fault.at || LASTING[step.kind]?.includes(fault.what) ? fault.what : undefined
    }

    async function request<T>(name: string, act: () => T): Promise<T> {
      if (latency) await clock.sleep(latency())
      await gate?.(requests++)
      if (death.signal.aborted) return forEver()
      const step: Step = { kind: 'request', name }
      const met = meets(step)
      const end = REQUEST_ENDS[met ?? 'none']
      if (met === 'killed before') die()
      if (death.signal.aborted) return forEver()
      if (end?.before) throw end.before(name)
      const result = refusing(act)
      taken(step)
      if (met === 'interrupted') signal.abort()
      // A call that is given up; CreateAccessKey is waited for.
      if (signal.signal.aborted && name !== 'CreateAccessKey' && name !== 'DeleteAccessKey') throw unclear('Aborted')()
      if (met === 'killed after') die()
      if (death.signal.aborted) return forEver()
      if (end?.after) throw end.after(name)
      return result
    }

    /** A request to a service that keeps secrets. */
    async function remotely(name: string, act: () => RemoteReply): Promise<RemoteReply> {
      if (latency) await clock.sleep(latency())
      if (death.signal.aborted) return forEver()
      const step: Step = { kind: 'remote', name }
      const isWrite = /^(PUT|POST|PATCH) |\.(Put|Update|Delete)/.test(name)
      const fault = meets(step)
      const met = fault?.includes('writes') && !isWrite ? undefined : fault
      const status = STATUS[met ?? 'none']
      const lost = (sent: boolean) => new TransportFailure('lost', { sent, retryable: true })
      if (met === 'killed before') die()
      if (death.signal.aborted) return forEver()
      if (met === 'offline' || met === 'writes lost') throw lost(met === 'writes lost')
      if (status !== undefined && met !== '500 after') return { status, headers: {}, body: '{"__type":"Odd","message":"Odd"}' }
      const reply = act()
      taken(step)
      if (met === 'interrupted') signal.abort()
      if (met === 'killed after') die()
      if (death.signal.aborted) return forEver()
      if (met === 'reply lost' || met === 'deaf' || met === 'replies to writes lost') throw lost(true)
      return status === undefined ? reply : { status, headers: {}, body: '' }
    }
    const remote = remoteTo(services, [], { through: remotely })

    function local<T>(step: Step, act: (torn: boolean) => T): T {
      if (death.signal.aborted) throw new Killed()
      const met = meets(step)
      if (met === 'interrupted') signal.abort()
      if (met === 'fails' || (met === 'full disk' && !step.name.startsWith('remove'))) throw systemError('ENOSPC')
      if (met === 'killed before') die()
      else {
        const result = act(met === 'torn')
        taken(step)
        if (met !== 'killed after' && met !== 'torn') return result
        die()
      }
      throw new Killed()
    }

    const { files } = machine
    const half = (text: unknown, torn: boolean) => (torn && typeof text === 'string' ? text.slice(0, text.length / 2) : text)
    const changing = <Name extends 'replace' | 'create' | 'append' | 'remove'>(name: Name): Files[Name] =>
      ((path: string, text: unknown, ...rest: unknown[]) =>
        local({ kind: 'file', name: `${name} ${path}` }, torn =>
          // What takes a file's place is never torn: it is renamed.
          torn && (name === 'replace' || name === 'remove')
            ? undefined
            : (files[name] as (...all: unknown[]) => void)(path, half(text, torn), ...rest),
        )) as Files[Name]

    /** A program that keeps what it is given. */
    async function stored(program: string, text: string): Promise<Fed> {
      const step: Step = { kind: 'program', name: program }
      const store = () => {
        vaults.set(program, JSON.parse(text).AccessKey)
        poll(`program ${program}`)
      }
      const end = (status: number | null, name: NodeJS.Signals | null = null): Fed => ({ status, signal: name, unread: false })
      const met = meets(step)
      switch (met) {
        case 'killed before':
        case 'killed, and it stores later':
          die()
          if (met !== 'killed before') clock.in(3000, store)
          return forEver()
        case 'killed after':
          store()
          die()
          return forEver()
        case 'interrupted':
          signal.abort()
          store()
          return end(null, 'SIGTERM')
        case 'stores and is killed':
          store()
          return end(null, 'SIGKILL')
        case 'stores and fails':
        case 'stores once and fails':
          store()
          return end(1)
        case 'fails':
          return end(1)
        default:
          if (signal.signal.aborted) return end(null, 'SIGTERM')
          store()
          after?.(step)
          return end(0)
      }
    }

    const host: Host = {
      ...machine,
      clock: { now: clock.now, sleep: (ms, wake) => clock.sleep(ms, wake).then(() => (death.signal.aborted ? forEver() : undefined)) },
      pid: id,
      isRunning: other => alive.has(other),
      files: {
        ...files,
        ...(stateless && { isForeign: () => true }),
        replace: changing('replace'),
        create: changing('create'),
        append: changing('append'),
        remove: changing('remove'),
      },
      env: other === undefined ? ENV : { ...ENV, XDG_STATE_HOME: `/state/${other}` },
      hostname: other ?? machine.hostname,
      async feed([program = ''], text, _, env) {
        if (death.signal.aborted) return forEver()
        if (env) environments.push(env)
        if (exits[program]) return { status: exits[program], signal: null, unread: false }
        if (program !== 'check') return stored(program, text)
        const met = meets({ kind: 'program', name: program })
        if (met === undefined) return { status: 0, signal: null, unread: false }
        if (met === 'interrupted') signal.abort()
        else if (met.startsWith('killed')) {
          die()
          return forEver()
        }
        return { status: 1, signal: null, unread: false }
      },
      async capture([program = '']) {
        if (death.signal.aborted) return forEver()
        const [vault = '', show = () => ''] = SHOWN[program] ?? []
        const met = meets({ kind: 'reader', name: program })
        if (met?.startsWith('killed')) {
          die()
          return forEver()
        }
        if (met === 'fails') return { status: 1, signal: null, stdout: new Uint8Array() }
        const pair = vaults.get(vault)
        return { status: 0, signal: null, stdout: Buffer.from(pair ? show(pair) : '') }
      },
    }

    const call = (pair: KeyPair, action: Action, input: object) => {
      const session = account.sessions.find(({ id }) => id === pair.AccessKeyId)
      const caller = account.identify(pair.AccessKeyId, session?.token)
      if (caller.secret !== pair.SecretAccessKey) throw new ServiceRefusal('SignatureDoesNotMatch', 403, 'no')
      if ('user' in caller) caller.used = { at: account.now(), service: ACTIONS[action].service, region: 'us-east-1' }
      const parameters = Object.entries(input).flatMap(([name, value]) => flattened(name, value))
      return perform(account, action, Object.fromEntries(parameters) as Parameters, caller)
    }
    const killed = new Promise<'killed'>(resolve => death.signal.addEventListener('abort', () => resolve('killed')))
    const begun = async () => {
      const iam: Iam<Operation> = {
        call: (operation, input) =>
          request(
            operation,
            () => ({ output: unmarshalled(call(signer, operation, input)), serverTime: account.now() }) as Reply<typeof operation>,
          ),
      }
      const context: Context = {
        iam,
        openIam: async () => iam,
        credentialMethod: 'env',
        region: undefined,
        endpoint: undefined,
        isAws,
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
        stores: await open(host, store, UserName, remote),
        pages: undefined,
        host,
        callJournal: { begin() {}, created() {}, end() {} },
        accountOptions: ' --profile admin',
        progress: { say() {}, note() {}, end() {} },
        debug() {},
      }
      const outcome = await rotate(UserName === undefined ? {} : { UserName }, context)
      const failure = await outcome.afterDelivery?.().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      return { output: outcome.output, failure }
    }
    const running = begun().catch((failure: unknown) => ({ output: undefined, failure }))
    const end = await clock.run(Promise.race([running, killed]))
    alive.delete(id)
    return { steps, ...(end === 'killed' ? { output: undefined, failure: end } : end) }
  }

  return {
    account,
    clock,
    vaults,
    services,
    environments,
    file: fileAt,
    write: (path, text, mode = 0o600) => machine.files.replace(path, text, mode),
    remove: folder => {
      for (const path of machine.contents.keys()) if (path.startsWith(folder)) machine.files.remove(path)
    },
    async put(name, key) {
      if (name.startsWith('command:')) vaults.set(namedStore(name).name.slice('command:'.length), key)
      else if (placeNamed(name)) placeNamed(name)?.put(services, key)
      else for (const store of await open(machine, [name], key.UserName)) await clock.run(store.put(key, new AbortController().signal))
    },
    held,
    watch(stores, UserName, consumer) {
      watching = { stores, UserName, consumer }
      this.accept()
    },
    accept() {
      for (const store of watching?.stores ?? []) worked.set(store, livingKey(held(store, watching?.UserName ?? '')) !== undefined)
    },
    seen,
    works: (store, UserName) => livingKey(held(store, UserName)) !== undefined,
    run,
  }
}

const placeNamed = (store: string) => SECRET_PLACES.find(({ name }) => name === store)
const wholePair = ({ AccessKeyId = '', SecretAccessKey = '' }: Partial<KeyPair>): KeyPair | undefined =>
  AccessKeyId && SecretAccessKey ? { AccessKeyId, SecretAccessKey } : undefined

/** What a service that keeps secrets answers with. */
const STATUS: Readonly<Record<string, number>> = {
  ...{ denied: 403, '404': 404, '409': 409, '422': 422, '429': 429 },
  ...{ '500 before': 500, '500 after': 500, '503 for ever': 503 },
}

/** Where the files of stores are, and how they are read. */
const FILES: Readonly<Record<string, (rest: string) => readonly [path: string, format: TextFormat]>> = {
  profile: name => [CREDENTIALS, credentialsFormat(name)],
  'env-file': path => [path, dotenvFormat],
  csv: path => [path, csvFormat],
}

const LASTING: { readonly [Kind in StepKind]?: readonly Fault[] } = {
  request: ['offline', 'deaf'],
  file: ['full disk'],
  program: ['stores and fails', 'fails'],
  remote: ['offline', 'deaf', 'denied', '503 for ever', 'replies to writes lost', 'writes lost'],
}

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

/** As the Query protocol writes a member: `Tags.member.1.Key`. */
function flattened(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((each, index) => flattened(`${name}.member.${index + 1}`, each))
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  return Object.entries(value).flatMap(([member, each]) => flattened(`${name}.${member}`, each))
}

/** IAM's booleans come as text. */
const unmarshalled = (result: Result): unknown =>
  typeof result === 'object' && 'IsTruncated' in result ? { ...result, IsTruncated: result.IsTruncated === 'true' } : result
