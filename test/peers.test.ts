/**
 * Proofs with programs nobody here wrote: the AWS CLI and boto3 work with the fake IAM, and iamkey works with moto's. Needs them on the
 * machine; without one its tests are skipped, and say so.
 */
import * as childProcess from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Account } from './support/account.ts'
import { type FakeIam, serve } from './support/fake-iam.ts'
import { freePort, present, untilAnswered } from './support/peer.ts'
import { createSandbox, credentials, type Sandbox } from './support/process.ts'

type Parameters = Readonly<Record<string, string>>

const ASK_BOTO3 = `
import boto3, json, sys
operation, parameters = sys.argv[1], json.loads(sys.argv[2])
print(json.dumps(getattr(boto3.client('iam'), operation)(**parameters), default=str))`

const kebab = (name: string) => name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase()

const CLIENTS: readonly { name: string; here: boolean; words: (operation: string, parameters: Parameters) => readonly string[] }[] = [
  {
    name: 'the AWS CLI',
    here: present('aws', '--version'),
    words: (operation, parameters) => [
      ...['aws', 'iam', kebab(operation), '--output', 'json'],
      ...Object.entries(parameters).flatMap(([name, value]) => [`--${kebab(name)}`, value]),
    ],
  },
  {
    name: 'boto3',
    here: present('python3', '-c', 'import boto3'),
    words: (operation, parameters) => ['python3', '-c', ASK_BOTO3, kebab(operation).replaceAll('-', '_'), JSON.stringify(parameters)],
  },
]

for (const { name, here, words } of CLIENTS) {
  describe.skipIf(!here)(`the fake IAM as ${name} sees it`, () => {
    let account: Account
    let iam: FakeIam
    let somewhere: Sandbox
    beforeAll(async () => {
      account = new Account({ users: ['Bob'] })
      iam = await serve(account)
      somewhere = createSandbox()
    })
    afterAll(async () => {
      somewhere.remove()
      await iam.close()
    })
    const ask = (operation: string, parameters: Parameters, env: Parameters = {}) =>
      somewhere.run(words(operation, parameters), { ...credentials(account, iam), AWS_DEFAULT_REGION: 'us-east-1', ...env })

    test('creates, lists, retires and deletes keys', async () => {
      const created = JSON.parse((await ask('CreateAccessKey', { UserName: 'Bob' })).stdout)
      const [key] = account.liveKeys('Bob')
      expect(created.AccessKey).toMatchObject({ UserName: 'Bob', AccessKeyId: key?.id, SecretAccessKey: key?.secret, Status: 'Active' })

      const named = { UserName: 'Bob', AccessKeyId: key?.id ?? '' }
      await ask('UpdateAccessKey', { ...named, Status: 'Inactive' })
      const listed = JSON.parse((await ask('ListAccessKeys', { UserName: 'Bob' })).stdout)
      expect(listed.AccessKeyMetadata).toMatchObject([{ ...named, Status: 'Inactive' }])

      await ask('DeleteAccessKey', named)
      expect(account.liveKeys('Bob')).toEqual([])
    })

    test('is refused with the reason', async () => {
      expect((await ask('CreateAccessKey', { UserName: 'Carol' })).stderr).toContain(
        'An error occurred (NoSuchEntity) when calling the CreateAccessKey operation: The user with name Carol cannot be found.',
      )
      expect((await ask('CreateAccessKey', { UserName: 'Bob' }, { AWS_SECRET_ACCESS_KEY: 'wrong' })).stderr).toContain(
        '(SignatureDoesNotMatch)',
      )
    })
  })
}

describe.skipIf(!present('moto_server', '--help'))('iamkey on the IAM of moto', () => {
  let moto: childProcess.ChildProcess
  let endpoint: string
  let somewhere: Sandbox
  beforeAll(async () => {
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    moto = childProcess.spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    await untilAnswered(endpoint)
    await fetch(endpoint, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/iam/aws4_request' },
      body: new URLSearchParams({ Action: 'CreateUser', Version: '2010-05-08', UserName: 'Bob' }),
    })
    somewhere = createSandbox()
  }, 60_000)
  afterAll(() => {
    moto.kill()
    somewhere.remove()
  })
  const iamkey = (command: string, ...words: readonly string[]) =>
    somewhere.run(['iamkey', command, ...words], {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    })

  test('creates two keys, and is told that a third is too many', async () => {
    for (const _ of ['first', 'second']) {
      const { code, stdout } = await iamkey('create-access-key', '--user-name', 'Bob')
      expect([code, JSON.parse(stdout)]).toEqual([
        0,
        {
          AccessKey: {
            UserName: 'Bob',
            AccessKeyId: expect.stringMatching(/^AKIA\w{16}$/),
            Status: 'Active',
            SecretAccessKey: expect.stringMatching(/^\S{40}$/),
            CreateDate: expect.any(String),
          },
        },
      ])
    }
    const { code, stderr } = await iamkey('create-access-key', '--user-name', 'Bob')
    expect([code, stderr]).toEqual([254, expect.stringContaining('(LimitExceeded) when calling the CreateAccessKey operation')])
  })

  test('is told that there is no such user', async () => {
    const { code, stderr } = await iamkey('create-access-key', '--user-name', 'Carol')
    expect([code, stderr]).toEqual([254, expect.stringContaining('(NoSuchEntity) when calling the CreateAccessKey operation')])
  })

  test('lists, retires, asks about and deletes keys', async () => {
    const bob = ['--user-name', 'Bob']
    const list = async () => JSON.parse((await iamkey('list-access-keys', ...bob)).stdout).AccessKeyMetadata
    const [first, second] = await list()
    expect([first, second]).toEqual([
      { UserName: 'Bob', AccessKeyId: expect.any(String), Status: 'Active', CreateDate: expect.any(String) },
      { UserName: 'Bob', AccessKeyId: expect.any(String), Status: 'Active', CreateDate: expect.any(String) },
    ])
    const key = ['--access-key-id', first.AccessKeyId]
    expect(await iamkey('update-access-key', ...bob, ...key, '--status', 'Inactive')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await list()).toEqual([{ ...first, Status: 'Inactive' }, second])
    const { stdout } = await iamkey('get-access-key-last-used', ...key)
    expect(JSON.parse(stdout)).toEqual({ UserName: 'Bob', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } })
    expect(await iamkey('delete-access-key', ...bob, ...key)).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await list()).toEqual([second])
    expect(await iamkey('delete-access-key', ...bob, ...key)).toMatchObject({
      code: 254,
      stderr: expect.stringContaining('(NoSuchEntity) when calling the DeleteAccessKey operation'),
    })
  })

  test('rotates a key into a file, again, and then leaves it alone', async () => {
    const rotate = async (...words: readonly string[]) => {
      const { code, stdout } = await iamkey('rotate-access-key', '--user-name', 'Bob', '--store', 'env-file:bob.env', ...words)
      return { code, ...JSON.parse(stdout).Rotation }
    }
    const keys = async () => JSON.parse((await iamkey('list-access-keys', '--user-name', 'Bob')).stdout).AccessKeyMetadata
    const [old] = await keys()
    const first = await rotate('--older-than', '0d', '--retire', 'delete', '--retire-after', '0m')
    expect(first).toMatchObject({ code: 0, Result: 'Rotated', OldAccessKeyId: old.AccessKeyId })
    const second = await rotate('--older-than', '0d', '--retire-after', '0m')
    expect(second).toMatchObject({ code: 0, Result: 'Rotated', OldAccessKeyId: first.NewAccessKeyId })
    expect(await rotate()).toMatchObject({ code: 0, Result: 'NothingDue', NewAccessKeyId: second.NewAccessKeyId, Steps: [] })
    expect(await keys()).toMatchObject([
      { AccessKeyId: first.NewAccessKeyId, Status: 'Inactive' },
      { AccessKeyId: second.NewAccessKeyId, Status: 'Active' },
    ])
    expect((await somewhere.run(['cat', 'bob.env'])).stdout).toContain(`AWS_ACCESS_KEY_ID=${second.NewAccessKeyId}\n`)
  }, 30_000)
})
