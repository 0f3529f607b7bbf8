/**
 * The documents, held against the program. Blocks marked `sh` are run, on the built program and the fake IAM; `bash` blocks need AWS, a network
 * or a person, and are checked as far as a shell can without running them; `text` blocks show what a command prints; `yaml` is parsed, and
 * the scripts in it are checked; `console` shows a session.
 */
import * as childProcess from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import manifest from '../package.json' with { type: 'json' }
import { DOCUMENTS, regenerated } from '../release/docs.ts'
import { optionsOf } from '../src/cli/members.ts'
import { commands } from '../src/commands/index.ts'
import { GLOBAL_OPTIONS } from '../src/core/options.ts'
import { Account } from './support/account.ts'
import { serve } from './support/fake-iam.ts'
import { createSandbox, credentials } from './support/process.ts'

interface Block {
  readonly language: string
  readonly text: string
  /** The document and the heading it stands under. */
  readonly title: string
}

const read = (name: string) => fs.readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const ALL = DOCUMENTS.map(read).join('\n')
const README = read('README.md')

const BLOCKS: readonly Block[] = DOCUMENTS.flatMap(name => {
  const document = read(name)
  return [...document.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    text,
    title: `${name}: ${[...document.slice(0, index).matchAll(/^#+ (.+)$/gm)].at(-1)?.[1]}`,
  }))
})

const blocks = (language: string) => BLOCKS.filter(block => block.language === language).map(({ title, text }) => [title, text] as const)
const has = (program: string) => childProcess.spawnSync(program, ['--version']).error === undefined

test('no block has a language that nothing here checks', () => {
  expect([...new Set(BLOCKS.map(({ language }) => language))].sort()).toEqual(['bash', 'console', 'json', 'sh', 'text', 'yaml'])
})

describe('runs:', () => {
  const jq = has('jq')
  if (!jq) console.warn('blocks that use jq are not run: not installed')

  test.each(blocks('sh').filter(([, text]) => jq || !text.includes('jq')))('%s', async (_, script) => {
    const account = new Account({ users: ['Bob'], roles: ['KeyAdmin'] })
    const iam = await serve(account)
    const here = createSandbox()
    try {
      const { code, stderr } = await here.run(['sh', '-eu', '-c', script], credentials(account, iam))
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    } finally {
      here.remove()
      await iam.close()
    }
  })
})

function expectSound(script: string): void {
  const { stderr } = childProcess.spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })
  expect(stderr).toBe('')
}

test.each(blocks('bash'))('is sound: %s', (_, script) => {
  expectSound(script)
})

test.each(blocks('yaml'))('is sound: %s', (_, text) => {
  const scripts = scriptsIn(parse(text))
  expect(scripts).not.toEqual([])
  scripts.forEach(expectSound)
})

/** What a job runs: `run` of a step in GitHub Actions, `script` of a job in GitLab CI, `args` of a container, `commands` of a phase in CodeBuild. */
function scriptsIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, value]) => {
    if (name === 'run' && typeof value === 'string') return [value.replace(/\$\{\{.*?\}\}/g, 'expression')]
    if (['script', 'args', 'commands'].includes(name) && Array.isArray(value)) return [value.join('\n')]
    return scriptsIn(value)
  })
}

const withoutId = (text: string) => text.replace(/AKIA\w+/, 'AKIA…')

test('the demo runs a program beside its IAM, without the credentials of the person', async () => {
  const here = createSandbox()
  try {
    const script = "iamkey list-access-keys --user-name Bob --query 'length(AccessKeyMetadata)' && echo $AWS_PROFILE$AWS_REGION && exit 3"
    const words = [path.resolve('node_modules/.bin/tsx'), path.resolve('test/support/demo.ts'), 'sh', '-c', script]
    expect(await here.run(words, { AWS_PROFILE: 'mine', AWS_REGION: 'eu-west-1' })).toEqual({ code: 3, stdout: '0\n\n', stderr: '' })
  } finally {
    here.remove()
  }
})

test('the session that opens the README', async () => {
  const account = new Account({ users: ['Bob'] })
  const iam = await serve(account)
  const here = createSandbox()
  try {
    // A limit on the size of files stands for the full disk: only the name of the error differs.
    const command = 'ulimit -f 0; iamkey create-access-key --user-name Bob > key.json'
    const { stderr } = await here.run(['sh', '-c', command], credentials(account, iam))
    const shown = blocks('console').flatMap(([, text]) => /^iamkey: .*$/m.exec(text)?.[0] ?? [])
    expect([stderr.trim().replace('EFBIG', 'ENOSPC')].map(withoutId)).toEqual(shown.map(withoutId))
    expect(account.liveKeys('Bob')).toEqual([])
  } finally {
    here.remove()
    await iam.close()
  }
})

test('examples for CI install this version', () => {
  const versions = [...ALL.matchAll(/npm install --global iamkey@([\d.]+)/g)].map(([, version]) => version)
  expect(new Set(versions)).toEqual(new Set([manifest.version]))
  const unpinned = BLOCKS.filter(({ language, text }) => language === 'yaml' && /npm install --global iamkey(?!@)/.test(text))
  expect(unpinned.map(({ title }) => title)).toEqual([])
})

test.each(DOCUMENTS)('the generated parts of %s are current, or `npm run docs` makes it so', name => {
  expect(read(name)).toBe(regenerated(read(name)))
})

test('the README is short', () => {
  expect(README.split('\n').length).toBeLessThanOrEqual(200)
})

describe('names', () => {
  test('every command, in the README', () => {
    expect(commands.map(({ name }) => name).filter(name => !README.includes(`\`${name}\``))).toEqual([])
  })

  test('every option', () => {
    const names = [...GLOBAL_OPTIONS, ...commands.flatMap(optionsOf)].map(({ name }) => `--${name}`)
    expect(names.filter(name => !new RegExp(`${name}(?![\\w-])`).test(ALL))).toEqual([])
  })

  test('no option that a command does not have', () => {
    const known = new Map(commands.map(command => [command.name, [...GLOBAL_OPTIONS, ...optionsOf(command)].map(({ name }) => name)]))
    const calls = BLOCKS.filter(({ language }) => language !== 'text').flatMap(({ text }) => [
      ...text.matchAll(/\biamkey (?:iam )?([a-z-]+)([^|;&)\n]*)/g),
    ])
    const unknown = calls.flatMap(([call, name = '', rest = '']) =>
      [...rest.matchAll(/(?<=\s)--([a-z-]+)/g)]
        .filter(([, option = '']) => known.has(name) && !known.get(name)?.includes(option))
        .map(() => call),
    )
    expect(unknown).toEqual([])
  })

  test.each(DOCUMENTS)('only files and headings that are there: %s', name => {
    const links = [...read(name).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    const missing = links.filter(([, file, heading]) => {
      const target = new URL(file || '', new URL(`../${name}`, import.meta.url))
      if (!fs.existsSync(target)) return true
      return heading !== undefined && !headings(fs.readFileSync(target, 'utf8')).includes(heading)
    })
    expect(missing.map(([link]) => link)).toEqual([])
  })
})

/** The headings of a document, as GitHub makes fragments of them. */
const headings = (document: string): readonly string[] =>
  [...document.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
