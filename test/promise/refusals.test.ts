/** Refusing while refusing is free: whatever can be known before the call is known before it, and nothing is sent. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Account } from '../support/account.ts'
import { type FakeIam, serve } from '../support/fake-iam.ts'
import { type Circumstances, runIn } from './in-process.ts'

const account = new Account({ users: ['Bob', 'ops'] })
let iam: FakeIam

beforeAll(async () => {
  iam = await serve(account)
})
afterAll(() => iam.close())

interface Refusal extends Circumstances {
  readonly why: string
  readonly words?: readonly string[]
  readonly code: number
  readonly says: RegExp
}

test.each<Refusal>([
  { why: 'stdout is closed', stdout: { fails: { after: 0, code: 'EBADF' } }, code: 1, says: /could not write the output \(EBADF\)/ },
  { why: 'stdout is full', stdout: { fails: { after: 0, code: 'ENOSPC' } }, code: 120, says: /could not write the output \(ENOSPC\)/ },
  { why: 'nobody reads stdout', stdout: { fails: { after: 0, code: 'EPIPE' } }, code: 120, says: /could not write the output \(EPIPE\)/ },
  {
    why: 'an unknown output format is configured',
    files: { '~/.aws/config': '[default]\noutput = csv\n' },
    code: 255,
    says: /Unknown output type: csv/,
  },
  {
    why: 'an unknown output format is in the environment',
    env: { AWS_DEFAULT_OUTPUT: 'csv' },
    code: 255,
    says: /Unknown output type: csv/,
  },
  {
    why: 'there is no such pager',
    stdout: { columns: 80 },
    env: { PAGER: 'nopager' },
    code: 253,
    says: /No such file or directory: 'nopager'/,
  },
  { why: 'the query is malformed', words: ['--query', 'AccessKey.['], code: 252, says: /Bad value for --query/ },
  { why: 'the query fails on a reply', words: ['--query', 'abs(AccessKey.UserName)'], code: 255, says: /invalid type/ },
  { why: 'the query knows no such function', words: ['--query', 'nope(AccessKey)'], code: 255, says: /Unknown function/ },
  { why: 'the query selects nothing', words: ['--query', 'AccessKey.Secret'], code: 252, says: /Did you mean SecretAccessKey\?/ },
  {
    why: 'there are no credentials',
    env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
    code: 253,
    says: /Unable to locate credentials/,
  },
  { why: 'half of the credentials is missing', env: { AWS_SECRET_ACCESS_KEY: undefined }, code: 255, says: /Partial credentials/ },
  { why: 'the profile does not exist', words: ['--profile', 'nobody'], code: 255, says: /profile \(nobody\) could not be found/ },
  { why: 'a file of the set-up is broken', files: { '~/.aws/config': 'x\n' }, code: 255, says: /config/ },
  { why: 'the endpoint is no URL', words: ['--endpoint-url', 'iam.test'], code: 252, says: /Bad value for --endpoint-url/ },
  { why: 'a time-out is no number', words: ['--cli-read-timeout', 'soon'], code: 255, says: /invalid literal/ },
  { why: 'the number of attempts is none', env: { AWS_MAX_ATTEMPTS: 'many' }, code: 255, says: /max_attempts|many/ },
  { why: 'the user name is no argument', words: ['--user-name', 'file://missing'], code: 252, says: /missing/ },
  { why: 'the user name is empty', words: ['--user-name', ''], code: 252, says: /UserName/ },
  { why: 'an option is unknown', words: ['--user', 'Bob', '--nope'], code: 252, says: /Unknown options/ },
])('nothing is sent where $why', async ({ words = [], code, says, ...circumstances }) => {
  const seen = await runIn(account, iam.endpoint, ['create-access-key', ...words], circumstances)
  expect(seen.stderr).toMatch(says)
  expect(seen.code).toBe(code)
  expect(iam.calls).toEqual([])
})
