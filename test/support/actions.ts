/** The calls of IAM and STS that the tests' account answers, one row each, in the terms of the service. */
import * as crypto from 'node:crypto'
import { type Account, type Caller, constraint, invalid, type Key, type Parameters, ServiceRefusal } from './account.ts'

/** What an answer holds, by the names of the service. An absent member is not sent. */
export type Result = string | readonly Result[] | { readonly [member: string]: Result | undefined }

const KEYS_PER_USER = 2
const PAGE = 100

/** IAM knows no fractions of a second. */
const timestamp = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')

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
  return prefix + crypto.createHash('sha256').update(name).digest('hex').slice(0, 17).toUpperCase()
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
      const session = account.addSession(role, name, Number(DurationSeconds))
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

/** Carries out one call. Throws a ServiceRefusal; then nothing has changed. */
export function perform(account: Account, action: Action, parameters: Parameters, caller: Caller): Result {
  const { service, resource, run } = ACTIONS[action]
  if (account.denied.has(action)) throw account.accessDenied(caller, `${service}:${action}`, resource(parameters, caller))
  return run(account, parameters, caller)
}
