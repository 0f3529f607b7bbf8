/** The files were written by aws-cli 2.36.7; only its ResponseMetadata is cut. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AwsServices, startAwsServices } from '../../support/aws-services.ts'
import { signer } from '../../support/signer.ts'

let services: AwsServices
beforeAll(async () => {
  services = await startAwsServices()
})
beforeEach(() => services.reset())
afterAll(() => services.close())

const CONFIG =
  '[profile r]\nrole_arn = arn:aws:iam::123456789012:role/R\nsource_profile = src\n[profile src]\naws_access_key_id = AKIASRC\naws_secret_access_key = s\n'
const FILE = '/home/user/.aws/cli/cache/c03ce438bc208f6214854d85d3ca930ff73e3004.json'
const session = (end: string) =>
  '{"Credentials": {"AccessKeyId": "ASIACACHED", "SecretAccessKey": "cached-secret", "SessionToken": "cached-token", ' +
  `"Expiration": "${end}", "AccountId": "123456789012"}, "AssumedRoleUser": {"AssumedRoleId": "AROA:s", "Arn": "arn:aws:sts::123456789012:assumed-role/R/s"}}`
const running = (content: string) => signer({ services, profile: 'r', config: CONFIG, files: { [FILE]: content } })

test('a session that aws-cli kept is used', async () => {
  expect(await running(session('2999-01-01T00:00:00UTC')).load()).toEqual({
    accessKeyId: 'ASIACACHED',
    secretAccessKey: 'cached-secret',
    sessionToken: 'cached-token',
  })
  expect(services.asked).toEqual([])
})

test('a session is kept where and as aws-cli looks for it, for its owner alone', async () => {
  const { host, load } = signer({ services, profile: 'r', config: CONFIG })
  await load()
  const file = host.contents.get(FILE)
  expect(file?.mode).toBe(0o600)
  expect(Buffer.from(file?.bytes ?? []).toString()).toBe(
    '{"Credentials": {"AccessKeyId": "ASIAROLE", "SecretAccessKey": "sts-secret", "SessionToken": "sts-token", ' +
      '"Expiration": "2999-01-01T00:00:00+00:00", "AccountId": "123456789012"}}',
  )
})

test('one that ends within 15 minutes is replaced', async () => {
  const { host, load } = running(session('2026-01-01T00:14:59UTC'))
  expect((await load()).accessKeyId).toBe('ASIAROLE')
  expect(Buffer.from(host.contents.get(FILE)?.bytes ?? []).toString()).toContain('ASIAROLE')
})

describe('a file that aws-cli would not read is an error, in its words', () => {
  test.each([
    ['{nope', "'c03ce438bc208f6214854d85d3ca930ff73e3004'"],
    ['{}', "'Credentials'"],
    [session('soon'), 'Unknown string format: soon'],
    [session('2999-01-01T00:00:00'), "can't subtract offset-naive and offset-aware datetimes"],
  ])('%j', async (content, sentence) => {
    await expect(running(content).load()).rejects.toMatchObject({ message: sentence, exitCode: 255 })
  })
})

test('the session of a role whose file cannot be written still signs', async () => {
  const { host, load } = signer({ services, profile: 'r', config: CONFIG })
  Object.assign(host.files, {
    replace() {
      throw new Error('read-only')
    },
  })
  expect((await load()).accessKeyId).toBe('ASIAROLE')
})

test.each([
  ['role_session_name = sess\nexternal_id = eid\nduration_seconds = 900\n', 'a52db61f8e692b299130506d99aba9b40f793c42'],
  ['mfa_serial = arn:aws:iam::1:mfa/me\n', '986d3c61fce1e092186dc260d60c7b9df2671390'],
])('the name of the file is made of what the profile says: %j', async (keys, key) => {
  const config = CONFIG.replace('source_profile', `${keys}source_profile`)
  const { host, load } = signer({ services, profile: 'r', config, answers: ['123456'] })
  await load()
  expect([...host.contents.keys()]).toContain(`/home/user/.aws/cli/cache/${key}.json`)
})
