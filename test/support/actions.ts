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

const arnOf = (account: Account, user: string): string => `arn:aws:iam::${account.number}:user${account.paths.get(user) ?? '/'}${user}`

const roleArn = (account: Account, role: string): string => `arn:aws:iam::${account.number}:role${account.paths.get(role) ?? '/'}${role}`

const userEntry = (account: Account, user: string): Result => ({
  Path: account.paths.get(user) ?? '/',
  UserName: user,
  UserId: idOf('AIDA', user),
  Arn: arnOf(account, user),
  CreateDate: '2024-01-01T00:00:00Z',
})

const metadata = ({ user, id, status, created }: Key): Record<string, string> => ({
  UserName: user,
  AccessKeyId: id,
  Status: status,
  CreateDate: timestamp(created),
})

const REPORT_LIFE = 4 * 3_600_000
const REPORT_COLUMNS = [
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active',
  ...[1, 2].map(n =>
    ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'].map(name => `access_key_${n}_${name}`).join(','),
  ),
  'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated',
].join(',')

/** As AWS writes it: the root user first, times with an offset, and words for what there is not. */
function credentialReport(account: Account): string {
  const time = (at: number) => timestamp(at).replace('Z', '+00:00')
  const keyFields = (key: Key | undefined) =>
    key === undefined
      ? 'false,N/A,N/A,N/A,N/A'
      : [
          key.status === 'Active',
          time(key.created),
          ...(key.used ? [time(key.used.at), key.used.region, key.used.service] : ['N/A', 'N/A', 'N/A']),
        ].join(',')
  const row = (name: string, arn: string, password: string, keys: readonly Key[]) =>
    `${name},${arn},2024-01-01T00:00:00+00:00,${password},false,${keyFields(keys[0])},${keyFields(keys[1])},false,N/A,false,N/A`
  const root = row(
    '<root_account>',
    `arn:aws:iam::${account.number}:root`,
    'not_supported,no_information,not_supported,not_supported',
    account.liveKeys('<root_account>'),
  )
  const users = [...account.users].filter(name => name !== '<root_account>').sort()
  return [REPORT_COLUMNS, root, ...users.map(name => row(name, arnOf(account, name), 'false,N/A,N/A,N/A', account.liveKeys(name)))].join(
    '\n',
  )
}

/** `Tags.member.1.Key=…` and so on. */
const members = (parameters: Parameters, start: string, end = ''): readonly string[] => {
  const found: string[] = []
  for (let n = 1; parameters[`${start}.member.${n}${end}`] !== undefined; n++) found.push(parameters[`${start}.member.${n}${end}`] ?? '')
  return found
}

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

function tagsOf(account: Account, name: string): Map<string, string> {
  const tags = account.tags.get(name) ?? new Map<string, string>()
  account.tags.set(name, tags)
  return tags
}

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
      page(
        'AccessKeyMetadata',
        account.listedKeys(account.userOf(parameters, caller)).map(key => {
          const { CreateDate = '', ...rest } = metadata(key)
          return { ...rest, ...(account.listsDates && { CreateDate }) }
        }),
        parameters,
      ),
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
  GetRole: {
    service: 'iam',
    resource: ({ RoleName }) => `role ${RoleName}`,
    run: (account, { RoleName = '' }) => {
      if (!account.roles.has(RoleName)) throw new ServiceRefusal('NoSuchEntity', 404, `The role with name ${RoleName} cannot be found.`)
      return { Role: { RoleName, Path: account.paths.get(RoleName) ?? '/', Arn: roleArn(account, RoleName) } }
    },
  },
  SimulatePrincipalPolicy: {
    service: 'iam',
    resource: ({ PolicySourceArn }) => `${PolicySourceArn}`,
    run: (account, parameters) => {
      const { PolicySourceArn: principal = '' } = parameters
      const known = [...[...account.users].map(name => arnOf(account, name)), ...[...account.roles].map(name => roleArn(account, name))]
      if (!known.includes(principal)) throw new ServiceRefusal('NoSuchEntity', 404, `Principal ${principal} does not exist.`)
      const EvaluationResults = members(parameters, 'ActionNames').map(name => ({
        EvalActionName: name,
        EvalDecision: account.denied.has(name.replace('iam:', '')) ? 'implicitDeny' : 'allowed',
        EvalResourceName: members(parameters, 'ResourceArns')[0] ?? '*',
      }))
      return { EvaluationResults, IsTruncated: 'false' }
    },
  },
  ListUsers: {
    service: 'iam',
    resource: () => '*',
    run: (account, parameters) => {
      const entries = [...account.users].sort().map(name => userEntry(account, name))
      return page('Users', entries, parameters)
    },
  },
  GenerateCredentialReport: {
    service: 'iam',
    resource: () => '*',
    run: account => {
      if (account.report && account.now() - account.report.made < REPORT_LIFE) return { State: 'COMPLETE' }
      if (account.reportAfter-- > 0) return { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' }
      account.report = { text: credentialReport(account), made: account.now() }
      return { State: 'COMPLETE' }
    },
  },
  GetCredentialReport: {
    service: 'iam',
    resource: () => '*',
    run: ({ report }) => {
      if (!report) throw new ServiceRefusal('ReportNotPresent', 410, 'Credential report not present')
      const Content = Buffer.from(report.text).toString('base64')
      return { Content, ReportFormat: 'text/csv', GeneratedTime: timestamp(report.made) }
    },
  },
  ListUserTags: {
    service: 'iam',
    resource: user,
    run: (account, parameters, caller) =>
      page(
        'Tags',
        Array.from(tagsOf(account, account.userOf(parameters, caller)), ([Key, Value]) => ({ Key, Value })),
        parameters,
      ),
  },
  TagUser: {
    service: 'iam',
    resource: user,
    run: (account, parameters, caller) => {
      const tags = tagsOf(account, account.userOf(parameters, caller))
      const values = members(parameters, 'Tags', '.Value')
      for (const [index, key] of members(parameters, 'Tags', '.Key').entries()) {
        const value = values[index] ?? ''
        if (!TAG_TEXT.test(key) || !TAG_TEXT.test(value) || key.length > 128 || value.length > 256)
          throw invalid(`Invalid tag: ${key}=${value}`)
        // A key keeps its case, and is the same in any other.
        const same = [...tags.keys()].find(other => other.toLowerCase() === key.toLowerCase())
        tags.set(same ?? key, value)
      }
      if (tags.size > 50) throw new ServiceRefusal('LimitExceeded', 409, 'The number of tags has reached the maximum limit.')
      return {}
    },
  },
  UntagUser: {
    service: 'iam',
    resource: user,
    run: (account, parameters, caller) => {
      const tags = tagsOf(account, account.userOf(parameters, caller))
      for (const key of members(parameters, 'TagKeys')) tags.delete(key)
      return {}
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
