/**
 * The services behind a source of credentials, on loopback: STS, SSO, SSO-OIDC, sign-in, the container and the instance metadata service;
 * and an IAM that always makes the same key. They check nothing, note every request, and answer with one session each unless a test says otherwise.
 */
import * as http from 'node:http'
import type { Duplex } from 'node:stream'

export interface Asked {
  /** `POST /path?query`. */
  readonly line: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export interface AwsServices {
  readonly url: string
  readonly asked: readonly Asked[]
  /** What comes instead of the usual reply: for each request the first that is left. `hang` never answers. */
  readonly instead: (Reply | 'hang')[]
  /** Serves a connection that came in by another way: over TLS, or through a proxy. */
  readonly accept: (connection: Duplex) => void
  /** Forgets what was asked and what was to come. */
  reset(): void
  close(): Promise<void>
}

export const END = '2999-01-01T00:00:00Z'

const stsReply = (operation: string, id: string): string =>
  `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result><Credentials>` +
  `<AccessKeyId>${id}</AccessKeyId><SecretAccessKey>sts-secret</SecretAccessKey><SessionToken>sts-token</SessionToken>` +
  `<Expiration>${END}</Expiration></Credentials></${operation}Result></${operation}Response>`

export const stsError = (code: string, message: string, status = 403): Reply => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
})

const sso = { accessKeyId: 'ASIASSO', secretAccessKey: 'sso-secret', sessionToken: 'sso-session-token', expiration: Date.parse(END) }
const signedIn = { accessKeyId: 'ASIALOGIN', secretAccessKey: 'login-secret', sessionToken: 'login-session' }
const newKey =
  '<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><UserName>Bob</UserName><AccessKeyId>AKIANEW</AccessKeyId>' +
  '<Status>Active</Status><SecretAccessKey>new-key-secret</SecretAccessKey><CreateDate>2015-03-09T18:39:23Z</CreateDate></AccessKey>' +
  '</CreateAccessKeyResult></CreateAccessKeyResponse>'
const metadata = (id: string) => ({ AccessKeyId: id, SecretAccessKey: 'metadata-secret', Token: 'metadata-token', Expiration: END })

/** The start of a request's line and body → the usual reply. */
const USUAL: readonly (readonly [line: string, body: string, reply: string])[] = [
  ['POST /', 'Action=CreateAccessKey&', newKey],
  ['POST /', 'Action=AssumeRole&', stsReply('AssumeRole', 'ASIAROLE')],
  ['POST /', 'Action=AssumeRoleWithWebIdentity&', stsReply('AssumeRoleWithWebIdentity', 'ASIAWEB')],
  ['GET /federation/credentials', '', JSON.stringify({ roleCredentials: sso })],
  ['POST /token', '', JSON.stringify({ accessToken: 'new-token', expiresIn: 28_800, refreshToken: 'new-refresh' })],
  ['POST /v1/token', '', JSON.stringify({ accessToken: signedIn, tokenType: 'aws_sigv4', expiresIn: 900, refreshToken: 'new-refresh' })],
  ['GET /container', '', JSON.stringify(metadata('ASIACONTAINER'))],
  ['PUT /latest/api/token', '', 'imds-token'],
  ['GET /latest/meta-data/iam/security-credentials/the-role', '', JSON.stringify(metadata('ASIAINSTANCE'))],
  ['GET /latest/meta-data/iam/security-credentials/', '', 'the-role'],
  ['GET /latest/meta-data/placement/availability-zone/', '', 'eu-west-3a'],
]

export async function startAwsServices(): Promise<AwsServices> {
  const asked: Asked[] = []
  const instead: (Reply | 'hang')[] = []
  const server = http.createServer((request, response) => {
    const chunks: Uint8Array[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const line = `${request.method} ${request.url}`
      const body = Buffer.concat(chunks).toString()
      asked.push({ line, headers: request.headers, body })
      const reply = instead.shift() ?? usualReply(line, body)
      if (reply !== 'hang') response.writeHead(reply.status ?? 200, reply.headers).end(reply.body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the services have no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    instead,
    accept: connection => void server.emit('connection', connection),
    reset() {
      asked.length = 0
      instead.length = 0
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function usualReply(line: string, body: string): Reply {
  const found = USUAL.find(([start, fields]) => line.startsWith(start) && body.startsWith(fields))
  return found ? { body: found[2] } : { status: 404, body: 'not here' }
}
