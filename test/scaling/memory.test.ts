/**
 * A long list takes no more memory than a short one, where the format prints each page at once, and a table little more: its keys are kept
 * once, and its text never whole. Peaks are compared, so that Node's own share does not matter.
 */
import * as fs from 'node:fs'
import * as http from 'node:http'
import type * as net from 'node:net'
import * as path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../support/process.ts'

const KEYS = 1000
const FEW = 2
const MANY = 30

const member = (id: number) =>
  `<member><UserName>Bob</UserName><AccessKeyId>AKIA${String(id).padStart(16, '0')}</AccessKeyId><Status>Active</Status><CreateDate>2026-01-01T00:00:00Z</CreateDate></member>`

/** The request's path is the number of pages. */
function listPage(pages: number, body: string): string {
  const page = Number(/Marker=(\d+)/.exec(body)?.[1] ?? 0)
  const more = page + 1 < pages
  const members = Array.from({ length: KEYS }, (_, index) => member(page * KEYS + index)).join('')
  return `<ListAccessKeysResponse><ListAccessKeysResult><IsTruncated>${more}</IsTruncated>${more ? `<Marker>${page + 1}</Marker>` : ''}<AccessKeyMetadata>${members}</AccessKeyMetadata></ListAccessKeysResult></ListAccessKeysResponse>`
}

let server: http.Server
let here: Sandbox
beforeAll(async () => {
  server = http.createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => response.end(listPage(Number(request.url?.slice(1)), body)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // Of this address space alone: getrusage counts what the parent had when it forked.
  const probe = `process.on('exit', () => { const fs = require('node:fs'); fs.writeFileSync('peak', /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) })`
  here = createSandbox({ 'probe.cjs': probe })
})
afterAll(() => {
  server.close()
  here.remove()
})

/** In KiB. */
async function peak(pages: number, format: string): Promise<number> {
  const endpoint = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/${pages}`
  const words = ['iamkey', 'list-access-keys', '--user-name', 'Bob', '--output', format, '--endpoint-url', endpoint]
  const { code, stderr } = await here.run(words, {
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
    NODE_OPTIONS: `--require=${path.join(here.cwd, 'probe.cjs')}`,
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return Number(fs.readFileSync(path.join(here.cwd, 'peak'), 'utf8'))
}

test.runIf(process.platform === 'linux').each(['text', 'yaml-stream', 'table'])(
  'a list in %s takes hardly more memory for many pages than for few',
  async format => {
    expect((await peak(MANY, format)) / (await peak(FEW, format))).toBeLessThan(1.2)
  },
)
