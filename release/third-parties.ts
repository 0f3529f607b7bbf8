/** What of others is in the bundle: read from what esbuild put into it, so that nothing is forgotten and nothing is listed that is not there. */

import * as fs from 'node:fs'
import * as path from 'node:path'
import type { Metafile } from 'esbuild'

export interface Part {
  readonly name: string
  readonly version: string
  /** SPDX identifier, as the package says. */
  readonly license: string
  /** The texts of its licence and notice files. */
  readonly texts: readonly string[]
}

export function partsOf({ outputs }: Metafile): readonly Part[] {
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const folders = new Set(inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? (folderOf(file) ?? []) : [])))
  return [...folders].map(partIn).sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1))
}

/** The package that a file belongs to: behind the last node_modules of its path, which may have an esbuild namespace before it. */
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

/** Some packages leave the text out. Ours is theirs where it names nobody; else it was copied here from where the package is developed. */
function missing(name: string, license: string): string {
  return license === 'Apache-2.0' ? 'LICENSE' : `release/licenses/${name}.txt`
}

/** Each text once, under the names of all the parts it is for. */
export function licenses(parts: readonly Part[]): string {
  const owners = new Map<string, string[]>()
  for (const { name, version, license, texts } of parts) {
    const text = texts.join('\n\n')
    owners.set(text, [...(owners.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const rule = '-'.repeat(80)
  return Array.from(owners, ([text, names]) => `${rule}\n${names.join('\n')}\n${rule}\n\n${text}\n`).join('\n')
}

/** CycloneDX 1.6. Without a time and a serial number, so that the same sources give the same bytes. */
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

/** CycloneDX keeps the names of licences apart from what is made of several. */
const licenseOf = ({ license }: Pick<Part, 'license'>) => (license.includes(' ') ? { expression: license } : { license: { id: license } })
