/**
 * Builds src/ into dist-standalone/iamkey-PLATFORM, executables that need no Node: `npm run standalone [-- PLATFORM...]`, by default for
 * this machine. They consist of Bun's runtime, pinned in package.json, and the program as bytecode. Licences, the list of parts and
 * checksums are written next to them.
 *
 * There is no code cache: the bytecode replaces it, in a file that users cannot write.
 */

import * as childProcess from 'node:child_process'
import * as crypto from 'node:crypto'
import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import * as path from 'node:path'
import { chunksOf } from '../build.ts'
import manifest from '../package.json' with { type: 'json' }
import lock from '../package-lock.json' with { type: 'json' }
import { bom, licenses, type Part, partsOf } from './third-parties.ts'

const OUT = 'dist-standalone'
const BUN = manifest.devDependencies.bun

/** Our name → Bun's name, which is also that of the npm package with its runtime. */
const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-x64-musl': 'linux-x64-musl',
  'linux-arm64': 'linux-aarch64',
  'linux-arm64-musl': 'linux-aarch64-musl',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-aarch64',
  'windows-x64': 'windows-x64',
  'windows-arm64': 'windows-aarch64',
}

const OPTIONS = [
  '--compile',
  '--bytecode',
  '--minify',
  // Code that runs once is not worth compiling: wait for four times as many calls. It saves a tenth of a call.
  '--compile-jit-policy=4',
  // Bun would read settings and environment variables from files in the working directory.
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-bunfig',
]

/** The platform of this machine, by its name in the table. */
function thisPlatform(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const header = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined
  return `${system}-${process.arch}${system === 'linux' && header?.header?.glibcVersionRuntime === undefined ? '-musl' : ''}`
}

/** Throws if the program fails. */
function run(program: string, ...words: string[]): void {
  childProcess.execFileSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' })
}

/** The runtime for another platform: the npm package of the version in package-lock.json. */
function runtimeFor(name: string, folder: string): string {
  const packed = `bun-${name}-${BUN}.tgz`
  run('npm', 'pack', '--silent', `--pack-destination=${folder}`, `@oven/bun-${name}@${BUN}`)
  const file = path.join(folder, fs.readdirSync(folder).find(found => found.endsWith(packed)) ?? packed)
  const locked = (lock.packages as Record<string, { integrity?: string }>)[`node_modules/@oven/bun-${name}`]?.integrity
  const found = `sha512-${crypto.createHash('sha512').update(fs.readFileSync(file)).digest('base64')}`
  if (found !== locked) throw new Error(`${packed} is not the package that package-lock.json has`)
  run('tar', '-xzf', file, '-C', folder)
  return path.join(folder, 'package/bin', name.startsWith('windows') ? 'bun.exe' : 'bun')
}

function compile(platform: string, entry: string, temporary: string): string {
  const name = PLATFORMS[platform]
  if (name === undefined) throw new Error(`no such platform: ${platform}; there are ${Object.keys(PLATFORMS).join(', ')}`)
  const file = path.join(OUT, `iamkey-${platform}${platform.startsWith('windows') ? '.exe' : ''}`)
  const other = platform === thisPlatform() ? [] : [`--target=bun-${name}`, `--compile-executable-path=${runtimeFor(name, temporary)}`]
  const bun = path.join(path.dirname(createRequire(import.meta.url).resolve('bun/package.json')), 'bin/bun.exe')
  run(bun, 'build', entry, ...OPTIONS, ...other, `--outfile=${file}`)
  return file
}

const platforms = process.argv.length > 2 ? process.argv.slice(2) : [thisPlatform()]
fs.rmSync(OUT, { recursive: true, force: true })
const chunks = await chunksOf(['src/main.ts'], path.join(OUT, 'chunks'), 'Bun')
for (const { path: file, contents } of chunks.outputFiles) {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, contents)
}
const files = platforms.map(platform => {
  const temporary = fs.mkdtempSync(path.join(OUT, 'runtime-'))
  const file = compile(platform, path.join(OUT, 'chunks/main.js'), temporary)
  fs.rmSync(temporary, { recursive: true })
  return file
})
fs.rmSync(path.join(OUT, 'chunks'), { recursive: true })

const runtime: Part = {
  name: 'bun',
  version: BUN,
  license: 'MIT AND LGPL-2.1-or-later',
  texts: [fs.readFileSync('release/licenses/bun.txt', 'utf8').trim()],
}
const parts = [...partsOf(chunks.metafile), runtime]
fs.writeFileSync(path.join(OUT, 'THIRD-PARTY-LICENSES'), licenses(parts))
fs.writeFileSync(path.join(OUT, 'sbom.cdx.json'), bom(parts, manifest))
const sums = files.map(file => `${crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex')}  ${path.basename(file)}\n`)
fs.writeFileSync(path.join(OUT, 'SHA256SUMS'), sums.join(''))
