/**
 * An AWS account as IAM and STS know it: users, their access keys, role sessions, and the calls that read or change them, with the
 * answers and refusals of the real services. State and rules only: signatures are `signature.ts`, HTTP and XML are `fake-iam.ts`.
 */
import * as crypto from 'node:crypto'

/** What an answer holds, by the names of the service. An absent member is not sent. */
export type Result = string | readonly Result[] | { readonly [member: string]: Result | undefined }
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

interface Session {
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
}

const KEYS_PER_USER = 2
const PAGE = 100
const USER_NAME = /^[\w+=,.@-]+$/

/** `size` random characters of an alphabet of 32 or 64. */
function pick(alphabet: string, size: number): string {
  return Array.from(crypto.randomBytes(size), byte => alphabet[byte % alphabet.length]).join('')
}
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** IAM knows no fractions of a second. */
const timestamp = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')

export class Account {
  readonly number = '123456789012'
  readonly now: () => number
  readonly users: Set<string>
  readonly roles: Set<string>
  /** Every key ever made, oldest first. */
  readonly keys: Key[] = []
  readonly sessions: Session[] = []
  /** Actions nobody is allowed to call. */
  readonly denied = new Set<string>()
  private readonly usable: (age: number) => boolean
  private readonly listed: (age: number) => boolean

  constructor(options: AccountOptions = {}) {
    this.now = options.now ?? Date.now
    this.users = new Set(options.users ?? ['Alice', 'Bob'])
    this.roles = new Set(options.roles)
    this.usable = options.usable ?? (() => true)
    this.listed = options.listed ?? (() => true)
  }

  /** A new key, without asking anybody: for setting the scene, and what CreateAccessKey does in the end. */
  addKey(user: string, created = this.now()): Key {
    const key: Key = { user, id: `AKIA${pick(BASE32, 16)}`, secret: pick(BASE64, 40), created, status: 'Active' }
    this.users.add(user)
    this.keys.push(key)
    return key
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

  /** Carries out one call. Throws a ServiceRefusal; then nothing has changed. */
  call(action: Action, parameters: Parameters, caller: Caller): Result {
    if (this.denied.has(action)) {
      const { service, resource } = ACTIONS[action]
      throw this.accessDenied(caller, `${service}:${action}`, resource(parameters, caller))
    }
    return ACTIONS[action].run(this, parameters, caller)
  }

  arn(caller: Caller): string {
    return 'user' in caller
      ? `arn:aws:iam::${this.number}:user/${caller.user}`
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
    return this.liveKeys(user).filter(key => this.listed(this.now() - key.created))
  }
}

const invalid = (message: string) => new ServiceRefusal('ValidationError', 400, message)
const constraint = (value: string, member: string, rule: string) =>
  invalid(`1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`)

/** One page of a list, from Marker, with MaxItems entries at most. */
function page(name: string, entries: readonly Result[], { Marker, MaxItems }: Parameters): Result {
  const size = Number(MaxItems ?? PAGE)
  if (!(size >= 1)) throw constraint(String(MaxItems), 'maxItems', 'Member must have value greater than or equal to 1')
  if (size > 1000) throw constraint(String(MaxItems), 'maxItems', 'Member must have value less than or equal to 1000')
  const from = Marker === undefined ? 0 : Number(Buffer.from(Marker, 'base64').toString())
  if (!Number.isInteger(from)) throw invalid(`Invalid Marker: ${Marker}`)
  const truncated = entries.length > from + size
  return {
    IsTruncated: String(truncated),
    [name]: entries.slice(from, from + size),
    Marker: truncated ? Buffer.from(String(from + size)).toString('base64') : undefined,
  }
}

/** AWS's ids of things other than keys: a prefix for the kind, then 17 characters. Ours follow from the name. */
function idOf(prefix: string, name: string): string {
  const digest = crypto.createHash('sha256').update(name).digest()
  return prefix + Array.from(digest.subarray(0, 17), byte => BASE32[byte % 32]).join('')
}

const userEntry = (account: Account, user: string): Result => ({
  Path: '/',
  UserName: user,
  UserId: idOf('AIDA', user),
  Arn: `arn:aws:iam::${account.number}:user/${user}`,
  CreateDate: '2024-01-01T00:00:00Z',
})

const metadata = ({ user, id, status, created }: Key): Record<string, string> => ({
  UserName: user,
  AccessKeyId: id,
  Status: status,
  CreateDate: timestamp(created),
})

interface Definition {
  readonly service: 'iam' | 'sts'
  /** As a refusal names what the caller may not touch. */
  readonly resource: (parameters: Parameters, caller: Caller) => string
  readonly run: (account: Account, parameters: Parameters, caller: Caller) => Result
}

const user = (parameters: Parameters, caller: Caller) => `user ${parameters.UserName ?? ('user' in caller ? caller.user : '')}`

export const ACTIONS = {
  CreateAccessKey: {
    service: 'iam',
    resource: user,
    run: (account, parameters, caller) => {
      const name = account.userOf(parameters, caller)
      if (account.liveKeys(name).length >= KEYS_PER_USER) {
        throw new ServiceRefusal('LimitExceeded', 409, `Cannot exceed quota for AccessKeysPerUser: ${KEYS_PER_USER}`)
      }
      const key = account.addKey(name)
      const { CreateDate, ...rest } = metadata(key)
      return { AccessKey: { ...rest, SecretAccessKey: key.secret, CreateDate } }
    },
  },
  ListAccessKeys: {
    service: 'iam',
    resource: user,
    run: (account, parameters, caller) =>
      page('AccessKeyMetadata', account.listedKeys(account.userOf(parameters, caller)).map(metadata), parameters),
  },
  UpdateAccessKey: {
    service: 'iam',
    resource: user,
    run: (account, parameters, caller) => {
      const status = parameters.Status ?? ''
      if (status !== 'Active' && status !== 'Inactive') {
        throw constraint(status, 'status', 'Member must satisfy enum value set: [Active, Inactive]')
      }
      account.keyOf(parameters, caller).status = status
      return {}
    },
  },
  DeleteAccessKey: {
    service: 'iam',
    resource: user,
    run: (account, parameters, caller) => {
      account.keyOf(parameters, caller).deleted = account.now()
      return {}
    },
  },
  GetAccessKeyLastUsed: {
    service: 'iam',
    resource: parameters => `access key ${parameters.AccessKeyId}`,
    run: (account, parameters, caller) => {
      const id = parameters.AccessKeyId ?? ''
      const key = account.keys.find(key => key.id === id && key.deleted === undefined)
      // IAM does not say whether a key that is not this account's exists.
      if (!key) throw account.accessDenied(caller, 'iam:GetAccessKeyLastUsed', `access key ${id}`)
      const used = key.used && { LastUsedDate: timestamp(key.used.at), ServiceName: key.used.service, Region: key.used.region }
      return { UserName: key.user, AccessKeyLastUsed: used ?? { ServiceName: 'N/A', Region: 'N/A' } }
    },
  },
  GetUser: {
    service: 'iam',
    resource: user,
    run: (account, parameters, caller) => ({ User: userEntry(account, account.userOf(parameters, caller)) }),
  },
  ListUsers: {
    service: 'iam',
    resource: () => '*',
    run: (account, parameters) => {
      const entries = [...account.users].sort().map(name => userEntry(account, name))
      return page('Users', entries, parameters)
    },
  },
  GetCallerIdentity: {
    service: 'sts',
    resource: () => '*',
    run: (account, _, caller) => ({
      Arn: account.arn(caller),
      UserId: 'user' in caller ? idOf('AIDA', caller.user) : `${idOf('AROA', caller.role)}:${caller.name}`,
      Account: account.number,
    }),
  },
  AssumeRole: {
    service: 'sts',
    resource: parameters => `${parameters.RoleArn}`,
    run: (account, { RoleArn = '', RoleSessionName: name = '', DurationSeconds = '3600' }, caller) => {
      const role = RoleArn.replace(`arn:aws:iam::${account.number}:role/`, '')
      if (!account.roles.has(role)) throw account.accessDenied(caller, 'sts:AssumeRole', RoleArn)
      const session: Session = {
        id: `ASIA${pick(BASE32, 16)}`,
        secret: pick(BASE64, 40),
        token: pick(BASE64, 120),
        role,
        name,
        expires: account.now() + Number(DurationSeconds) * 1000,
      }
      account.sessions.push(session)
      return {
        Credentials: {
          AccessKeyId: session.id,
          SecretAccessKey: session.secret,
          SessionToken: session.token,
          Expiration: timestamp(session.expires),
        },
        AssumedRoleUser: { AssumedRoleId: `${idOf('AROA', role)}:${name}`, Arn: account.arn(session) },
      }
    },
  },
} as const satisfies Readonly<Record<string, Definition>>

export type Action = keyof typeof ACTIONS
export const isAction = (name: string | undefined): name is Action => name !== undefined && Object.hasOwn(ACTIONS, name)
