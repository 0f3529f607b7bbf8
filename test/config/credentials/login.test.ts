import * as crypto from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AwsServices, type Reply, startAwsServices } from '../../support/aws-services.ts'
import { type SetUp, signer } from '../../support/signer.ts'

let services: AwsServices
beforeAll(async () => {
  services = await startAwsServices()
})
beforeEach(() => services.reset())
afterAll(() => services.close())

// sha256 of the session's name
const FILE = 'da19974a351c10e6ddab0fe8d7b1fb3a289211121e24f211c7eb19ed08e30e3a.json'
const PATH = `/home/user/.aws/login/cache/${FILE}`
const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })
const SESSION = { accessKeyId: 'ASIACACHED', secretAccessKey: 's', sessionToken: 't', accountId: '1', expiresAt: '2999-01-01T00:00:00Z' }
const token = (session: object = {}, members: object = {}) =>
  JSON.stringify({
    accessToken: { ...SESSION, ...session },
    refreshToken: 'refresh',
    dpopKey: privateKey.export({ format: 'pem', type: 'sec1' }),
    clientId: 'client',
    ...members,
  })
const signing = (file: string | undefined, setUp: SetUp = {}) =>
  signer({
    services,
    profile: 'l',
    config: '[profile l]\nlogin_session = arn:aws:iam::1:user/me\n',
    ...(file !== undefined && { files: { [PATH]: file } }),
    ...setUp,
  })
const ENDED = { expiresAt: '2001-01-01T00:00:00Z' }

test('a session that lasts signs without asking anyone', async () => {
  expect(await signing(token()).load()).toEqual({ accessKeyId: 'ASIACACHED', secretAccessKey: 's', sessionToken: 't' })
  expect(services.asked).toEqual([])
})

test('AWS_LOGIN_CACHE_DIRECTORY names the directory', async () => {
  const setUp = { env: { AWS_LOGIN_CACHE_DIRECTORY: '~/$SUB', SUB: 'logins' }, files: { [`/home/user/logins/${FILE}`]: token() } }
  expect((await signing(undefined, setUp).load()).accessKeyId).toBe('ASIACACHED')
})

describe('a session near its end', () => {
  test('is renewed, and rewritten for its owner alone', async () => {
    const { host, load } = signing(token(ENDED))
    expect((await load()).accessKeyId).toBe('ASIALOGIN')
    expect(services.asked.map(({ line, body }) => [line, body])).toEqual([
      ['POST /v1/token', '{"clientId": "client", "refreshToken": "refresh", "grantType": "refresh_token"}'],
    ])
    const file = host.contents.get(PATH)
    expect(file?.mode).toBe(0o600)
    expect(JSON.parse(Buffer.from(file?.bytes ?? []).toString())).toMatchObject({
      accessToken: { accessKeyId: 'ASIALOGIN', accountId: '1', expiresAt: '2026-01-01T00:15:00Z' },
      refreshToken: 'new-refresh',
      clientId: 'client',
    })
  })

  test('proves that it holds the key which the refresh token is bound to', async () => {
    await signing(token(ENDED)).load()
    const [header = '', claims = '', signature = ''] = String(services.asked[0]?.headers.dpop).split('.')
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
    const { x, y } = publicKey.export({ format: 'jwk' })
    expect(read(header)).toEqual({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC', x, y, crv: 'P-256' } })
    expect(read(claims)).toMatchObject({ htm: 'POST', htu: `${services.url}/v1/token`, iat: Date.UTC(2026, 0, 1) / 1000 })
    const proven = crypto.verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      { key: publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    )
    expect(proven).toBe(true)
  })

  test.each(['00:12', '00:06'])('that lasts until %s, more than 5 minutes, is left as it is', async end => {
    expect((await signing(token({ expiresAt: `2026-01-01T${end}:00Z` })).load()).accessKeyId).toBe('ASIACACHED')
    expect(services.asked).toEqual([])
  })
})

const refusal = (error: string): Reply => ({
  status: 401,
  headers: { 'x-amzn-errortype': 'AccessDeniedException', 'content-type': 'application/json' },
  body: JSON.stringify({ error, message: 'no' }),
})

describe('a renewal that sign-in refuses', () => {
  test.each([
    ['TOKEN_EXPIRED', "Your session has expired. Please reauthenticate using 'aws login'."],
    [
      'USER_CREDENTIALS_CHANGED',
      "Unable to refresh login credentials because of a change in your password. Please reauthenticate with your new password using 'aws login'.",
    ],
    [
      'INSUFFICIENT_PERMISSIONS',
      "Unable to create or refresh login credentials due to insufficient permissions. You may be missing permission for the 'signin:CreateOAuth2Token' action.",
    ],
    ['AUTHCODE_EXPIRED', 'An unspecified error happened when resolving AWS credentials or refreshing a login session profile.'],
  ])('%s', async (error, sentence) => {
    services.instead.push(refusal(error))
    await expect(signing(token(ENDED)).load()).rejects.toMatchObject({ message: sentence, exitCode: 255 })
  })

  test('for another reason', async () => {
    services.instead.push({ status: 400, headers: { 'x-amzn-errortype': 'ValidationException' }, body: '{"message": "no"}' })
    await expect(signing(token(ENDED)).load()).rejects.toMatchObject({
      message: 'An error occurred (ValidationException) when calling the CreateOAuth2Token operation: no',
      exitCode: 254,
    })
  })
})

describe('what is wrong with the file is found out at once', () => {
  const unusable = 'Error loading login session token:'
  test.each<[string, file: string | undefined, sentence: string]>([
    [
      'it is not there',
      undefined,
      `${unusable} Unable to load a existing login session for session arn:aws:iam::1:user/me, Please reauthenticate with 'aws login'.`,
    ],
    [
      'it is not whole',
      '{"accessToken": {}}',
      `${unusable} Failed to load access token from token cache, missing one or more required fields.`,
    ],
    ['it is no JSON', '{', `'${FILE.replace('.json', '')}'`],
    ['it has no account', token({ accountId: undefined }), "'accountId'"],
  ])('%s', async (_, file, sentence) => {
    await expect(signing(file).choose()).rejects.toMatchObject({ message: sentence, exitCode: 255 })
  })

  test('except for a key that is none: that is needed only to renew', async () => {
    expect((await signing(token({}, { dpopKey: 'none' })).load()).accessKeyId).toBe('ASIACACHED')
    await expect(signing(token(ENDED, { dpopKey: 'none' })).load()).rejects.toThrow(
      `${unusable} Unable to load private key from cached token`,
    )
  })
})
