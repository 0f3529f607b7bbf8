/** An audit of a thousand users, beside what boto3 finds by asking about each of them. Skipped without moto, and says so. */
import * as childProcess from 'node:child_process'
import * as readline from 'node:readline'
import * as url from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../support/process.ts'

const SCRIPT = url.fileURLToPath(new URL('moto-account.py', import.meta.url))
const USERS = 1000

const here = childProcess.spawnSync('python3', ['-c', 'import boto3, moto.server']).status === 0
if (!here) console.warn('SKIPPED: moto and boto3 are not installed, so the audit is compared with nothing')

interface Expected {
  readonly UserName: string
  readonly Path: string
  readonly AccessKeyId: string
  readonly Status: string
  readonly Age: number
  readonly LastUsed: string | null
  readonly OlderThan90d: boolean
  readonly UnusedFor45d: boolean
}

interface Row extends Omit<Expected, 'Path' | 'OlderThan90d' | 'UnusedFor45d' | 'AccessKeyId'> {
  readonly AccessKeyId: string | null
  readonly Due: boolean
}

const byText = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)

describe.skipIf(!here)('a thousand users of moto', () => {
  let moto: childProcess.ChildProcess
  let endpoint: string
  let expected: readonly Expected[]
  let sandbox: Sandbox
  beforeAll(async () => {
    const child = childProcess.spawn('python3', [SCRIPT, String(USERS)], { stdio: ['pipe', 'pipe', 'ignore'] })
    moto = child
    const lines = readline.createInterface(child.stdout)[Symbol.asyncIterator]()
    endpoint = (await lines.next()).value
    expected = JSON.parse((await lines.next()).value)
    sandbox = createSandbox()
  }, 300_000)
  afterAll(() => {
    moto.stdin?.end()
    sandbox.remove()
  })

  const audit = async (...words: readonly string[]): Promise<readonly Row[]> => {
    const env = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' }
    const { code, stdout, stderr } = await sandbox.run(['iamkey', 'audit-access-keys', ...words], env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout).Keys
  }

  test.each<[string, readonly string[], (key: Expected) => boolean, (path: string) => boolean]>([
    ['older than 90 days, where nothing is said', [], key => key.OlderThan90d, () => true],
    ['unused for 45 days', ['--unused-for', '45d'], key => key.UnusedFor45d, () => true],
    [
      'either, in one path',
      ['--older-than', '90d', '--unused-for', '45d', '--path-prefix', '/ci/'],
      key => key.OlderThan90d || key.UnusedFor45d,
      path => path.startsWith('/ci/'),
    ],
  ])(
    '%s',
    async (_, words, isDue, isThere) => {
      const wanted = expected.filter(({ Path }) => isThere(Path))
      expect(wanted.length).toBeGreaterThan(300)
      const confirmed = new Set(wanted.filter(isDue).map(({ UserName }) => UserName))
      expect(confirmed.size).toBeGreaterThan(50)
      const straight = wanted.map(key => ({
        UserName: key.UserName,
        AccessKeyId: confirmed.has(key.UserName) ? key.AccessKeyId : null,
        Status: key.Status,
        Age: key.Age,
        LastUsed: key.LastUsed,
        Due: isDue(key),
      }))
      const rows = (await audit(...words)).map(({ UserName, AccessKeyId, Status, Age, LastUsed, Due }) => {
        return { UserName, AccessKeyId, Status, Age, LastUsed, Due }
      })
      expect(rows.toSorted(byText)).toEqual(straight.toSorted(byText))
    },
    120_000,
  )
})
