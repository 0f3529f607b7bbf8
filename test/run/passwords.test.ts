/** Passwords that stand in what is typed or configured, and have no business on standard error or in a note. Whole runs in process. */
import { expect, test } from 'vitest'
import { run } from '../../src/run/index.ts'
import { Account } from '../support/account.ts'
import { serve } from '../support/fake-iam.ts'
import { testHost } from '../support/host.ts'
import { credentials } from '../support/process.ts'

test.each([
  ['the command that deletes the key', '--query AccessKey.AccessKeyId', {}, 'delete-access-key --user-name Bob'],
  ['the hint who was asked', '', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'and sent to'],
  ['the debug log', '--debug', {}, 'settings: IAM at'],
])('%s leaves out the password of an endpoint', async (_, words, env, said) => {
  const account = new Account({ users: ['Bob', 'ops'] })
  const iam = await serve(account)
  const { AWS_ENDPOINT_URL = '', ...signer } = credentials(account, iam)
  const secret = AWS_ENDPOINT_URL.replace('//', '//user:hunter2@')
  const host = testHost({ env: { ...signer, ...env }, stderr: { columns: 200 }, now: Date.now() })
  const notes: string[] = []
  const files = { ...host.files, append: (_: string, text: string) => void notes.push(text) }
  await run(['create-access-key', '--user-name', 'Bob', '--endpoint-url', secret, ...words.split(' ').filter(Boolean)], { ...host, files })
  await iam.close()
  const stderr = Buffer.from(host.written.stderr()).toString()
  expect(stderr).toContain(said)
  expect(notes[0]).toContain('"UserName":"Bob"')
  expect(stderr + notes).not.toContain('hunter2')
})
