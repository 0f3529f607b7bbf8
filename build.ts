/**
 * Builds src/ into dist/: a few scripts ("packs"), split where the source says `import()`, and bin/iamkey.js, which loads them. Defines
 * which parts of the SDK are left out. docs/start-up.md has the gains.
 */

import * as crypto from 'node:crypto'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import * as path from 'node:path'
import * as esbuild from 'esbuild'
import { helpTemplate } from './src/cli/help-template.ts'
import { commands } from './src/commands/index.ts'
import { COMMON, commonJs, pack, withoutCopies } from './startup/packs.ts'

const require = createRequire(import.meta.url)
const { version } = require('./package.json') as { version: string }

/**
 * Parts of the SDK that a client with every value given never reaches, and that cost the most to load. `test/startup/packs.test.ts` fails
 * when the SDK starts to use one of them.
 */
const REPLACED: Readonly<Record<string, string>> = {
  '@aws-sdk/credential-provider-node': `export const defaultProvider = () => { throw new Error('credentials are always given') }`,
  '@smithy/node-http-handler': `export const NodeHttpHandler = { create: handler => handler }
    export const streamCollector = () => { throw new Error('bodies are always whole') }`,
  '@smithy/core/event-streams': '',
}

const slimSdk: esbuild.Plugin = {
  name: 'slim SDK',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${Object.keys(REPLACED).join('|')})$`) }, ({ path: name, importer }) =>
      /client-iam|client-sts|smithy.core|aws-sdk.core/.test(importer)
        ? { path: name, namespace: 'replaced', sideEffects: false }
        : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path: name }) => ({ contents: REPLACED[name] ?? '' }))
    // A reply that refuses is read by ours before the SDK would look for the class of its error: one stands for all thirty.
    build.onLoad({ filter: /client-iam.dist-es.models.errors\.js$/ }, ({ path: file }) => {
      const names = [...fs.readFileSync(file, 'utf8').matchAll(/^export class (\w+)/gm)].map(([, name]) => name)
      const contents = `export { ${names.map(name => `IAMServiceException as ${name}`).join(', ')} } from './IAMServiceException'`
      return { contents, resolveDir: path.dirname(file) }
    })
    // Of the package's description the SDK takes the version.
    build.onLoad({ filter: /client-(iam|sts).package\.json$/ }, ({ path: file }) => ({
      contents: `export default { version: ${JSON.stringify(JSON.parse(fs.readFileSync(file, 'utf8')).version)} }`,
    }))
    // Read where there is no endpoint of one's own, and made then.
    build.onLoad({ filter: /util-endpoints.lib.aws.partitions\.js$/ }, ({ path: file }) => ({
      contents: `${fs.readFileSync(file, 'utf8').replace('export const partitionsInfo = ', 'const made = () => (').replace(/;\s*$/, ')')}
        export const partitionsInfo = { get partitions() { return made().partitions } }`,
    }))
    // The SDK's fills a table, and V8 compiles all that is in the same function as the loop.
    build.onLoad({ filter: /smithy.core.dist-es.submodules.serde.util-hex-encoding.hex-encoding\.js$/ }, () => ({
      contents: `export const toHex = bytes => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')\nexport const fromHex = text => Buffer.from(text, 'hex')`,
    }))
    // The SDK's looks at the global `crypto`, and Node loads all of Web Crypto for that.
    build.onLoad({ filter: /smithy.core.dist-es.submodules.serde.uuid.v4\.js$/ }, () => ({
      contents: `import { randomUUID } from 'node:crypto'\nexport const bindV4 = () => () => randomUUID()`,
    }))
  },
}

/**
 * The sources of credentials that ask a service get a copy of the SDK to themselves. Shared with theirs, the copy of a plain call would
 * hold whatever any of them uses: esbuild shakes a module once, for all who import it.
 */
const providersSdk: esbuild.Plugin = {
  name: "the providers' SDK",
  setup(build) {
    const namespace = 'providers'
    build.onResolve({ filter: /^[@.]/ }, async ({ path: name, namespace: from, importer, pluginData, ...how }) => {
      const isEntrance = name.startsWith('@') && /src.config.credentials/.test(importer)
      if (pluginData === namespace || !(from === namespace || isEntrance)) return undefined
      const { path: file, sideEffects, errors } = await build.resolve(name, { ...how, importer, pluginData: namespace })
      return { path: file, sideEffects, errors, namespace }
    })
    build.onLoad({ filter: /.*/, namespace }, loadCopy)
  },
}

const loadCopy = ({ path: file }: esbuild.OnLoadArgs): esbuild.OnLoadResult => ({
  contents: fs.readFileSync(file),
  loader: file.endsWith('.json') ? 'json' : 'js',
  resolveDir: path.dirname(file),
})

/** The same for operations that no plain call needs: their commands and schemas are copied, the rest is shared. */
const accountSdk: esbuild.Plugin = {
  name: "the account operations' SDK",
  setup(build) {
    const namespace = 'account'
    build.onResolve({ filter: /^(@aws-sdk.client-iam$|\.)/ }, async ({ path: name, namespace: from, importer, pluginData, ...how }) => {
      const isEntrance = importer.endsWith('src/aws/account-commands.ts') && !name.startsWith('.')
      if (pluginData === namespace || !(from === namespace || isEntrance)) return undefined
      const { path: file, sideEffects, errors } = await build.resolve(name, { ...how, importer, pluginData: namespace })
      return { path: file, sideEffects, errors, namespace }
    })
    build.onLoad({ filter: /.*/, namespace }, loadCopy)
  },
}

/** Help is arranged here, once, by commander; what is left for a run is to break it into lines. */
const arrangedHelp: esbuild.Plugin = {
  name: 'arranged help',
  setup(build) {
    build.onLoad({ filter: /src.run.help-pages\.ts$/ }, () => {
      const pages = [undefined, ...commands].map(command => [command?.name ?? '', helpTemplate(commands, command)])
      return {
        contents: `const pages = ${JSON.stringify(Object.fromEntries(pages))}\nexport const helpPage = (name = '') => pages[name]\nexport const isCommand = name => name !== '' && Object.hasOwn(pages, name)`,
      }
    })
  },
}

/**
 * Splits the source at every `import()`, as ES modules, because esbuild splits no others.
 *
 * @param runtime what runs the chunks: those for Node contain nothing for Bun
 */
export const chunksOf = (entryPoints: string[], outdir: string, runtime: 'Node' | 'Bun') =>
  esbuild.build({
    ...COMMON,
    entryPoints,
    entryNames: '[name]',
    outdir,
    splitting: true,
    format: 'esm',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    define: { IAMKEY_VERSION: JSON.stringify(version), ...(runtime === 'Node' && { Bun: 'undefined' }) },
    plugins: [arrangedHelp, slimSdk, providersSdk, accountSdk],
    metafile: true,
  })

/** Converts the chunks to CommonJS, which starts faster, and packs them. */
export async function build(root: string): Promise<esbuild.Metafile> {
  const outdir = path.join(root, 'dist')
  const chunks = await chunksOf(['src/main.ts', 'src/page.ts', 'startup/write-code-cache.ts'], outdir, 'Node')
  const texts = Array.from(await pack(chunks), ([name, body]) => [name, `"use strict";(function(offer,require){${body}})`] as const)
  const hash = crypto.createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16)
  const loader = await esbuild.build({
    ...COMMON,
    entryPoints: ['startup/loader.ts'],
    format: 'esm',
    define: { IAMKEY_BUILD: JSON.stringify(hash), IAMKEY_COMMANDS: JSON.stringify(commands.map(({ name }) => name)) },
  })

  fs.rmSync(outdir, { recursive: true, force: true })
  for (const folder of [outdir, path.join(root, 'bin')]) fs.mkdirSync(folder, { recursive: true })
  for (const [name, text] of texts) fs.writeFileSync(`${outdir}/${name}.js`, text)
  fs.writeFileSync(path.join(root, 'bin/iamkey.js'), await commonJs(withoutCopies(loader.outputFiles[0]?.text ?? '')), { mode: 0o755 })
  return chunks.metafile
}

if (process.argv[1] === import.meta.filename) await build('.')
