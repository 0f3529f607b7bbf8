import { describe, expect, test } from 'vitest'
import { COLORLESS, RESET } from '../../src/output/color.ts'
import { outputEncoder } from '../../src/output/encoding.ts'
import { type PresentationOptions, present } from '../../src/output/presentation.ts'
import { table } from '../../src/output/table.ts'
import type { Value } from '../../src/python/value.ts'
import { type TestHostOptions, testHost } from '../support/host.ts'

const OPTIONS: PresentationOptions = {
  output: 'table',
  query: undefined,
  color: 'auto',
  timestampFormat: undefined,
  noPager: false,
  pager: undefined,
  encode: undefined,
  title: 'ListAccessKeys',
  shape: new Map(),
  fits: undefined,
}

/** Latin 1 has the first name and lacks the last one. */
const LONG = Array.from({ length: 250 }, (_, index) => new Map([['UserName', index < 200 ? 'é' : '日']]))
const reply = new Map<string, Value>([['Keys', LONG]])

/** What arrives of a list in two pages, and what programs are given. */
async function shown(machine: TestHostOptions, options: Partial<PresentationOptions>) {
  const paged: (string | undefined)[] = []
  const execute: TestHostOptions['execute'] = (_, input) => {
    paged.push(input)
    return { status: 0, signal: null, stdout: Buffer.of(), stderr: Buffer.of() }
  }
  const host = testHost({ ...machine, env: { PATH: '/bin' }, execute })
  host.files.replace('/bin/less', '', 0o755)
  const { renderPages, show } = await present({ ...OPTIONS, ...options }, undefined, host)
  const list = await renderPages('Keys')
  for (const keys of [LONG.slice(0, 150), LONG.slice(150)]) list.page(new Map([['Keys', keys]]))
  for (const text of list.end(undefined)) await show(text)
  return { stdout: Buffer.from(host.written.stdout()).toString(), paged }
}

describe('a long table', () => {
  const drawn = (color = COLORLESS) => table(reply, { title: 'ListAccessKeys', color, columns: 80 })
  const styled = { styled: true, resets: false, ending: RESET }

  test.each<[string, Partial<PresentationOptions>]>([
    ['as it is', {}],
    ['in UTF-8 as a whole if the encoding lacks a character', { encode: outputEncoder('latin-1') }],
  ])('is written %s', async (_, options) => {
    expect(await shown({}, options)).toEqual({ stdout: drawn(), paged: [] })
  })

  test('has one ending on a terminal', async () => {
    const text = drawn({ ...styled, resets: true })
    expect(await shown({ stdout: { columns: 80 } }, { noPager: true })).toEqual({ stdout: `${text}${RESET}`, paged: [] })
  })

  test('is given to a pager at once', async () => {
    expect(await shown({ stdout: { columns: 80 } }, {})).toEqual({ stdout: RESET, paged: [drawn(styled)] })
  })
})
