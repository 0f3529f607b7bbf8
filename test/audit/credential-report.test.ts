import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCredentialReport } from '../../src/audit/credential-report.ts'

const HEADER =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,' +
  'access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,' +
  'access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,' +
  'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated'

const NO_KEY = 'false,N/A,N/A,N/A,N/A'
const row = (name: string, arn: string, first: string, second = NO_KEY) =>
  `${name},${arn},2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,${first},${second},false,N/A,false,N/A`
const read = (...rows: readonly string[]) => readCredentialReport([HEADER, ...rows].join('\n'))
const arn = (resource: string) => `arn:aws:iam::123456789012:${resource}`
const time = Date.UTC(2024, 0, 2, 3, 4, 5)

describe('a row', () => {
  test.each([
    [
      'two keys',
      `true,2024-01-02T03:04:05+00:00,2024-01-02T03:04:05+00:00,us-east-1,s3`,
      `false,2024-01-02T03:04:05+00:00,N/A,N/A,N/A`,
      [
        { active: true, created: time, used: time },
        { active: false, created: time, used: undefined },
      ],
    ],
    ['no key', NO_KEY, NO_KEY, []],
    ['a second key alone', NO_KEY, 'true,2024-01-02T03:04:05Z,N/A,N/A,N/A', [{ active: true, created: time, used: undefined }]],
    ['no_information', 'true,2024-01-02T03:04:05+00:00,no_information,N/A,N/A', NO_KEY, [{ active: true, created: time, used: undefined }]],
    ['not_supported', 'false,not_supported,not_supported,not_supported,not_supported', NO_KEY, []],
    ['an active key without a date', 'true,N/A,N/A,N/A,N/A', NO_KEY, [{ active: true, created: undefined, used: undefined }]],
  ])('with %s', (_, first, second, keys) => {
    expect(read(row('Bob', arn('user/Bob'), first, second))).toEqual([{ UserName: 'Bob', path: '/', keys }])
  })
})

const KEY = 'true,2024-01-02T03:04:05+00:00,N/A,N/A,N/A'
const keys = [{ active: true, created: time, used: undefined }]

describe('whose row it is', () => {
  test.each([
    ['the root user', row('<root_account>', arn('root'), KEY), { UserName: '<root_account>', path: undefined, keys }],
    ['a path', row('Bob', arn('user/division/team/Bob'), KEY), { UserName: 'Bob', path: '/division/team/', keys }],
    ['another partition', row('Bob', 'arn:aws-cn:iam::1:user/ci/Bob', KEY), { UserName: 'Bob', path: '/ci/', keys }],
    ['commas in a name, not quoted', row('a,b,c', arn('user/ci/a,b,c'), KEY), { UserName: 'a,b,c', path: '/ci/', keys }],
    ['commas in a name, quoted', row('"a,b"', `"${arn('user/ci/a,b')}"`, KEY), { UserName: 'a,b', path: '/ci/', keys }],
    ['quotes and commas in a path, quoted', row('Bob', `"${arn('user/a""b,c/Bob')}"`, KEY), { UserName: 'Bob', path: '/a"b,c/', keys }],
  ])('%s', (_, line, user) => {
    expect(read(line)).toEqual([user])
  })

  test('any name and path, unquoted as moto writes them', () => {
    const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/)
    const path = fc.array(fc.stringMatching(/^[!#-.0-~]{1,20}$/), { maxLength: 4 })
    fc.assert(
      fc.property(name, path, (UserName, parts) => {
        const folder = ['', ...parts, ''].join('/')
        expect(read(row(UserName, arn(`user${folder}${UserName}`), KEY))).toEqual([{ UserName, path: folder, keys }])
      }),
    )
  })
})

describe('the whole report', () => {
  const lines = [HEADER, row('Bob', arn('user/Bob'), KEY), row('Carol', arn('user/Carol'), KEY)]
  const users = ['Bob', 'Carol'].map(UserName => ({ UserName, path: '/', keys }))

  test.each([
    ['with an end of line at its end', `${lines.join('\n')}\n`],
    ['with carriage returns', lines.join('\r\n')],
  ])('%s', (_, text) => {
    expect(readCredentialReport(text)).toEqual(users)
  })

  test('with more columns', () => {
    expect(readCredentialReport(lines.map((line, at) => `${line},${at ? 'true' : 'access_key_3_active'}`).join('\n'))).toEqual(users)
  })

  test('without users', () => {
    expect(readCredentialReport(HEADER)).toEqual([])
  })

  test.each([
    ['', 'the credential report has no column user'],
    ['user,arn', 'the credential report has no column access_key_1_active'],
    [HEADER.replace('user,arn', 'arn,user'), 'the credential report begins with other columns'],
    [HEADER.replace('access_key_2_last_used_date', 'x'), 'the credential report has no column access_key_2_last_used_date'],
  ])('is refused: %j', (text, message) => {
    expect(() => readCredentialReport(text)).toThrow(new TypeError(message))
  })
})
