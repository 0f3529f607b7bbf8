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
  const packOf = new Map([...packsOf(metafile)].map(([file, pack]) => [path.resolve(file), pack]))
  const idOf = (file: string) => `./${packOf.get(file)}/${path.basename(file)}`
  const packs = new Map<string, string[]>()
  for (const { path: file, text } of outputFiles) {
    const body = await commonJs(text, name => idOf(path.resolve(path.dirname(file), name)))
    const pack = packOf.get(file) ?? ''
    packs.set(pack, [...(packs.get(pack) ?? []), `${JSON.stringify(idOf(file))}:function(module,require){${body}}`])
  }
  const texts = [...packs].map(([pack, bodies]) => [pack, `"use strict";({${bodies.join(',')}})`] as const)
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
  fs.writeFileSync(`${outdir}/start.js`, await commonJs(start.outputFiles[0]?.text ?? ''))
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

/** @param idOf what another module is imported by, from its relative path. */
async function commonJs(text: string, idOf = (name: string) => name): Promise<string> {
  const others: esbuild.Plugin = {
    name: 'others',
    setup: build => build.onResolve({ filter: /^\.\// }, ({ path: name }) => ({ path: idOf(name), external: true })),
  }
  // As esbuild has it, the namespace of a built-in module would be a copy, and the module loaded for it.
  const contents = text.replace(/^import \* as ([\w$]+) from ("[^"]+");$/gm, 'const $1 = require($2);')
  const { outputFiles } = await esbuild.build({
    ...COMMON,
    stdin: { contents },
    format: 'cjs',
    minify: true,
    supported: { 'dynamic-import': false },
    plugins: [others],
  })
  return outputFiles[0]?.text ?? ''
}

if (process.argv[1] === import.meta.filename) await build('dist')
