/**
 * An AWS account as IAM and STS know it: users, their access keys, role sessions, and who may be meant by a call, with the refusals of the
 * real services. State and its rules: the calls are `actions.ts`, signatures `signature.ts`, HTTP and XML `fake-iam.ts`.
 */
import * as crypto from 'node:crypto'

export type Parameters = Readonly<Record<string, string>>

/** The service says no, in its own words. */
export class ServiceRefusal extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, status: number, message: string) {
    super(message)
    this.code = code
    this.status = status
  }
}

export interface Key {
  readonly user: string
  readonly id: string
  readonly secret: string
  /** Milliseconds since 1970, as all times here. */
  readonly created: number
  status: 'Active' | 'Inactive'
  used?: { readonly at: number; readonly service: string; readonly region: string }
  /** Deleted keys are kept, so that a test can account for every key there ever was. */
  deleted?: number
}

export interface Session {
  readonly id: string
  readonly secret: string
  readonly token: string
  readonly role: string
  readonly name: string
  readonly expires: number
}

/** Who signed a request. A session belongs to a role and to no user. */
export type Caller = Key | Session

export interface AccountOptions {
  readonly now?: () => number
  readonly users?: readonly string[]
  readonly roles?: readonly string[]
  /** IAM is eventually consistent: whether a key of this age (milliseconds) is accepted as a signature, and whether it is listed. */
  readonly usable?: (age: number) => boolean
  readonly listed?: (age: number) => boolean
  /** Whether a key is still listed that was deleted so long ago. */
  readonly stillListed?: (since: number) => boolean
}

const USER_NAME = /^[\w+=,.@-]+$/

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** `size` random characters of an alphabet of 32 or 64. */
function pick(alphabet: string, size: number): string {
  return Array.from(crypto.randomBytes(size), byte => alphabet[byte % alphabet.length]).join('')
}

export class Account {
  readonly number = '123456789012'
  readonly now: () => number
  readonly users: Set<string>
  readonly roles: Set<string>
  /** Every key ever made, oldest first. */
  readonly keys: Key[] = []
  readonly sessions: Session[] = []
  /** Users that are not at `/`. */
  readonly paths = new Map<string, string>()
  /** By user, in the order in which they were put there. */
  readonly tags = new Map<string, Map<string, string>>()
  /** The last credential report, and when it was made; how often the next one is asked for before it is there. */
  report?: { readonly text: string; readonly made: number }
  reportAfter = 1
  /** A list shows when each key was created. */
  listsDates = true
  /** Actions nobody is allowed to call. */
  readonly denied = new Set<string>()
  private readonly usable: (age: number) => boolean
  private readonly listed: (age: number) => boolean
  private readonly stillListed: (since: number) => boolean

  constructor(options: AccountOptions = {}) {
    this.now = options.now ?? Date.now
    this.users = new Set(options.users ?? ['Alice', 'Bob'])
    this.roles = new Set(options.roles)
    this.usable = options.usable ?? (() => true)
    this.listed = options.listed ?? (() => true)
    this.stillListed = options.stillListed ?? (() => false)
  }

  /** A new key, without asking anybody: for setting the scene, and what CreateAccessKey does in the end. */
  addKey(user: string, created = this.now()): Key {
    const key: Key = { user, id: `AKIA${pick(BASE32, 16)}`, secret: pick(BASE64, 40), created, status: 'Active' }
    this.users.add(user)
    this.keys.push(key)
    return key
  }

  /** A role taken on for so many seconds. */
  addSession(role: string, name: string, seconds: number): Session {
    const session: Session = {
      id: `ASIA${pick(BASE32, 16)}`,
      secret: pick(BASE64, 40),
      token: pick(BASE64, 120),
      role,
      name,
      expires: this.now() + seconds * 1000,
    }
    this.sessions.push(session)
    return session
  }

  /** The keys a user has now, whether a list shows them yet or not. */
  liveKeys(user: string): readonly Key[] {
    return this.keys.filter(key => key.user === user && key.deleted === undefined)
  }

  /**
   * Whose credentials these are. Keys that are unknown, deleted, inactive or not yet known everywhere are all the same to AWS, and so
   * is a wrong session token.
   */
  identify(keyId: string, token: string | undefined): Caller {
    const now = this.now()
    const session = this.sessions.find(({ id }) => id === keyId)
    if (session && session.token === token) {
      if (session.expires > now) return session
      throw new ServiceRefusal('ExpiredToken', 403, 'The security token included in the request is expired')
    }
    const key = this.keys.find(({ id }) => id === keyId)
    if (key && !token && key.deleted === undefined && key.status === 'Active' && this.usable(now - key.created)) return key
    throw new ServiceRefusal('InvalidClientTokenId', 403, 'The security token included in the request is invalid.')
  }

  arn(caller: Caller): string {
    return 'user' in caller
      ? `arn:aws:iam::${this.number}:user${this.paths.get(caller.user) ?? '/'}${caller.user}`
      : `arn:aws:sts::${this.number}:assumed-role/${caller.role}/${caller.name}`
  }

  accessDenied(caller: Caller, permission: string, resource: string): ServiceRefusal {
    const why = `because no identity-based policy allows the ${permission} action`
    const message = `User: ${this.arn(caller)} is not authorized to perform: ${permission} on resource: ${resource} ${why}`
    return new ServiceRefusal('AccessDenied', 403, message)
  }

  /** The user a call is about: the one it names, else the one who signed it. */
  userOf(parameters: Parameters, caller: Caller): string {
    const name = parameters.UserName ?? ('user' in caller ? caller.user : undefined)
    if (name === undefined) throw invalid('Must specify userName when calling with non-User credentials')
    if (!USER_NAME.test(name)) {
      throw invalid(
        'The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
      )
    }
    if (name.length > 128) throw constraint(name, 'userName', 'Member must have length less than or equal to 128')
    if (!this.users.has(name)) throw new ServiceRefusal('NoSuchEntity', 404, `The user with name ${name} cannot be found.`)
    return name
  }

  keyOf(parameters: Parameters, caller: Caller): Key {
    const id = parameters.AccessKeyId ?? ''
    const key = this.liveKeys(this.userOf(parameters, caller)).find(key => key.id === id)
    if (!key) throw new ServiceRefusal('NoSuchEntity', 404, `The Access Key with id ${id} cannot be found.`)
    return key
  }

  listedKeys(user: string): readonly Key[] {
    const now = this.now()
    const isListed = ({ created, deleted }: Key) => (deleted === undefined ? this.listed(now - created) : this.stillListed(now - deleted))
    return this.keys.filter(key => key.user === user && isListed(key))
  }
}

export const invalid = (message: string) => new ServiceRefusal('ValidationError', 400, message)
export const constraint = (value: string, member: string, rule: string) =>
  invalid(`1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`)
