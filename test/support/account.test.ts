/** What the account of the tests shares with AWS's. */
import { expect, test } from 'vitest'
import { Account, type Caller, type Parameters, ServiceRefusal } from './account.ts'
import { perform, type Result } from './actions.ts'

const DAY = 86_400_000

function scene(options: ConstructorParameters<typeof Account>[0] = {}): { account: Account; ops: Caller } {
  const account = new Account({ users: ['Bob'], roles: ['admin'], ...options })
  return { account, ops: account.addKey('ops', account.now() - DAY) }
}

function refused(act: () => unknown): readonly [code: string, status: number, message: string] | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof ServiceRefusal) return [error.code, error.status, error.message]
    throw error
  }
}

const member = (result: Result, name: string): Result | undefined =>
  typeof result === 'object' && !Array.isArray(result) && name in result
    ? Object.entries(result).find(([key]) => key === name)?.[1]
    : undefined

test('a call that names no user is about the one who signed it', () => {
  const { account, ops } = scene()
  perform(account, 'CreateAccessKey', {}, ops)
  expect(account.liveKeys('ops')).toHaveLength(2)
})

test('a session is no user', () => {
  const { account, ops } = scene()
  perform(account, 'AssumeRole', { RoleArn: 'arn:aws:iam::123456789012:role/admin', RoleSessionName: 'me' }, ops)
  const [session] = account.sessions
  const caller = account.identify(session?.id ?? '', session?.token)
  expect(account.arn(caller)).toBe('arn:aws:sts::123456789012:assumed-role/admin/me')
  expect(refused(() => perform(account, 'CreateAccessKey', {}, caller))).toEqual([
    'ValidationError',
    400,
    'Must specify userName when calling with non-User credentials',
  ])
})

test.each<[what: string, parameters: Parameters, refusal: ReturnType<typeof refused>]>([
  ['nobody', { UserName: 'Carol' }, ['NoSuchEntity', 404, 'The user with name Carol cannot be found.']],
  [
    'a name that is none',
    { UserName: 'B b' },
    [
      'ValidationError',
      400,
      'The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    ],
  ],
  ['a user with two keys', { UserName: 'ops' }, ['LimitExceeded', 409, 'Cannot exceed quota for AccessKeysPerUser: 2']],
])('CreateAccessKey for %s is refused, and there is no key', (_, parameters, refusal) => {
  const { account, ops } = scene()
  account.addKey('ops')
  expect(refused(() => perform(account, 'CreateAccessKey', parameters, ops))).toEqual(refusal)
  expect(account.keys).toHaveLength(2)
})

test('a list comes in pages', () => {
  const { account, ops } = scene()
  const ids = [account.addKey('Bob').id, account.addKey('Bob').id]
  const first = perform(account, 'ListAccessKeys', { UserName: 'Bob', MaxItems: '1' }, ops)
  const second = perform(account, 'ListAccessKeys', { UserName: 'Bob', MaxItems: '1', Marker: String(member(first, 'Marker')) }, ops)
  expect([first, second]).toMatchObject([
    { IsTruncated: 'true', AccessKeyMetadata: [{ AccessKeyId: ids[0] }] },
    { IsTruncated: 'false', AccessKeyMetadata: [{ AccessKeyId: ids[1] }] },
  ])
})

test.each<[what: string, spoil: (account: Account) => void]>([
  ['inactive', account => Object.assign(account.liveKeys('ops')[0] ?? {}, { status: 'Inactive' })],
  ['deleted', account => Object.assign(account.liveKeys('ops')[0] ?? {}, { deleted: account.now() })],
])('a key that is %s signs nothing', (_, spoil) => {
  const { account } = scene()
  const id = account.liveKeys('ops')[0]?.id ?? ''
  expect(refused(() => account.identify(id, undefined))).toBeUndefined()
  spoil(account)
  expect(refused(() => account.identify(id, undefined))).toEqual([
    'InvalidClientTokenId',
    403,
    'The security token included in the request is invalid.',
  ])
})

test('a session ends', () => {
  let now = Date.UTC(2026, 0, 1)
  const { account, ops } = scene({ now: () => now })
  perform(account, 'AssumeRole', { RoleArn: 'arn:aws:iam::123456789012:role/admin', RoleSessionName: 'me', DurationSeconds: '900' }, ops)
  const [session] = account.sessions
  const identify = () => account.identify(session?.id ?? '', session?.token)
  expect(refused(identify)).toBeUndefined()
  now += 900_000
  expect(refused(identify)?.[0]).toBe('ExpiredToken')
})

test('a new key may sign and be listed late, and on and off at first', () => {
  let now = Date.UTC(2026, 0, 1)
  const flapping = (age: number) => age >= 3000 || age % 2000 >= 1000
  const { account, ops } = scene({ now: () => now, usable: flapping, listed: age => age >= 2000 })
  const { id } = account.addKey('Bob')
  const seen = [0, 1000, 2000, 3000].map(age => {
    now = Date.UTC(2026, 0, 1) + age
    const listed = member(perform(account, 'ListAccessKeys', { UserName: 'Bob' }, ops), 'AccessKeyMetadata')
    return [refused(() => account.identify(id, undefined)) === undefined, Array.isArray(listed) && listed.length > 0]
  })
  expect(seen).toEqual([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])
})

test('what is denied names caller, action and resource', () => {
  const { account, ops } = scene()
  account.denied.add('ListAccessKeys')
  expect(refused(() => perform(account, 'ListAccessKeys', { UserName: 'Bob' }, ops))?.[2]).toBe(
    'User: arn:aws:iam::123456789012:user/ops is not authorized to perform: iam:ListAccessKeys on resource: user Bob because no identity-based policy allows the iam:ListAccessKeys action',
  )
})
