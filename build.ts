/**
 * src/ → dist/: a few scripts ("packs") of CommonJS modules, cut where the source says `import()`, for `src/node/start.ts` to load. Owns what
 * of the SDK is left out, and which modules are read together. See "Start-up" in the README for what each step is worth.
 */

import * as crypto from 'node:crypto'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import * as path from 'node:path'
import * as esbuild from 'esbuild'

const require = createRequire(import.meta.url)
const { version } = require('./package.json') as { version: string }

/**
 * What a call loads besides what reads its command line, by the forks of the source: `wire` first, so that a connection is being made while
 * the rest is loaded. Everything else behind an `import()` becomes a pack of its own.
 */
const CALL = {
  wire: ['src/iam/wire.ts', 'src/iam/ahead.ts', 'src/iam/tls.ts'],
  sdk: ['src/iam/sdk.ts'],
}

/**
 * Parts of the SDK that a client with every value given never reaches, and that cost the most to load. `test/build.test.ts` fails when
 * the SDK starts to use one of them.
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
      const isEntrance = name.startsWith('@') && /src.config.providers/.test(importer)
      if (pluginData === namespace || !(from === namespace || isEntrance)) return undefined
      const { path: file, sideEffects, errors } = await build.resolve(name, { ...how, importer, pluginData: namespace })
      return { path: file, sideEffects, errors, namespace }
    })
    build.onLoad({ filter: /.*/, namespace }, ({ path: file }) => ({
      contents: fs.readFileSync(file),
      loader: file.endsWith('.json') ? 'json' : 'js',
      resolveDir: path.dirname(file),
    }))
  },
}

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  write: false,
  logLevel: 'warning',
} satisfies esbuild.BuildOptions

/** Split at every `import()` as ES modules, for only those can be; then made CommonJS, which starts faster, and packed. */
export async function build(outdir: string): Promise<esbuild.Metafile> {
  const { outputFiles, metafile } = await esbuild.build({
    ...COMMON,
    entryPoints: ['src/main.ts'],
    outdir,
    splitting: true,
    format: 'esm',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    define: { IAMKEY_VERSION: JSON.stringify(version) },
    plugins: [slimSdk, providersSdk],
    metafile: true,
  })
  const packOf = packsOf(metafile)
  const chunks = new Map(outputFiles.map(({ path: file, text }) => [path.relative('', file), text]))
  const packs = await Promise.all(
    [...new Set(packOf.values())].map(async pack => {
      const own = [...packOf].filter(([, of]) => of === pack).map(([file]) => file)
      return [pack, await packed(own, chunks, askedOf(metafile, packOf), packOf)] as const
    }),
  )
  const texts = packs.map(([pack, body]) => [pack, `"use strict";(function(module,require){${body}})`] as const)
  const hash = crypto.createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16)
  const start = await esbuild.build({
    ...COMMON,
    entryPoints: ['src/node/start.ts'],
    format: 'esm',
    define: { IAMKEY_BUILD: JSON.stringify(hash) },
  })

  fs.rmSync(outdir, { recursive: true, force: true })
  fs.mkdirSync(outdir, { recursive: true })
  fs.writeFileSync(`${outdir}/package.json`, '{ "type": "commonjs" }\n')
  fs.writeFileSync(`${outdir}/start.js`, await commonJs(withoutCopies(start.outputFiles[0]?.text ?? ''), []))
  for (const [pack, text] of texts) fs.writeFileSync(`${outdir}/${pack}.js`, text)
  return metafile
}

/** Which pack each output of esbuild goes into: `main` starts every run, CALL makes the call, the others are named after their fork. */
export function packsOf({ outputs }: esbuild.Metafile): ReadonlyMap<string, string> {
  const packs = new Map<string, string>()
  const put = (file: string | undefined, pack: string) => {
    if (file === undefined || packs.has(file)) return
    packs.set(file, pack)
    for (const { kind, path: imported } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && imported in outputs) put(imported, pack)
    }
  }
  const outputOf = (source: string) => Object.keys(outputs).find(file => outputs[file]?.entryPoint === source)
  put(outputOf('src/main.ts'), 'main')
  for (const [pack, sources] of Object.entries(CALL)) for (const source of sources) put(outputOf(source), pack)
  for (const file of Object.keys(outputs)) put(file, path.basename(file, '.js'))
  return packs
}

/** The outputs that somebody asks for by name: another pack, or an `import()`. */
function askedOf({ outputs }: esbuild.Metafile, packOf: ReadonlyMap<string, string>): ReadonlySet<string> {
  const asked = Object.entries(outputs).flatMap(([file, { imports }]) =>
    imports.filter(({ kind, path: name }) => kind === 'dynamic-import' || packOf.get(name) !== packOf.get(file)),
  )
  return new Set(asked.map(({ path: name }) => name))
}

/**
 * One CommonJS module of all that goes into a pack, which exports what is asked for under its file's name. Within it names are bound as in
 * one file; between modules every use of a name would go through a getter, and each getter be made first.
 */
async function packed(
  own: readonly string[],
  chunks: ReadonlyMap<string, string>,
  asked: ReadonlySet<string>,
  packOf: ReadonlyMap<string, string>,
): Promise<string> {
  const chunk: esbuild.Plugin = {
    name: 'chunk',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\// }, ({ path: name, kind, importer }) => {
        const file = path.join(path.dirname(importer), name)
        if (kind !== 'dynamic-import' && own.includes(file)) return { path: file, namespace: 'chunk', sideEffects: true }
        return { path: `./${packOf.get(file)}/${path.basename(file)}`, external: true }
      })
      build.onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path: file }) => ({ contents: withoutCopies(chunks.get(file) ?? '') }))
    },
  }
  const entries = own.map(file => {
    const name = JSON.stringify(`./${file}`)
    return asked.has(file) ? `export * as ${JSON.stringify(path.basename(file))} from ${name}` : `import ${name}`
  })
  return commonJs(entries.join('\n'), [chunk])
}

/** As esbuild has it, the namespace of a built-in module would be a copy, and the module loaded for it. */
const withoutCopies = (text: string) => text.replace(/^import \* as ([\w$]+) from ("[^"]+");$/gm, 'const $1 = require($2);')

async function commonJs(contents: string, plugins: esbuild.Plugin[]): Promise<string> {
  const { outputFiles } = await esbuild.build({
    ...COMMON,
    stdin: { contents, sourcefile: 'pack.js' },
    format: 'cjs',
    minify: true,
    supported: { 'dynamic-import': false },
    plugins,
  })
  return outputFiles[0]?.text ?? ''
}

if (process.argv[1] === import.meta.filename) await build('dist')
