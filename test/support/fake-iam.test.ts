/** The wire of the fake IAM, asked by the AWS SDK: whose signature counts, and how calls break. */
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Account } from './account.ts'
import { type FakeIam, Fault, serve } from './fake-iam.ts'

let account: Account
let iam: FakeIam
beforeEach(async () => {
  account = new Account({ users: ['Bob'] })
  iam = await serve(account)
})
afterEach(() => iam.close())

/** Creates a key for Bob; the error's name where that fails. `late` is by how many minutes the caller's clock is slow. */
async function create({ late = 0, secret = '' } = {}): Promise<string> {
  const key = account.liveKeys('ops')[0] ?? account.addKey('ops')
  const client = new IAMClient({
    endpoint: iam.endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    systemClockOffset: -late * 60_000,
    credentials: { accessKeyId: key.id, secretAccessKey: secret || key.secret },
  })
  return client.send(new CreateAccessKeyCommand({ UserName: 'Bob' })).then(
    ({ AccessKey }) => AccessKey?.SecretAccessKey ?? '',
    (error: Error) => `${error.name}: ${error.message}`,
  )
}

test('the key that is answered is the key that there is', async () => {
  expect(await create()).toBe(account.liveKeys('Bob')[0]?.secret)
  expect(iam.calls).toMatchObject([{ action: 'CreateAccessKey', outcome: 'OK', keyId: account.liveKeys('ops')[0]?.id }])
})

test.each([
  ['a wrong secret', { secret: 'wrong' }, /^SignatureDoesNotMatch: The request signature we calculated does not match/],
  ['a clock 16 minutes slow', { late: 16 }, /^SignatureDoesNotMatch: Signature expired: \S+ is now earlier than \S+ \(\S+ - 15 min\.\)$/],
  [
    'a clock 16 minutes fast',
    { late: -16 },
    /^SignatureDoesNotMatch: Signature not yet current: \S+ is still later than \S+ \(\S+ \+ 15 min\.\)$/,
  ],
])('%s is refused, and there is no key', async (_, wrong, refusal) => {
  expect(await create(wrong)).toMatch(refusal)
  expect(account.liveKeys('Bob')).toEqual([])
})

test.each<[fault: Exclude<keyof typeof Fault, 'neverAnswered' | 'stuckReply'>, keys: number, told: RegExp]>([
  ['none', 1, /^\S{40}$/],
  ['lostRequest', 0, /ECONNRESET|socket hang up/],
  ['lostReply', 1, /ECONNRESET|socket hang up/],
  ['cutReply', 1, /aborted|ECONNRESET/],
  ['failedBefore', 0, /^ServiceFailure/],
  ['failedAfter', 1, /^ServiceFailure/],
  ['throttled', 0, /^Throttling: Rate exceeded/],
])('%s leaves %i keys behind', async (fault, keys, told) => {
  iam.fail('CreateAccessKey', Fault[fault])
  expect(iam.unmet).toBe(1)
  expect(await create()).toMatch(told)
  expect(account.liveKeys('Bob')).toHaveLength(keys)
  expect(iam.unmet).toBe(0)
})
