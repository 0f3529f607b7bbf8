/**
 * Joins esbuild's chunks into packs, the scripts that `startup/loader.ts` loads. esbuild splits at every `import()`, and wherever two
 * chunks share code; a pack contains what is always read together, as one module. Defines which chunks those are.
 */

import * as path from 'node:path'
import * as esbuild from 'esbuild'

/**
 * The packs that contain more than one entry point of the source. `main` starts a run, `call` prepares a call up to the connection, and
 * `sdk` is read while the connection is opened. Every other `import()` has a pack of its own.
 */
const PACKS = {
  main: ['src/main.ts', 'src/cli/skeleton.ts'],
  call: [
    'src/run/prepare.ts',
    'src/run/commit.ts',
    'src/keys/create.ts',
    'src/http/transport.ts',
    'src/http/preconnect.ts',
    'src/http/tls.ts',
  ],
  sdk: ['src/aws/iam.ts'],
  // Other stores use its parts: they load it, and it loads none of them.
  profile: ['src/stores/profile.ts'],
  // STS's endpoint rules use its parts.
  rules: ['@aws-sdk/client-iam/dist-es/endpoint/endpointResolver.js'],
  'help-pages': ['src/run/help-pages.ts'],
}

/**
 * Entry points whose packs contain whatever they use, and nothing else: for help and version, and for the end of every run. They share
 * nothing with `main`, because loading that pack starts a run.
 */
const ALONE = { page: 'src/page.ts', 'write-code-cache': 'startup/write-code-cache.ts' }

/** The packs that are joined once more, for calls: names within one pack are resolved at build time. */
const WHOLE = ['main', 'call']

/** Every call loads these packs, and these entry points. */
const CALL_PACKS: ReadonlySet<string> = new Set([...WHOLE, 'sdk'])
const CALL_ENTRIES: ReadonlySet<string> = new Set([...PACKS.main, ...PACKS.call, ...PACKS.sdk])

export const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  write: false,
  logLevel: 'warning',
} satisfies esbuild.BuildOptions

/** The pack of each output of esbuild. */
export function packsOf({ outputs }: esbuild.Metafile): ReadonlyMap<string, string> {
  const packs = new Map<string, string>()
  const put = (file: string | undefined, pack: string) => {
    if (file === undefined || packs.has(file)) return
    packs.set(file, pack)
    for (const { kind, path: imported } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && imported in outputs) put(imported, pack)
    }
  }
  const outputOf = (source: string) => Object.keys(outputs).find(file => outputs[file]?.entryPoint?.endsWith(source))
  for (const [pack, sources] of Object.entries(PACKS)) for (const source of sources) put(outputOf(source), pack)
  for (const [pack, source] of Object.entries(ALONE)) packs.set(outputOf(source) ?? '', pack)
  for (const file of Object.keys(outputs)) put(file, path.basename(file, '.js'))
  return packs
}

/**
 * The text of each pack. It calls `offer` for each file that other packs import, with a function that creates its namespace. That can be an
 * object without getters: it is created after the pack has run, and no module assigns to its exports later (packs.test.ts). Files that few
 * runs ask for are offered together, under the name of the pack, by a function that offers each. Within a pack names are bound as in one file.
 */
export async function pack({ outputFiles, metafile }: Chunks): Promise<ReadonlyMap<string, string>> {
  const { outputs } = metafile
  const packOf = packsOf(metafile)
  const texts = new Map(outputFiles.map(({ path: file, text }) => [path.relative('', file), text]))
  const filesOf = (...packs: string[]) => [...packOf].flatMap(([file, pack]) => (packs.includes(pack) ? file : []))
  const contents = new Map([...new Set(packOf.values())].map(name => [name, filesOf(name)]))
  contents.set('whole', filesOf(...WHOLE))
  for (const pack of Object.keys(ALONE)) contents.set(pack, reachedFrom(filesOf(pack), outputs))

  // esbuild's own functions, which every file imports, and few use.
  const isHelpers = (file: string) => Object.keys(outputs[file]?.inputs ?? {}).length === 0
  const idOf = (file: string) => `./${packOf.get(file)}/${path.basename(file)}`
  const textOf = async ([name, own]: [string, string[]]) => {
    const others = [...texts].filter(([file]) => !own.includes(file))
    const isAlone = name in ALONE
    const offers = own.flatMap((file, index): Offer | [] => {
      const askers = others.filter(([other]) => outputs[other]?.imports.some(({ path: name }) => name === file))
      const { entryPoint, exports = [] } = outputs[file] ?? {}
      if (!entryPoint && (askers.length === 0 || isAlone)) return []
      const atOnce =
        isAlone || (entryPoint ? CALL_ENTRIES.has(entryPoint) : askers.some(([asker]) => CALL_PACKS.has(packOf.get(asker) ?? '')))
      return { file, names: entryPoint ? exports : namesOf(file, askers), prefix: `_${index}`, atOnce }
    })
    const imports = [...(isAlone ? [] : own.map(file => `import "./${file}"`)), ...offers.map(importLine)]
    const rare = offers.filter(({ atOnce }) => !atOnce).map(offerLine)
    const lines = [
      ...offers.filter(({ atOnce }) => atOnce).map(offerLine),
      `const rare = () => { ${rare.join('; ')} }`,
      ...(name === 'whole' ? WHOLE : [name]).map(pack => `offer("${pack}", rare)`),
    ]
    return [name, await commonJs([...imports, ...lines].join('\n'), [within(own, texts, idOf, isHelpers)])] as const
  }
  return new Map(await Promise.all(Array.from(contents, textOf)))
}

/** The files, and all their static imports. */
function reachedFrom(files: readonly string[], outputs: esbuild.Metafile['outputs']): string[] {
  const reached = new Set(files)
  for (const file of reached) {
    for (const { kind, path: imported } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && imported in outputs) reached.add(imported)
    }
  }
  return [...reached]
}

/** The names that these texts import from a file; each must import some. */
function namesOf(file: string, askers: readonly (readonly [file: string, text: string])[]): readonly string[] {
  const statement = new RegExp(`^import (?:\\{([^}]*)\\} from )?"\\./${path.basename(file)}";$`, 'm')
  const names = askers.flatMap(([asker, text]) => {
    const found = statement.exec(text)
    if (!found) throw new Error(`${asker} does not import ${file} as expected`)
    return found[1]?.split(',').map(each => each.trim().split(' as ')[0] ?? '') ?? []
  })
  return [...new Set(names)].filter(name => name !== '')
}

type Chunks = esbuild.BuildResult<{ metafile: true; write: false }>

interface Offer {
  readonly file: string
  readonly names: readonly string[]
  /** Keeps the names of different files apart. */
  readonly prefix: string
  /** Offered when the pack runs, not only when a file of the pack is asked for that has not been offered. */
  readonly atOnce: boolean
}

const importLine = ({ file, names, prefix }: Offer) => `import { ${names.map(name => `${name} as ${prefix}_${name}`)} } from "./${file}"`

const offerLine = ({ file, names, prefix }: Offer) =>
  `offer("${path.basename(file)}", () => ({ ${names.map(name => `${name}: ${prefix}_${name}`)} }))`

/**
 * Resolves the imports of chunks: those of the same pack are bundled, others are loaded at run time.
 *
 * @param isPure files that are not loaded where none of their names is used
 */
function within(
  own: readonly string[],
  texts: ReadonlyMap<string, string>,
  idOf: (file: string) => string,
  isPure: (file: string) => boolean,
): esbuild.Plugin {
  return {
    name: 'within a pack',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\// }, ({ path: name, kind, importer }) => {
        const file = path.join(path.dirname(importer), name)
        if (kind === 'dynamic-import' || !own.includes(file)) return { path: idOf(file), external: true, sideEffects: !isPure(file) }
        return { path: file, namespace: 'chunk', sideEffects: true }
      })
      build.onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path: file }) => ({ contents: withoutCopies(texts.get(file) ?? '') }))
    },
  }
}

/** esbuild would copy the namespace of a built-in module, and load the module for it. */
export const withoutCopies = (text: string) => text.replace(/^import \* as ([\w$]+) from ("[^"]+");$/gm, 'const $1 = require($2);')

export async function commonJs(contents: string, plugins: esbuild.Plugin[] = []): Promise<string> {
  const { outputFiles } = await esbuild.build({
    ...COMMON,
    stdin: { contents, sourcefile: 'pack.js' },
    format: 'cjs',
    define: { IAMKEY_REQUIRE: 'require' },
    minify: true,
    supported: { 'dynamic-import': false },
    plugins,
  })
  return outputFiles[0]?.text ?? ''
}
