/** The commands around a key, beside what aws-cli 2.36.7 was recorded doing on the same account. */
import * as fs from 'node:fs'
import { describe, expect, test } from 'vitest'
import { run } from '../../src/run/index.ts'
import { testHost } from '../support/host.ts'
import { ownName } from '../support/recording.ts'
import { observe, type Ran, type Row } from './parity.ts'

const RECORDED: readonly Row[] = JSON.parse(fs.readFileSync(new URL('../recordings/commands-aws-cli-2.36.7.json', import.meta.url), 'utf8'))

async function inProcess(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const host = testHost({ env, files: { token: 'MQ==' }, now: Date.now() })
  const code = await run(argv, host)
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()
  return { code, stdout: text(host.written.stdout()), stderr: text(host.written.stderr()) }
}

describe.each([...new Set(RECORDED.map(({ argv }) => argv[0] ?? ''))])('%s', name => {
  const rows = RECORDED.filter(({ argv }) => argv[0] === name).map(row => ({ ...row, line: row.argv.slice(1).join(' ') }))
  test.each(rows)('$line', async ({ argv, stdout, stderr, code, calls }) => {
    expect(await observe(argv, inProcess)).toStrictEqual({ code, stdout, stderr: ownName(stderr), calls })
  })
})
