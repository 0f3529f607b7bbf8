/** Commands to paste reach the account that the run reached. Whole runs in process. */
import { expect, test } from 'vitest'
import { run } from '../src/run/index.ts'
import { Account } from './support/account.ts'
import { serve } from './support/fake-iam.ts'
import { testHost } from './support/host.ts'

test.each([
  ['AWS_PROFILE, which may be set for this one command', { AWS_PROFILE: 'prod' }, [], ' --profile prod'],
  ['a profile that is typed', { AWS_PROFILE: 'other' }, ['--profile', 'prod'], ' --profile prod'],
  ['no profile', {}, [], ''],
  ['keys in the environment, before which AWS_PROFILE does not count', { AWS_PROFILE: 'prod', AWS_ACCESS_KEY_ID: 'given' }, [], ''],
])('by %s', async (_, env, words, accountOptions) => {
  const account = new Account({ users: ['Bob', 'ops'] })
  const iam = await serve(account)
  const { id, secret } = account.addKey('ops')
  const pair = `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`
  const host = testHost({
    env: {
      HOME: '/home/user',
      AWS_ENDPOINT_URL: iam.endpoint,
      ...env,
      ...('AWS_ACCESS_KEY_ID' in env && { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret }),
    },
    files: { '~/.aws/credentials': `[default]\n${pair}[prod]\n${pair}` },
    now: Date.now(),
  })
  expect(await run(['create-access-key', '--user-name', 'Bob', '--output', 'off', ...words], host)).toBe(0)
  await iam.close()
  expect(Buffer.from(host.written.stderr()).toString()).toMatch(
    new RegExp(`Delete the key with\n  iamkey delete-access-key --user-name Bob --access-key-id \\w+${accountOptions}\n$`),
  )
})
