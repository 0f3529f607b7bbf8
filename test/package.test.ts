/** The package as users get it: packed from a copy of the sources, installed without a network, run where the path has a blank in it. */
import * as childProcess from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import * as url from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Account } from './support/account.ts'
import { serve } from './support/fake-iam.ts'
import { createSandbox, credentials } from './support/process.ts'

const ROOT = url.fileURLToPath(new URL('..', import.meta.url))
const MEBIBYTE = 1024 * 1024

let folder: string
let packed: { readonly filename: string; readonly unpackedSize: number; readonly files: readonly { readonly path: string }[] }
let installed: string

const npm = (cwd: string, ...words: readonly string[]) =>
  childProcess.execFileSync('npm', [...words, '--cache', path.join(folder, 'npm cache')], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey package '))
  // Packing builds, and the tests beside this one run what is built already.
  const sources = path.join(folder, 'sources')
  const kept = childProcess.execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  for (const file of kept.trim().split('\n')) {
    if (/^(test|node_modules|\.)/.test(file)) continue
    fs.cpSync(path.join(ROOT, file), path.join(sources, file))
  }
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(sources, 'node_modules'))
  packed = JSON.parse(npm(sources, 'pack', '--json', '--silent', '--pack-destination', folder))[0]
  const prefix = path.join(folder, 'empty prefix')
  fs.mkdirSync(prefix)
  npm(prefix, 'install', '--offline', '--silent', '--prefix', prefix, path.join(folder, packed.filename))
  installed = path.join(prefix, 'node_modules')
}, 120_000)

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const inside = (...names: readonly string[]) => path.join(installed, 'iamkey', ...names)
const read = (...names: readonly string[]) => fs.readFileSync(inside(...names), 'utf8')

test('it holds the program and what belongs to it, and nothing else', () => {
  const files = packed.files.map(file => file.path)
  expect(files.filter(file => !/^(dist\/[\w.-]+\.(js|json)|docs\/[\w-]+\.md)$/.test(file))).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'THIRD-PARTY-LICENSES',
    'bin/iamkey.js',
    'bin/package.json',
    'completions/_iamkey',
    'completions/iamkey.bash',
    'completions/iamkey.fish',
    'completions/iamkey.ps1',
    'man/iamkey.1',
    'package.json',
    'sbom.cdx.json',
  ])
  expect(packed.unpackedSize).toBeLessThan(1.6 * MEBIBYTE)
})

test('it needs nothing else and runs nothing when it is installed', () => {
  const { dependencies, optionalDependencies, scripts } = JSON.parse(read('package.json'))
  expect({ dependencies, optionalDependencies }).toEqual({ dependencies: undefined, optionalDependencies: undefined })
  expect(Object.keys(scripts).filter(name => /install|^prepare$/.test(name))).toEqual([])
  expect(fs.readdirSync(installed).filter(name => !name.startsWith('.'))).toEqual(['iamkey'])
})

test('it creates a key from where it was installed', async () => {
  const account = new Account({ users: ['Bob'] })
  const iam = await serve(account)
  const here = createSandbox()
  try {
    const program = path.join(installed, '.bin', 'iamkey')
    const { code, stdout, stderr } = await here.run([program, 'create-access-key', '--user-name', 'Bob'], credentials(account, iam))
    expect({ code, stderr, key: JSON.parse(stdout).AccessKey.AccessKeyId }).toEqual({
      code: 0,
      stderr: '',
      key: account.liveKeys('Bob')[0]?.id,
    })
  } finally {
    here.remove()
    await iam.close()
  }
})

test('a global install has the program and the manual where they are looked for', () => {
  const prefix = path.join(folder, 'global prefix')
  npm(folder, 'install', '--global', '--offline', '--silent', '--prefix', prefix, path.join(folder, packed.filename))
  expect(['bin/iamkey', 'share/man/man1/iamkey.1'].filter(file => !fs.existsSync(path.join(prefix, file)))).toEqual([])
})

test('publint has nothing to say', async () => {
  const { messages, pkg } = await publint({ pkgDir: inside(), strict: true })
  expect(messages.map(message => formatMessage(message, pkg ?? {}))).toEqual([])
})

test('the licences and the list of parts name the same parts', () => {
  const { components } = JSON.parse(read('sbom.cdx.json'))
  const listed = components.map(({ name, version }: { name: string; version: string }) => `${name} ${version}`)
  const licensed = [...read('THIRD-PARTY-LICENSES').matchAll(/^(\S+ \d\S*) \([\w.-]+\)$/gm)].map(([, part]) => part)
  expect([...licensed].sort()).toEqual([...listed].sort())
  expect(listed).toEqual(expect.arrayContaining([expect.stringMatching(/^@aws-sdk\/client-iam /), expect.stringMatching(/^commander /)]))
})

const lint = childProcess.spawnSync('mandoc', ['-T', 'lint']).error === undefined
if (!lint) console.warn('the manual is not checked: no mandoc')

test.skipIf(!lint)('the manual is sound', () => {
  const { stdout } = childProcess.spawnSync('mandoc', ['-T', 'lint', '-W', 'error', inside('man/iamkey.1')], { encoding: 'utf8' })
  expect(stdout).toBe('')
})
