/**
 * What aws-cli 2.36.7 was recorded doing with replies, settings, documents and URLs that a differential fuzz had pointed to. Each row has its own
 * endpoint, which gives the row's replies in turn and is a proxy, too.
 */
import * as fs from 'node:fs'
import * as http from 'node:http'
import type * as net from 'node:net'
import { describe, expect, test } from 'vitest'
import { run } from '../src/run/index.ts'
import { testHost } from './support/host.ts'
import { ownName } from './support/recording.ts'

interface Request {
  readonly path: string | undefined
  readonly parameters: readonly (readonly string[])[] | null
  readonly host: string | null
  readonly token: string | null
  readonly credential: string | null
}

interface Row {
  /** What it is about: the first word groups the rows. */
  readonly name: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
  readonly replies: readonly { readonly body: string; readonly status?: number; readonly encoding?: 'latin-1' }[]
  readonly expect: { readonly code: number; readonly stdout: string; readonly stderr: string; readonly requests: readonly Request[] }
}

const ROWS: readonly Row[] = JSON.parse(fs.readFileSync(new URL('recordings/differential-aws-cli-2.36.7.json', import.meta.url), 'utf8'))

const HOME = '/root/home'
const CWD = '/root/cwd'

async function serve({ replies }: Row): Promise<{ readonly port: number; readonly seen: Request[]; close(): void }> {
  const seen: Request[] = []
  let count = 0
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const { authorization, host = null, 'x-amz-security-token': token } = request.headers
      const [, scope] = /Credential=([^,]+)/.exec(authorization ?? '') ?? []
      seen.push({
        path: request.url,
        parameters: [...new URLSearchParams(Buffer.concat(chunks).toString())],
        host,
        token: typeof token === 'string' ? token : null,
        credential: scope?.replace(/\/\d{8}\//, '/<date>/') ?? null,
      })
      const { body = '', status = 200, encoding } = replies[Math.min(count++, replies.length - 1)] ?? {}
      const bytes = Buffer.from(body, encoding === 'latin-1' ? 'latin1' : 'utf8')
      response.writeHead(status, { 'Content-Type': 'text/xml', 'Content-Length': bytes.length }).end(bytes)
    })
  })
  server.on('connect', (request, socket: net.Socket) => {
    seen.push({ path: request.url, parameters: null, host: null, token: null, credential: null })
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as net.AddressInfo).port, seen, close: () => server.close() }
}

async function observe(row: Row): Promise<Row['expect']> {
  const endpoint = await serve(row)
  const server = `http://127.0.0.1:${endpoint.port}`
  const fill = (text: string) => text.replaceAll('{SERVER}', server).replaceAll('{HOME}', HOME)
  const unfill = (text: string) => text.replaceAll(server, '<server>').replaceAll(server.slice(7), '<host>').replaceAll('/root', '<root>')
  const textOf = (bytes: Uint8Array) => unfill(backslashReplaced(bytes))
  const host = testHost({
    env: Object.fromEntries(
      Object.entries({
        PATH: '/usr/bin:/bin',
        HOME,
        LANG: 'C.UTF-8',
        AWS_EC2_METADATA_DISABLED: 'true',
        HTTPS_PROXY: server,
        ...row.env,
      }).map(([name, value]) => [name, fill(value)]),
    ),
    cwd: CWD,
    files: Object.fromEntries(Object.entries(row.files).map(([name, content]) => [`/root/${name}`, fill(content)])),
    now: Date.now(),
  })
  try {
    const code = await run(row.argv.map(fill), host)
    const requests = JSON.parse(unfill(JSON.stringify(endpoint.seen)))
    return { code, stdout: textOf(host.written.stdout()), stderr: textOf(host.written.stderr()), requests }
  } finally {
    endpoint.close()
  }
}

/** `bytes.decode('utf-8', 'backslashreplace')` of Python, by which the recorder has kept other encodings. */
function backslashReplaced(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  if (!text.includes('\ufffd')) return text
  return Array.from(bytes, byte => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join('')
}

const withOwnName = (expected: Row['expect']) => ({ ...expected, stderr: ownName(expected.stderr) })

describe.each([...new Set(ROWS.map(({ name }) => name.split(' ')[0] ?? ''))])('%s', group => {
  const rows = ROWS.filter(({ name }) => name.split(' ')[0] === group)
  test.each(rows)('$name', async row => expect(await observe(row)).toStrictEqual(withOwnName(row.expect)))
})
