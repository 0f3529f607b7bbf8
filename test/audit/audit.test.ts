/** `audit-access-keys` in the built program, on the fake IAM. */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Account, type Key } from '../support/account.ts'
import { type FakeIam, Fault, refusal, type ServeOptions, serve } from '../support/fake-iam.ts'
import { createSandbox, credentials, type Sandbox } from '../support/process.ts'

const DAY = 86_400_000
const ROOT = '<root_account>'

let account: Account
let iam: FakeIam
let here: Sandbox
let on: ServeOptions['on']
beforeEach(async () => {
  account = new Account({ users: [] })
  account.reportAfter = 0
  iam = await serve(account, { on: (...happened) => on?.(...happened) })
  here = createSandbox()
})
afterEach(async () => {
  on = undefined
  here.remove()
  expect(iam.unmet).toBe(0)
  await iam.close()
})

/** A key so many days old. */
const key = (user: string, days: number, used?: number) => {
  const made = account.addKey(user, Date.now() - days * DAY)
  if (used !== undefined) made.used = { at: Date.now() - used * DAY, service: 's3', region: 'us-east-1' }
  return made
}

const audit = (...words: readonly string[]) => here.run(['iamkey', 'audit-access-keys', ...words], environment())
/** A key of the auditor's own, which is at a path that no test looks at. */
function environment() {
  account.paths.set('ops', '/ops/')
  return credentials(account, iam)
}
const due = async (...words: readonly string[]) => {
  const { code, stdout, stderr } = await audit('--query', 'Keys[?Due].[UserName,Why]', '--output', 'json', ...words)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}
const asked = () => iam.calls.map(({ action }) => action)
const count = (action: string) => asked().filter(each => each === action).length

test('the whole output', async () => {
  const [old, young] = [key('Bob', 100, 3), key('Bob', 1)]
  key('Carol', 10)
  account.users.add('Dan')
  key(ROOT, 1000)
  const { code, stdout, stderr } = await audit('--path-prefix', '/')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { GeneratedTime, Keys } = JSON.parse(stdout)
  const shown = { UserName: 'Bob', Status: 'Active' }
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  expect(GeneratedTime).toEqual(time)
  expect(Keys).toEqual([
    { ...shown, AccessKeyId: old.id, Age: 100, LastUsed: time, Due: true, Why: 'older than 90d' },
    { ...shown, AccessKeyId: young.id, Age: 1, LastUsed: null, Due: false, Why: 'younger than 90d' },
    { UserName: 'Carol', AccessKeyId: null, Status: 'Active', Age: 10, LastUsed: null, Due: false, Why: 'younger than 90d' },
    { UserName: 'ops', AccessKeyId: null, Status: 'Active', Age: 0, LastUsed: time, Due: false, Why: 'younger than 90d' },
  ])
  expect(asked()).toEqual([
    'GenerateCredentialReport',
    'GetCredentialReport',
    'ListAccessKeys',
    'GetAccessKeyLastUsed',
    'GetAccessKeyLastUsed',
  ])
})

describe('the other forms', () => {
  const COLUMNS = 'Keys[?Due].[UserName,Status,Age,LastUsed,Due,Why]'
  test.each([
    ['text', 'Bob\tActive\t100\tNone\tTrue\tolder than 90d\n'],
    ['yaml', '- - Bob\n  - Active\n  - 100\n  - null\n  - true\n  - older than 90d\n'],
    ['yaml-stream', '- - - Bob\n    - Active\n    - 100\n    - null\n    - true\n    - older than 90d\n'],
    ['off', ''],
  ])('%s', async (output, stdout) => {
    key('Bob', 100)
    expect(await audit('--output', output, '--query', COLUMNS)).toEqual({ code: 0, stdout, stderr: '' })
  })

  test('table: a record for each key, for the rows are wider than 80 columns', async () => {
    const { id } = key('Bob', 100)
    key('Carol', 1)
    const { stdout } = await audit('--output', 'table', '--path-prefix', '/', '--query', "{Keys: Keys[?UserName!='ops']}")
    expect(stdout).toBe(`\
-------------------------------------------
|             AuditAccessKeys             |
+-----------------------------------------+
||                 Keys                  ||
|+--------------+------------------------+|
||  AccessKeyId |  ${id}  ||
||  Age         |  100                   ||
||  Due         |  True                  ||
||  LastUsed    |  None                  ||
||  Status      |  Active                ||
||  UserName    |  Bob                   ||
||  Why         |  older than 90d        ||
|+--------------+------------------------+|
||  AccessKeyId |  None                  ||
||  Age         |  1                     ||
||  Due         |  False                 ||
||  LastUsed    |  None                  ||
||  Status      |  Active                ||
||  UserName    |  Carol                 ||
||  Why         |  younger than 90d      ||
|+--------------+------------------------+|
`)
  })
})

describe('the root user', () => {
  test('is due by the report alone, for only root can list its keys', async () => {
    key(ROOT, 1000)
    expect(await due()).toEqual([[ROOT, 'older than 90d; only root can list its keys']])
    expect(count('ListAccessKeys')).toBe(0)
  })

  test('has no path', async () => {
    key(ROOT, 1000)
    expect(await due('--path-prefix', '/')).toEqual([])
  })
})

describe('what the report says is not what is true', () => {
  beforeEach(async () => {
    key('Bob', 100, 60)
    key('Carol', 100, 60)
    await audit()
  })
  const WORDS = ['--unused-for', '45d']
  /** What became of Bob's key. */
  const change = (members: Partial<Key>) => Object.assign(account.keys.find(({ user }) => user === 'Bob') ?? {}, members)

  test('a key was used since', async () => {
    change({ used: { at: Date.now(), service: 's3', region: 'us-east-1' } })
    expect(await due(...WORDS)).toEqual([['Carol', 'not used for 45d']])
  })

  test('a key was deleted since', async () => {
    change({ deleted: Date.now() })
    expect(await due(...WORDS)).toEqual([['Carol', 'not used for 45d']])
  })

  test('a key was deactivated since', async () => {
    change({ status: 'Inactive' })
    expect(await due(...WORDS)).toEqual([['Carol', 'not used for 45d']])
  })

  test('a user was deleted since', async () => {
    account.users.delete('Bob')
    expect(await due(...WORDS)).toEqual([['Carol', 'not used for 45d']])
    expect(await due(...WORDS, '--exempt-tag', 'x')).toEqual([['Carol', 'not used for 45d']])
  })

  test('a key was replaced since', async () => {
    change({ deleted: Date.now() })
    key('Bob', 0)
    expect(await due(...WORDS)).toEqual([['Carol', 'not used for 45d']])
  })
})

describe('--exempt-tag', () => {
  beforeEach(() => {
    for (const name of ['Bob', 'Carol', 'Dan']) key(name, 100)
    account.tags.set('Bob', new Map([['Rotation', 'never']]))
    account.tags.set('Carol', new Map([['rotation', 'yearly']]))
  })
  const keep = 'older than 90d'

  test.each([
    ['Rotation', [['Dan', keep]]],
    [
      'rotation=never',
      [
        ['Carol', keep],
        ['Dan', keep],
      ],
    ],
    [
      'rotation=Never',
      [
        ['Bob', keep],
        ['Carol', keep],
        ['Dan', keep],
      ],
    ],
  ])('%s', async (tag, keys) => {
    expect(await due('--exempt-tag', tag)).toEqual(keys)
  })

  test('may be given several times, and says so', async () => {
    const { stdout } = await audit(
      '--exempt-tag',
      'rotation=never',
      '--exempt-tag',
      'rotation=yearly',
      '--query',
      'Keys[].[UserName,Due,Why]',
    )
    expect(JSON.parse(stdout).slice(0, 3)).toEqual([
      ['Bob', false, 'exempt by the tag Rotation=never'],
      ['Carol', false, 'exempt by the tag rotation=yearly'],
      ['Dan', true, keep],
    ])
    expect([count('ListUserTags'), count('ListAccessKeys')]).toEqual([3, 1])
  })

  test('asks for no tags where nothing is due', async () => {
    await audit('--exempt-tag', 'rotation', '--older-than', '101d')
    expect(count('ListUserTags')).toBe(0)
  })
})

describe('--fail-if-due', () => {
  test('shows the list, and then fails with 5', async () => {
    key('Bob', 100)
    const words = ['--fail-if-due', '--output', 'text', '--query', 'Keys[?Due].UserName']
    expect(await audit(...words)).toEqual({ code: 5, stdout: 'Bob\n', stderr: '\niamkey: [ERROR]: 1 access key is due\n' })
    key('Bob', 100)
    delete account.report
    expect(await audit(...words)).toEqual({ code: 5, stdout: 'Bob\tBob\n', stderr: '\niamkey: [ERROR]: 2 access keys are due\n' })
  })

  test('ends with 0 where nothing is due', async () => {
    key('Bob', 10)
    expect(await audit('--fail-if-due', '--output', 'off')).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

describe('the report', () => {
  const REPORT = ['GenerateCredentialReport', 'GetCredentialReport']
  const gone = (code: string, status: number) => ({ carriedOut: false, reply: refusal(status, code, 'no') })

  test('is waited for', async () => {
    account.reportAfter = 2
    expect(await due()).toEqual([])
    expect(asked()).toEqual(['GenerateCredentialReport', 'GenerateCredentialReport', ...REPORT])
  })

  test.each([
    ['ReportNotPresent', 410],
    ['ReportInProgress', 404],
    ['ReportExpired', 410],
  ])('is asked for again after %s', async (code, status) => {
    iam.fail('GetCredentialReport', gone(code, status))
    expect(await due()).toEqual([])
    expect(asked()).toEqual([...REPORT, ...REPORT])
  })

  test.each(['GenerateCredentialReport', 'GetCredentialReport', 'ListAccessKeys', 'GetAccessKeyLastUsed', 'ListUserTags'] as const)(
    'ends the audit where %s is denied',
    async action => {
      key('Bob', 100)
      account.denied.add(action)
      const { code, stdout, stderr } = await audit('--exempt-tag', 'x')
      expect({ code, stdout, stderr: stderr.slice(0, 90) }).toEqual({
        code: 254,
        stdout: '',
        stderr: `\niamkey: [ERROR]: An error occurred (AccessDenied) when calling the ${action} operation: User: arn:aws:iam`.slice(0, 90),
      })
    },
  )
})

test.each([
  [['--path-prefix', 'ci/'], 'Bad value for --path-prefix ci/: paths begin with a slash'],
  [['--older-than', '90'], 'Bad value for --older-than 90: days, hours or minutes, as in 90d, 12h or 30m'],
])('%j is refused before anything is asked', async (words, message) => {
  const stderr = `\niamkey: [ERROR]: An error occurred (ParamValidation): ${message}\n`
  expect(await audit(...words)).toEqual({ code: 252, stdout: '', stderr })
  expect(asked()).toEqual([])
})

test('throttled calls are repeated, and no user is left out', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `user-${String(index).padStart(2, '0')}`)
  for (const name of names) key(name, 100)
  iam.fail('ListAccessKeys', ...Array(4).fill(Fault.throttled))
  iam.fail('GetCredentialReport', Fault.throttled)
  expect(await due()).toEqual(names.map(name => [name, 'older than 90d']))
}, 60_000)

test('four calls at a time', async () => {
  for (let nth = 0; nth < 40; nth++) key(`user-${nth}`, 100)
  let [open, most] = [0, 0]
  on = moment => {
    if (moment === 'received') most = Math.max(most, ++open)
    if (moment === 'replied') open--
    return new Promise(resolve => setTimeout(resolve, 2))
  }
  await due()
  expect([most, iam.calls.length]).toEqual([4, 2 + 40 * 2])
})

test('a signal ends it', async () => {
  key('Bob', 100)
  iam.fail('ListAccessKeys', Fault.neverAnswered)
  const words = ['sh', '-c', 'iamkey audit-access-keys & pid=$!; sleep 2; kill -INT $pid; wait $pid']
  // A shell without job control lets its background ignore SIGINT.
  const { code, stdout } = await here.run(['bash', '-mc', words[2] ?? ''], environment())
  expect({ code, stdout }).toEqual({ code: 130, stdout: '\n' })
})

test('ten thousand users, five hundred of them due, in 200 MB', async () => {
  for (let nth = 0; nth < 10_000; nth++) account.users.add(`user-${nth}`)
  const byUser = new Map(Array.from(account.users, (user, nth) => [user, [key(user, nth < 500 ? 100 : 10)]]))
  account.liveKeys = user => byUser.get(user) ?? account.keys.filter(key => key.user === user)
  const spy = path.join(here.cwd, 'spy.cjs')
  fs.writeFileSync(spy, `process.on('exit', () => require('fs').writeFileSync('rss', String(process.resourceUsage().maxRSS)))`)
  const words = ['iamkey', 'audit-access-keys', '--query', '[length(Keys), length(Keys[?Due])]', '--output', 'text']
  // The runtime of the executable has a variable of its own.
  const spied = { NODE_OPTIONS: `--require ${spy}`, BUN_OPTIONS: `--preload ${spy}` }
  const ended = await here.run(words, { ...environment(), ...spied })
  expect(ended).toEqual({ code: 0, stdout: '10001\t500\n', stderr: '' })
  expect(iam.calls.length).toBe(2 + 500 * 2)
  expect(Number(fs.readFileSync(path.join(here.cwd, 'rss'), 'utf8'))).toBeLessThan(200 * 1024)
}, 120_000)
