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
import { patchedSdk } from './startup/sdk-patches.ts'

const require = createRequire(import.meta.url)
const { version } = require('./package.json') as { version: string }

/**
 * Gives code that few runs need its own copy of the SDK. With a shared copy, a plain call would load whatever any of them uses, because
 * esbuild tree-shakes a module once for all importers.
 *
 * @param importers our files that use the copy
 */
const ownSdk = (namespace: string, importers: RegExp): esbuild.Plugin => ({
  name: `the SDK of the ${namespace}`,
  setup(build) {
    build.onResolve({ filter: /^[@.]/ }, async ({ path: name, namespace: from, importer, pluginData, ...how }) => {
      const isEntrance = name.startsWith('@') && importers.test(importer)
      if (pluginData === namespace || !(from === namespace || isEntrance)) return undefined
      const { path: file, sideEffects, errors } = await build.resolve(name, { ...how, importer, pluginData: namespace })
      return { path: file, sideEffects, errors, namespace }
    })
    build.onLoad({ filter: /.*/, namespace }, loadCopy)
  },
})

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

/** Lets commander arrange the help at build time; a run only wraps it. */
const arrangedHelp: esbuild.Plugin = {
  name: 'arranged help',
  setup(build) {
    const namespace = 'help'
    const pages = commands.map(({ name }) => `${JSON.stringify(name)}: () => import('help:${name}')`)
    build.onLoad({ filter: /src.run.help-pages\.ts$/ }, () => ({
      contents: `const pages = { ${pages} }
        export const isCommand = name => Object.hasOwn(pages, name)
        export const helpPage = async name => (await (name === undefined ? import('help:') : pages[name]())).template`,
    }))
    build.onResolve({ filter: /^help:/ }, ({ path: name }) => ({ path: name.replace(':', '-'), namespace }))
    build.onLoad({ filter: /.*/, namespace }, ({ path: name }) => {
      const template = helpTemplate(
        commands,
        commands.find(command => name === `help-${command.name}`),
      )
      return { contents: `export const template = ${JSON.stringify(template)}` }
    })
  },
}

/**
 * Splits the source at every `import()`, as ES modules, because esbuild splits no others.
 *
 * @param runtime what runs the chunks: those for Node contain nothing for Bun
 */
export const chunksOf = (entryPoints: string[], outdir: string, runtime: 'Node' | 'Bun', without: readonly string[] = []) =>
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
    plugins: [
      arrangedHelp,
      patchedSdk(without),
      ownSdk('providers', /src.config.credentials/),
      ownSdk('stores', /src.aws.json-call/),
      accountSdk,
    ],
    metafile: true,
  })

/** Converts the chunks to CommonJS, which starts faster, and packs them. */
export async function build(root: string, without: readonly string[] = []): Promise<esbuild.Metafile> {
  const outdir = path.join(root, 'dist')
  const chunks = await chunksOf(['src/main.ts', 'src/page.ts', 'startup/write-code-cache.ts'], outdir, 'Node', without)
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
