/**
 * src/ → dist/: CommonJS files cut at every `import()`, so that a run loads what it uses. See "Start-up" in the README for why each step
 * is there.
 */

import * as fs from 'node:fs'
import { builtinModules, createRequire } from 'node:module'
import * as esbuild from 'esbuild'

const require = createRequire(import.meta.url)
const { version } = require('./package.json') as { version: string }

/**
 * Built-in modules load on first use: half of them are reached only by rare paths. Each becomes a module of getters; `import * as fs`
 * reads them at the call, not at the import.
 */
const lazyBuiltins: esbuild.Plugin = {
  name: 'lazy built-ins',
  setup(build) {
    const isBuiltin = (path: string) => builtinModules.includes(path.replace(/^node:/, ''))
    build.onResolve({ filter: /^[a-z:_/]+$/ }, ({ path, namespace, kind }) => {
      if (!isBuiltin(path)) return undefined
      if (namespace === 'builtin' || kind === 'require-call') return { path, external: true }
      return { path: path.replace(/^node:/, ''), namespace: 'builtin' }
    })
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const getters = Object.keys(require(path))
        .filter(name => /^[A-Za-z_$][\w$]*$/.test(name))
        .map(name => `get ${name}() { return load().${name} }`)
      return {
        contents: `let module_; const load = () => (module_ ??= require('node:${path}'));\nmodule.exports = { ${getters.join(', ')} }`,
      }
    })
  },
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
    build.onResolve({ filter: new RegExp(`^(${Object.keys(REPLACED).join('|')})$`) }, ({ path, importer }) =>
      /client-iam|smithy.core|aws-sdk.core/.test(importer) ? { path, namespace: 'replaced', sideEffects: false } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path }) => ({ contents: REPLACED[path] ?? '', loader: 'js' }))
  },
}

/** One bundle per fork as ES modules first, for only those can be split; each is then turned into CommonJS, which starts faster. */
export async function build(outdir: string): Promise<esbuild.Metafile> {
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: ['src/main.ts'],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    conditions: ['module'],
    minify: true,
    legalComments: 'none',
    define: { IAMKEY_VERSION: JSON.stringify(version) },
    plugins: [slimSdk, lazyBuiltins],
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  fs.rmSync(outdir, { recursive: true, force: true })
  fs.mkdirSync(outdir, { recursive: true })
  fs.writeFileSync(`${outdir}/package.json`, '{ "type": "commonjs" }\n')
  for (const { path, text } of outputFiles) {
    const { code } = await esbuild.transform(text, {
      format: 'cjs',
      target: 'node20',
      platform: 'node',
      minify: true,
      supported: { 'dynamic-import': false },
    })
    fs.writeFileSync(path, code)
  }
  return metafile
}

if (process.argv[1] === import.meta.filename) await build('dist')
