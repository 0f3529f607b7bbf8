/** The third-party parts of the bundle, read from esbuild's output, so that the list is complete and has nothing else. */

import * as fs from 'node:fs'
import * as path from 'node:path'
import type { Metafile } from 'esbuild'

export interface Part {
  readonly name: string
  readonly version: string
  /** SPDX identifier, from the package. */
  readonly license: string
  /** The texts of its licence and notice files. */
  readonly texts: readonly string[]
}

export function partsOf({ outputs }: Metafile): readonly Part[] {
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const folders = new Set(inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? (folderOf(file) ?? []) : [])))
  return [...folders].map(partIn).sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1))
}

/** The package of a file: after the last node_modules in its path, which may begin with an esbuild namespace. */
function folderOf(file: string): string | undefined {
  const [folder] = /(?<=^|:)[^:]*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []
  return folder && path.resolve(folder)
}

function partIn(folder: string): Part {
  const { name, version, license } = JSON.parse(fs.readFileSync(`${folder}/package.json`, 'utf8'))
  if (typeof license !== 'string') throw new Error(`${name} does not say its licence`)
  const texts = fs
    .readdirSync(folder)
    .filter(file => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort()
    .map(file => fs.readFileSync(`${folder}/${file}`, 'utf8').trim())
  if (texts.length > 0) return { name, version, license, texts }
  return { name, version, license, texts: [fs.readFileSync(missing(name, license), 'utf8').trim()] }
}

/** The text for packages without one: ours if it is the same and names no owner, otherwise a copy from the package's repository. */
function missing(name: string, license: string): string {
  return license === 'Apache-2.0' ? 'LICENSE' : `release/licenses/${name}.txt`
}

/** Each text once, below the names of all parts that it applies to. */
export function licenses(parts: readonly Part[]): string {
  const owners = new Map<string, string[]>()
  for (const { name, version, license, texts } of parts) {
    const text = texts.join('\n\n')
    owners.set(text, [...(owners.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const rule = '-'.repeat(80)
  return Array.from(owners, ([text, names]) => `${rule}\n${names.join('\n')}\n${rule}\n\n${text}\n`).join('\n')
}

/** CycloneDX 1.6, without time and serial number, so that the same sources give the same bytes. */
export function bom(parts: readonly Part[], { name, version, license }: Omit<Part, 'texts'>): string {
  const component = (type: string, part: Omit<Part, 'texts'>) => {
    const purl = `pkg:npm/${part.name.replace('@', '%40')}@${part.version}`
    return { type, 'bom-ref': purl, name: part.name, version: part.version, licenses: [licenseOf(part)], purl }
  }
  const self = component('application', { name, version, license })
  const components = parts.map(part => component('library', part))
  const dependencies = [{ ref: self['bom-ref'], dependsOn: components.map(part => part['bom-ref']) }]
  const document = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component: self }, components, dependencies }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

/** CycloneDX separates licence names from expressions. */
const licenseOf = ({ license }: Pick<Part, 'license'>) => (license.includes(' ') ? { expression: license } : { license: { id: license } })
