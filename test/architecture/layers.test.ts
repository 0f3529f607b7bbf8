/** Imports point one way, and each dependency has one place. Type imports count: they are what a reader must know too. */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { expect, test } from 'vitest'

const SRC = new URL('../../src/', import.meta.url).pathname

interface Source {
  /** Relative to src. */
  readonly file: string
  readonly text: string
  /** As written, or relative to src where the file is ours. */
  readonly imports: readonly string[]
  /** Those that are for types only. */
  readonly types: ReadonlySet<string>
}

const SOURCES: readonly Source[] = fs
  .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .map(file => {
    const text = fs.readFileSync(path.join(SRC, file), 'utf8')
    const named = (pattern: RegExp) =>
      [...text.matchAll(pattern)]
        .map(match => match[1] ?? match[2] ?? '')
        .map(name => (name.startsWith('.') ? path.join(path.dirname(file), name) : name))
    const imports = named(/^(?:import|export|\}).* from '([^']+)'|\bimport\('([^']+)'\)/gm)
    return { file, text, imports, types: new Set(named(/^import type [^']* from '([^']+)'/gm)) }
  })

/** The folder that a file is in; `main.ts` stands alone. */
const layer = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file)

/** What each folder may import besides itself. A folder without a row fails. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['run', 'node'],
  'page.ts': ['main.ts', 'run', 'node'],
  run: ['commands', 'hints', 'cli', 'config', 'output', 'keys', 'stores', 'aws', 'http', 'core', 'python'],
  commands: ['rotation', 'audit', 'doctor', 'keys', 'stores', 'aws', 'core', 'python'],
  hints: ['config', 'keys', 'core', 'python'],
  doctor: ['rotation', 'keys', 'core', 'python'],
  audit: ['rotation', 'keys', 'core', 'python'],
  rotation: ['keys', 'stores', 'core', 'python'],
  keys: ['core', 'python'],
  stores: ['config', 'core', 'python'],
  cli: ['core', 'python'],
  config: ['aws', 'core', 'python'],
  output: ['jmespath', 'core', 'python'],
  aws: ['core', 'python'],
  http: ['core', 'python'],
  node: ['core'],
  core: ['python'],
  jmespath: ['python'],
  python: [],
}

test('docs/architecture.md shows the folders in an order in which each imports only those below it', () => {
  const document = fs.readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8')
  const ranks = (/^```text\n([\s\S]*?)```$/m.exec(document)?.[1] ?? '').trim().split('\n')
  const rank = (folder: string) => ranks.findIndex(line => line.split(/ +/).includes(folder.replace(/\.ts$/, '')))
  expect(Object.keys(BELOW).filter(folder => rank(folder) === -1)).toEqual([])
  const upwards = Object.entries(BELOW).flatMap(([folder, below]) =>
    below.filter(name => rank(name) <= rank(folder)).map(name => `${folder} → ${name}`),
  )
  expect(upwards).toEqual([])
})

/** Which files, or folders, may import a dependency. */
const IMPORTERS: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli/parse.ts', 'cli/help-template.ts'],
  yaml: ['cli/yaml-document.ts', 'cli/yaml-constructor.ts'],
  'zod/mini': ['core/command.ts', 'commands/', 'cli/'],
  saxes: ['aws/xml.ts'],
  '@aws-sdk/client-iam': ['aws/iam.ts', 'aws/account-commands.ts'],
  '@aws-sdk/client-sts': ['aws/sts.ts'],
  '@aws-sdk/core': ['aws/protocol.ts', 'aws/json-call.ts'],
  '@smithy/signature-v4': ['aws/json-call.ts'],
  '@noble/': ['stores/remote/sealed-box.ts'],
  '@aws-sdk/credential-providers': ['config/credentials/'],
  '@aws-sdk/nested-clients': ['config/credentials/'],
  // The vocabulary of all SDK packages.
  '@smithy/core': ['core/transport.ts', 'aws/', 'http/', 'config/credentials/'],
  '@smithy/types': ['aws/', 'config/credentials/'],
  'node:crypto': ['http/tls.ts', 'config/credentials/', 'stores/remote/', 'rotation/tag-journal.ts'],
  // Which texts are IP addresses.
  'node:net': ['node/', 'http/', 'config/endpoint.ts'],
  // Values as bytes.
  'node:v8': ['node/', 'output/table-pages.ts'],
  'node:': ['node/', 'http/'],
}

const within = (file: string, places: readonly string[]) =>
  places.some(place => file === place || (place.endsWith('/') && file.startsWith(place)))

test('each folder has a rule, and two files stand beside the folders', () => {
  expect([...new Set(SOURCES.map(({ file }) => layer(file)))].sort()).toEqual(Object.keys(BELOW).sort())
})

test('a layer imports only what lies below it', () => {
  const upwards = SOURCES.flatMap(({ file, imports }) =>
    imports
      .filter(name => name.endsWith('.ts') && layer(name) !== layer(file) && !BELOW[layer(file)]?.includes(layer(name)))
      .map(name => `${file} → ${name}`),
  )
  expect(upwards).toEqual([])
})

test('no file loads itself', () => {
  const loads = ({ imports, types }: Source) => imports.filter(name => name.endsWith('.ts') && !types.has(name))
  const imports = new Map(SOURCES.map(source => [source.file, loads(source)]))
  const cycle = (file: string, way: readonly string[]): string | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file].join(' → ')
    const found = imports.get(file)?.map(name => cycle(name, [...way, file])) ?? []
    imports.set(file, []) // looked through
    return found.find(Boolean)
  }
  expect([...imports.keys()].map(file => cycle(file, [])).filter(Boolean)).toEqual([])
})

test('each dependency has its importers', () => {
  const strangers = SOURCES.flatMap(({ file, imports }) =>
    imports
      .filter(name => !name.endsWith('.ts'))
      .filter(name => {
        const known = Object.keys(IMPORTERS).find(prefix => name.startsWith(prefix))
        return known === undefined || !within(file, IMPORTERS[known] ?? [])
      })
      .map(name => `${file} → ${name}`),
  )
  expect(strangers).toEqual([])
})

test('only the way in touches the process', () => {
  const touching = SOURCES.filter(({ text }) => /(?<![\w.'/-])process\.(?!ts\b)/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')))
  expect(touching.map(({ file }) => file).filter(file => !within(file, ['main.ts', 'page.ts', 'node/host.ts', 'node/']))).toEqual([])
})
