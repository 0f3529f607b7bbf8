/** What help says, as a person at a terminal sees it. */
import * as util from 'node:util'
import { describe, expect, test } from 'vitest'
import { helpText } from '../src/cli/help.ts'
import { helpTemplate } from '../src/cli/help-template.ts'
import { optionsOf } from '../src/cli/members.ts'
import { commands } from '../src/commands/index.ts'
import { GLOBAL_OPTIONS, type Option } from '../src/core/options.ts'
import { run } from '../src/run/index.ts'
import { type TestHostOptions, testHost } from './support/host.ts'

const pages = [undefined, ...commands]
const plain = (columns: number) => ({ columns, color: false })

async function shown(argv: readonly string[], { pager, ...options }: TestHostOptions & { readonly pager?: string } = {}) {
  const paged: { readonly words: readonly string[]; readonly text: string | undefined }[] = []
  const execute = (words: readonly string[], text?: string) => {
    paged.push({ words, text })
    return { status: 0, signal: null, stdout: new Uint8Array(), stderr: new Uint8Array() }
  }
  const host = testHost({ execute, ...options })
  if (pager) host.files.replace(pager, '', 0o755)
  const code = await run(argv, host)
  return { code, paged, stdout: Buffer.from(host.written.stdout()).toString(), stderr: Buffer.from(host.written.stderr()).toString() }
}

describe.each(pages.map(page => [page?.name ?? 'iamkey', page] as const))('the page of %s', (_, page) => {
  test.each([40, 60, 80, 100, 200])('breaks its lines within %i columns, all but the commands to paste', columns => {
    const lines = helpText(helpTemplate(commands, page), plain(columns)).split('\n')
    const pasted = lines.findIndex(line => line.startsWith('Usage'))
    expect(lines.slice(pasted + 1).filter(line => line.length > Math.min(columns, 100))).toEqual([])
  })

  test('begins with examples, each with its meaning', () => {
    expect(helpText(helpTemplate(commands, page), plain(80))).toMatch(/^Examples:\n( {2}# .+\n {2}iamkey .+\n)+\nUsage: iamkey/)
  })

  test('names every option with all that is known of it', () => {
    const text = helpText(helpTemplate(commands, page), plain(80)).replace(/\s+/g, ' ')
    for (const row of [...GLOBAL_OPTIONS, ...(page ? optionsOf(page) : [])]) {
      const { name, help, sources = [], defaultValue = '' }: Option = row
      for (const fact of [`--${name}`, help, ...sources.map(place => place.replace('$', '')), defaultValue]) expect(text).toContain(fact)
    }
  })

  test('has the same words in colour', () => {
    const colored = helpText(helpTemplate(commands, page), { columns: 80, color: true })
    expect(colored).toContain('\x1b[1mUsage:')
    expect(util.stripVTControlCharacters(colored)).toBe(helpText(helpTemplate(commands, page), plain(80)))
  })
})

test.each(['help', '--help', '-h', 'create-access-key help', 'iam create-access-key --user-name -h', 'help create-access-key'])(
  '%s shows a page',
  async line => {
    const { code, stdout, stderr } = await shown(line.split(' '))
    expect({ code, stderr, begin: stdout.slice(0, 9) }).toEqual({ code: 0, stderr: '', begin: 'Examples:' })
  },
)

describe('at a terminal', () => {
  const stdout = { columns: 60 }
  const env = { PATH: '/usr/bin' }
  const text = helpText(helpTemplate(commands, undefined), { columns: 60, color: true })

  test.each([
    ['less, where nobody chose', {}, ['less']],
    ['what AWS_PAGER says', { AWS_PAGER: 'less -S' }, ['less', '-S']],
  ])('the pager is %s', async (_, variables, words) => {
    const seen = await shown(['help'], { stdout, env: { ...env, ...variables }, pager: '/usr/bin/less' })
    expect(seen).toEqual({ code: 0, paged: [{ words, text }], stdout: '', stderr: '' })
  })

  test.each([
    ['no pager is installed', {}, ['help'], {}],
    ['none is wanted', { AWS_PAGER: '' }, ['help'], { pager: '/usr/bin/less' }],
    ['this run shall have none', {}, ['help', '--no-cli-pager'], { pager: '/usr/bin/less' }],
    ['the profile wants none', {}, ['help'], { pager: '/usr/bin/less', files: { '~/.aws/config': '[default]\ncli_pager=\n' } }],
  ])('it is printed where %s', async (_, variables, argv, more) => {
    expect(await shown(argv, { stdout, env: { ...env, ...variables }, ...more })).toEqual({ code: 0, paged: [], stdout: text, stderr: '' })
  })

  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('there is no colour under %o', async variables => {
    const { paged } = await shown(['help'], { stdout, env: { ...env, ...variables }, pager: '/usr/bin/less' })
    expect(paged[0]?.text).toBe(util.stripVTControlCharacters(text))
  })
})
