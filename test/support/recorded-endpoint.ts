/**
 * The endpoint the recordings of aws-cli were made against: what it answers is chosen by the path of the endpoint URL, so a case can ask
 * for any reply. It stands for IAM, STS, SSO, the metadata service and a proxy, checks nothing and notes every request.
 */
import * as fs from 'node:fs'
import * as http from 'node:http'
import type * as net from 'node:net'
import * as querystring from 'node:querystring'

/** A request as it came; `PROXY ` before the path where the request line held a whole URL. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface RecordedEndpoint {
  /** `127.0.0.1:port`. */
  readonly host: string
  readonly seen: readonly Seen[]
  close(): Promise<void>
}

interface Reply {
  readonly status: number
  readonly type?: string
  readonly body: string
  readonly encoding?: 'latin1'
  readonly headers?: Readonly<Record<string, string>>
}
type Answer = Reply | 'reset' | 'close' | 'hang'

interface Question {
  readonly method: string
  readonly segments: readonly string[]
  readonly parameters: URLSearchParams
  readonly headers: Seen['headers']
  /** How often this endpoint has been asked by this path before. */
  readonly earlier: number
}

const NAMESPACE = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"'
const EXPIRATION = '2999-01-01T00:00:00Z'
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const xml = (body: string, status = 200): Reply => ({ status, body })
const json = (value: unknown, status = 200, headers = {}): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
  headers,
})
const text = (body: string, status = 200): Reply => ({ status, type: 'text/plain', body })

function created(user: string, date: string | null = '2015-03-09T18:39:23.411Z'): Reply {
  const members = {
    UserName: escaped(user),
    AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    Status: 'Active',
    SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY',
    ...(date !== null && { CreateDate: escaped(date) }),
  }
  const inner = Object.entries(members).map(([name, value]) => `<${name}>${value}</${name}>`)
  return xml(
    `<CreateAccessKeyResponse ${NAMESPACE}><CreateAccessKeyResult><AccessKey>${inner.join('')}</AccessKey></CreateAccessKeyResult>` +
      '<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></CreateAccessKeyResponse>',
  )
}

function refused(code: string, message: string, status = 400, type = 'Sender'): Reply {
  const inner = `${type && `<Type>${type}</Type>`}<Code>${escaped(code)}</Code><Message>${escaped(message)}</Message>`
  return xml(
    `<ErrorResponse ${NAMESPACE}><Error>${inner}</Error><RequestId>11111111-1111-1111-1111-111111111111</RequestId></ErrorResponse>`,
    status,
  )
}

function assumed(operation: string, keyId: string): Reply {
  return xml(
    `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result><AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId>` +
      '<Arn>arn:aws:sts::123456789012:assumed-role/R/s</Arn></AssumedRoleUser>' +
      `<Credentials><AccessKeyId>${keyId}</AccessKeyId><SecretAccessKey>stssecret</SecretAccessKey><SessionToken>ststoken</SessionToken>` +
      `<Expiration>${EXPIRATION}</Expiration></Credentials></${operation}Result><ResponseMetadata><RequestId>22</RequestId></ResponseMetadata></${operation}Response>`,
  )
}

/** What a careful program asks after an unclear end: there is no key. */
const AFTERWARDS: Readonly<Record<string, Reply>> = {
  ListAccessKeys: xml(
    `<ListAccessKeysResponse ${NAMESPACE}><ListAccessKeysResult><AccessKeyMetadata/><IsTruncated>false</IsTruncated></ListAccessKeysResult>` +
      '<ResponseMetadata><RequestId>3</RequestId></ResponseMetadata></ListAccessKeysResponse>',
  ),
  DeleteAccessKey: xml(
    `<DeleteAccessKeyResponse ${NAMESPACE}><ResponseMetadata><RequestId>4</RequestId></ResponseMetadata></DeleteAccessKeyResponse>`,
  ),
}

const ASSUMED: Readonly<Record<string, Reply>> = {
  AssumeRole: assumed('AssumeRole', 'ASIAASSUMED'),
  AssumeRoleWithWebIdentity: assumed('AssumeRoleWithWebIdentity', 'ASIAWEBID'),
}

const CANNED: Readonly<Record<string, Reply>> = JSON.parse(fs.readFileSync(new URL('../recordings/replies.json', import.meta.url), 'utf8'))
const canned = (name = ''): Reply => CANNED[name] ?? text('nope', 404)

/** The ways `/seq/<key>/<n>/<way>` fails n times before it answers. */
const FAILURES: Readonly<Record<string, Answer>> = {
  '500': refused('ServiceFailure', 'boom', 500, 'Receiver'),
  reset: 'reset',
  hang: 'hang',
  close: 'close',
  throttle: refused('Throttling', 'Rate exceeded'),
  '408': refused('RequestTimeout', 'rt', 408),
  '429': refused('TooManyRequestsException', 'tm', 429),
  '503html': canned('html503'),
  '403exp': refused('RequestExpired', 're', 403),
}

const METADATA: Readonly<Record<string, Reply>> = {
  'latest/meta-data/iam/security-credentials': text('imdsrole'),
  'latest/meta-data/iam/security-credentials/imdsrole': json({
    Code: 'Success',
    Type: 'AWS-HMAC',
    LastUpdated: '2020-01-01T00:00:00Z',
    AccessKeyId: 'ASIAIMDS',
    SecretAccessKey: 'imdssecret',
    Token: 'imdstoken',
    Expiration: EXPIRATION,
  }),
  'latest/meta-data/placement/availability-zone': text('eu-west-3a'),
}

const CONTAINER: Readonly<Record<string, Reply>> = {
  creds: json({
    AccessKeyId: 'ASIACONTAINER',
    SecretAccessKey: 'csecret',
    Token: 'ctoken',
    Expiration: EXPIRATION,
    AccountId: '123456789012',
  }),
  bad: { ...json(''), body: 'notjson' },
}

/** By the first segment of the path. */
const ROUTES: Readonly<Record<string, (question: Question, rest: readonly string[]) => Answer>> = {
  date: ({ parameters }, rest) => created(parameters.get('UserName') ?? 'Alice', rest.join('/')),
  nodate: ({ parameters }) => created(parameters.get('UserName') ?? 'Alice', null),
  user: (_, rest) => created(querystring.unescape(rest.join('/'))),
  raw: (_, [name]) => canned(name),
  seq: ({ parameters, earlier }, [, times, way = '']) =>
    earlier < Number(times) ? (FAILURES[way] ?? 'close') : created(parameters.get('UserName') ?? 'Alice'),
  hang: () => 'hang',
  reset: () => 'reset',
  close: () => 'close',
  imds: ({ method }, rest) => {
    const path = rest.join('/')
    if (path === 'latest/api/token') return method === 'PUT' ? text('IMDSTOKEN') : text('', 405)
    return METADATA[path] ?? text('', 404)
  },
  container: (_, [name = '']) => CONTAINER[name] ?? text('container oops', 500),
  federation: ({ headers }) =>
    String(headers['x-amz-sso_bearer_token']).includes('UNAUTH')
      ? json({ message: 'Session token not found or invalid' }, 401, { 'x-amzn-ErrorType': 'UnauthorizedException' })
      : json({
          roleCredentials: {
            accessKeyId: 'ASIASSO',
            secretAccessKey: 'ssosecret',
            sessionToken: 'ssotoken',
            expiration: Date.parse(EXPIRATION),
          },
        }),
  token: () => json({ accessToken: 'newtoken', tokenType: 'Bearer', expiresIn: 28800, refreshToken: 'newrefresh' }),
}

function answer(question: Question): Answer {
  const { segments, parameters } = question
  const action = parameters.get('Action') ?? ''
  const [first, ...rest] = segments
  if (AFTERWARDS[action]) return AFTERWARDS[action]
  if (first === 'err') {
    const [code = '', status = '400', message = `msg for ${code}`, type] = rest
    return refused(code, message, Number(status), type)
  }
  if (ASSUMED[action]) return ASSUMED[action]
  if (first === undefined) return created(parameters.get('UserName') ?? 'Alice')
  return ROUTES[first]?.(question, rest) ?? text('nope', 404)
}

/** Answers on a free port of 127.0.0.1 until closed. */
export async function recordedEndpoint(): Promise<RecordedEndpoint> {
  const seen: Seen[] = []
  const note = ({ method = '', url = '', headers }: http.IncomingMessage, body: string): string => {
    seen.push({ method, path: (url.startsWith('http://') ? 'PROXY ' : '') + url, headers, body })
    return url.replace(/^http:\/\/[^/]*/, '') || '/'
  }
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const earlier = seen.filter(({ path }) => path.endsWith(request.url ?? '')).length
    const [path = ''] = note(request, body).split('?')
    const segments = path
      .split('/')
      .filter(Boolean)
      .map(segment => querystring.unescape(segment))
    const reply = answer({
      method: request.method ?? '',
      segments,
      parameters: new URLSearchParams(body),
      headers: request.headers,
      earlier,
    })
    if (reply === 'hang') return
    if (reply === 'reset') request.socket.resetAndDestroy()
    else if (reply === 'close') request.socket.end()
    else respond(response, reply, host)
  })
  server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    note(request, '')
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const host = `127.0.0.1:${address.port}`
  return {
    host,
    seen,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function respond(
  response: http.ServerResponse,
  { status, type = 'text/xml', body, encoding = undefined, headers = {} }: Reply,
  host: string,
): void {
  const bytes = Buffer.from(body, encoding ?? 'utf8')
  const entries = Object.entries(headers).map(([name, value]) => [name, value.replace('{SELF}', `http://${host}`)])
  response.sendDate = false // the recordings' endpoint had no clock to go by
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'x-amzn-requestid': '00000000-0000-0000-0000-000000000000',
    ...Object.fromEntries(entries),
  })
  response.end(bytes)
}
