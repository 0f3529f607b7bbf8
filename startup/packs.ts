/**
 * esbuild's chunks → packs, the scripts that `startup/loader.ts` loads. esbuild cuts where the source says `import()`, and once more
 * wherever two parts share something; a pack is what is read together, as one module. Owns which parts those are.
 */

import * as path from 'node:path'
import * as esbuild from 'esbuild'

/**
 * What is read together, by the entrances of the source. `main` starts a run, `call` gets it to the point of asking for a connection, and
 * `sdk` is read while that is made. Everything else behind an `import()` is a pack of its own.
 */
const PACKS = {
  main: ['src/main.ts', 'src/cli/help.ts', 'src/cli/skeleton.ts', 'src/cli/aws-names.ts'],
  call: [
    'src/run/prepare.ts',
    'src/run/commit.ts',
    'src/keys/create.ts',
    'src/http/transport.ts',
    'src/http/preconnect.ts',
    'src/http/tls.ts',
  ],
  sdk: ['src/aws/iam.ts'],
}

/** `main` and `call` as one, once more: for what looks like a call, so that neither has to look anything up in the other. */
const WHOLE = ['main', 'call']

export const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  write: false,
  logLevel: 'warning',
} satisfies esbuild.BuildOptions

/** Which pack each output of esbuild goes into. */
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
  for (const [pack, sources] of Object.entries(PACKS)) for (const source of sources) put(outputOf(source), pack)
  for (const file of Object.keys(outputs)) put(file, path.basename(file, '.js'))
  return packs
}

/**
 * The text of each pack. It calls `offer` with the name of each file that is asked for from elsewhere, and what makes its namespace. Within
 * a pack names are bound as in one file; through a namespace every use of a name is a call of a getter, and each getter is made first.
 */
export async function pack({ outputFiles, metafile }: Chunks): Promise<ReadonlyMap<string, string>> {
  const { outputs } = metafile
  const packOf = packsOf(metafile)
  const texts = new Map(outputFiles.map(({ path: file, text }) => [path.relative('', file), text]))
  const filesOf = (...packs: string[]) => [...packOf].flatMap(([file, pack]) => (packs.includes(pack) ? file : []))
  const contents = new Map([...new Set(packOf.values())].map(name => [name, filesOf(name)]))
  contents.set('whole', filesOf(...WHOLE))

  const idOf = (file: string) => `./${packOf.get(file)}/${path.basename(file)}`
  const textOf = async ([name, own]: [string, string[]]) => {
    const others = [...texts].filter(([file]) => !own.includes(file))
    const lines = own.map((file, index) => {
      const askers = others.filter(([other]) => outputs[other]?.imports.some(({ path: name }) => name === file))
      if (outputs[file]?.entryPoint) return offer(file, outputs[file].exports, `_${index}`)
      return askers.length === 0 ? `import "./${file}"` : offer(file, namesOf(file, askers), `_${index}`)
    })
    return [name, await commonJs(lines.join('\n'), [within(own, texts, idOf)])] as const
  }
  return new Map(await Promise.all(Array.from(contents, textOf)))
}

/** What is imported from a file in these texts, of which each imports something. */
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

/** @param prefix makes names unlike those of other files */
function offer(file: string, names: readonly string[], prefix: string): string {
  const local = (name: string) => `${prefix}_${name}`
  const imports = names.map(name => `${name} as ${local(name)}`)
  const getters = names.map(name => `get ${name}() { return ${local(name)} }`)
  return `import { ${imports} } from "./${file}"; offer("${path.basename(file)}", () => ({ ${getters} }))`
}

/** Resolves what chunks import: those of the same pack are bundled, others asked for at run time. */
function within(own: readonly string[], texts: ReadonlyMap<string, string>, idOf: (file: string) => string): esbuild.Plugin {
  return {
    name: 'within a pack',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\// }, ({ path: name, kind, importer }) => {
        const file = path.join(path.dirname(importer), name)
        if (kind === 'dynamic-import' || !own.includes(file)) return { path: idOf(file), external: true }
        return { path: file, namespace: 'chunk', sideEffects: true }
      })
      build.onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path: file }) => ({ contents: withoutCopies(texts.get(file) ?? '') }))
    },
  }
}

/** As esbuild has it, the namespace of a built-in module would be a copy, and the module loaded for it. */
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
