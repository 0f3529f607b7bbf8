/**
 * What a run loads: the start-up's promise, by name. `packs.txt` lists the files of each pack. A change that adds one makes every call slower:
 * `npx vitest run test/startup/packs.test.ts -u` rewrites the list, and the diff shows what was added.
 */
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import type { Metafile } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { build } from '../../build.ts'
import { packsOf } from '../../startup/packs.ts'
import { Account } from '../support/account.ts'
import { serve } from '../support/fake-iam.ts'
import { createSandbox, credentials } from '../support/process.ts'

let folder = ''
let metafile: Metafile

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'iamkey-build-'))
  metafile = await build(folder)
}, 60_000)
afterAll(() => fs.rmSync(folder, { recursive: true }))

/** The inputs of a pack that left something in it. */
function inputsOf(pack: string): string[] {
  const files = [...packsOf(metafile)].filter(([, name]) => name === pack).map(([file]) => file)
  return files
    .flatMap(file => Object.entries(metafile.outputs[file]?.inputs ?? {}))
    .flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? input : []))
}
const ours = (pack: string) =>
  inputsOf(pack)
    .filter(input => input.startsWith('src/'))
    .map(input => input.slice(4))
    .sort()
const theirs = (pack: string) =>
  [...new Set(inputsOf(pack).flatMap(input => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []))].sort()

/** Programs that a run asks Node for, written down by a module loaded before: the packs it reads, and the built-in modules it uses. */
async function loadedBy(words: readonly string[]): Promise<{ readonly packs: readonly string[]; readonly builtins: readonly string[] }> {
  const account = new Account({ users: ['Bob'] })
  const iam = await serve(account)
  const here = createSandbox({
    'spy.cjs': `const fs = require('fs'), Module = require('module'), { load } = { load: Module._load }
      const seen = { packs: [], builtins: [] }, { openSync } = fs
      fs.openSync = (file, ...how) => (/dist.\\w[^/]*\\.js$/.test(file) && seen.packs.push(file), openSync(file, ...how))
      Module._load = function (id, parent, ...more) {
        if (/bin.iamkey/.test(parent?.filename) && Module.builtinModules.includes(id.replace('node:', ''))) seen.builtins.push(id)
        return load.call(this, id, parent, ...more)
      }
      process.on('exit', () => fs.writeFileSync('seen.json', JSON.stringify(seen)))`,
  })
  try {
    await here.run(['iamkey', ...words], { ...credentials(account, iam), AWS_REGION: 'us-east-1', NODE_OPTIONS: '--require ./spy.cjs' })
    const { packs, builtins } = JSON.parse(fs.readFileSync(path.join(here.cwd, 'seen.json'), 'utf8')) as Record<string, string[]>
    const names = (list: readonly string[] = []) => [...new Set(list)].sort()
    return {
      packs: names(packs?.map(file => path.basename(file, '.js').replace(/-[A-Z0-9]{8}$/, ''))),
      builtins: names(builtins?.map(id => id.replace('node:', ''))),
    }
  } finally {
    here.remove()
    await iam.close()
  }
}

test('a plain call loads two packs', async () => {
  expect(await loadedBy(['create-access-key', '--user-name', 'Bob'])).toEqual({
    packs: ['sdk', 'whole'],
    builtins: ['crypto', 'events', 'fs', 'net', 'path', 'vm'],
  })
})

test('a call that does not look like one loads the same in three', async () => {
  const { packs } = await loadedBy(['create-access-key', '--user-name', 'Bob', '--region', 'help'])
  expect(packs).toEqual(['call', 'main', 'sdk'])
})

test.each([
  [['--version'], ['page']],
  [['--help'], ['help-', 'page']],
  [
    ['create-access-key', 'help'],
    ['help-create-access-key', 'page'],
  ],
  [
    ['--user-name', 'help'],
    ['help-', 'help-pages', 'main', 'page'],
  ],
  [['create-access-key', '--generate-cli-skeleton'], ['main']],
  [['create-access-key', '--output'], ['whole']],
])('%j loads %j', async (words, packs) => {
  const loaded = await loadedBy(words)
  expect(loaded).toEqual({ packs, builtins: loaded.builtins.filter(name => ['events', 'fs', 'path', 'process', 'vm'].includes(name)) })
})

test('what every run reads, and what a call reads besides', async () => {
  const listed = (pack: string) => [`# ${pack}`, ...theirs(pack), ...ours(pack), ''].join('\n')
  await expect(['main', 'call', 'sdk'].map(listed).join('\n')).toMatchFileSnapshot('packs.txt')
})

test('no module assigns what it exports later, which a namespace would not show', () => {
  const inputs = Object.keys(metafile.inputs).filter(input => /\.m?[jt]s$/.test(input) && !input.includes(':'))
  expect(inputs.length).toBeGreaterThan(500)
  expect(inputs.filter(input => /^export let /m.test(fs.readFileSync(input, 'utf8')))).toEqual([])
})

test('the SDK asks for nothing more of what was cut', () => {
  const askers = Object.entries(metafile.inputs).flatMap(([input, { imports }]) =>
    imports
      .filter(({ path: name }) => name.startsWith('replaced:'))
      .map(({ path: name }) => `${input.replace(/.*node_modules\//, '')} → ${name.slice(9)}`),
  )
  expect([...new Set(askers)].sort()).toEqual([
    '@aws-sdk/client-iam/dist-es/runtimeConfig.js → @aws-sdk/credential-provider-node',
    '@aws-sdk/client-iam/dist-es/runtimeConfig.js → @smithy/node-http-handler',
    '@smithy/core/dist-es/submodules/protocols/HttpProtocol.js → @smithy/core/event-streams',
  ])
  // Errors are read by QueryProtocol; the SDK only registers the classes.
  const users = Object.entries(metafile.inputs).flatMap(([input, { imports }]) =>
    imports.some(({ path: name }) => name.endsWith('client-iam/dist-es/models/errors.js')) ? input.replace(/.*dist-es./, '') : [],
  )
  expect([...new Set(users)].sort()).toEqual(['index.js', 'schemas/schemas_0.js'])
  // Written anew in build.ts, where the SDK still has them.
  const serde = 'node_modules/@smithy/core/dist-es/submodules/serde'
  const bytes = ['uuid/v4.js', 'util-hex-encoding/hex-encoding.js'].map(file => metafile.inputs[`${serde}/${file}`]?.bytes ?? Infinity)
  expect(bytes.filter(bytes => bytes > 200)).toEqual([])
})
