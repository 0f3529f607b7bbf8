/**
 * Patches dependencies while esbuild bundles them. A row whose file is missing or has changed fails the build. sdk-patches.ts has the rows.
 */

import * as crypto from 'node:crypto'
import * as fs from 'node:fs'
import * as path from 'node:path'
import type * as esbuild from 'esbuild'

/** A patch of one file of a dependency. */
export interface Patch {
  /** The file, relative to node_modules. */
  readonly module: string
  /** The first digits of the SHA-256 of the file for which the row was written. */
  readonly of: string
  /** The compiled code that a call no longer reads, of 749 KB without the rows and 582 KB with them (Node 24), measured by omitting the row. */
  readonly saves: string
  /** Why the behaviour is the same. */
  readonly because: string
  readonly patch: (source: string) => string
}

/** Replaces a passage. Throws unless it occurs exactly once. */
export const swap = (source: string, passage: string | RegExp, by: string): string => {
  const found = source.split(passage).length - 1
  if (found !== 1) throw new Error(`${passage} is there ${found} times`)
  return source.replace(passage, () => by)
}

/** The same for several passages, one after the other. */
export const swapAll = (source: string, ...swaps: readonly (readonly [passage: string | RegExp, by: string])[]): string =>
  swaps.reduce((text, [passage, by]) => swap(text, passage, by), source)

/** Removes all methods of a class, except for these. Throws unless it has them. */
export const onlyMethods = (source: string, kept: readonly string[]): string => {
  const found = new Set<string>()
  const text = source.replace(/^( +)(?:async )?(\w+)\(.*\) \{\n[\s\S]*?^\1\}\n/gm, (method, _indent, name: string) => {
    found.add(name)
    return kept.includes(name) ? method : ''
  })
  const missing = kept.filter(name => !found.has(name))
  if (missing.length > 0) throw new Error(`there is no method ${missing.join(', ')}`)
  return text
}

export const never = (why: string) => `() => { throw new Error(${JSON.stringify(why)}) }`

/** The patched text. Throws if the file is not the one for which the row was written. */
export function patched({ module, of, patch }: Patch, source: string): string {
  const hash = crypto.createHash('sha256').update(source).digest('hex').slice(0, of.length)
  if (hash !== of)
    throw new Error(`${module} has changed. Read what it does now, see whether its patch still holds, and write ${hash} there`)
  return patch(source)
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Text in place of a package. */
export interface Replacement {
  readonly contents: string
  readonly because: string
}

/**
 * @param patches each must apply
 * @param replacements packages that are not bundled, by name, where the SDK imports them
 */
export const patchDependencies = (patches: readonly Patch[], replacements: Readonly<Record<string, Replacement>>): esbuild.Plugin => ({
  name: 'patched dependencies',
  setup(build) {
    const packages = new RegExp(`^(${Object.keys(replacements).map(escaped).join('|')})$`)
    build.onResolve({ filter: packages }, ({ path: name, importer }) =>
      /client-iam|client-sts|smithy.core|aws-sdk.core/.test(importer)
        ? { path: name, namespace: 'replaced', sideEffects: false }
        : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'replaced' }, ({ path: name }) => ({ contents: replacements[name]?.contents ?? '' }))
    // The SDK reads only the version from its package.json.
    build.onLoad({ filter: /client-(iam|sts).package\.json$/, namespace: 'file' }, ({ path: file }) => ({
      contents: `export default { version: ${JSON.stringify(JSON.parse(fs.readFileSync(file, 'utf8')).version)} }`,
    }))
    // Lets a patch import the original, `./file.js?rules`, with its own copy of what that imports: esbuild would leave it in the common pack.
    build.onResolve({ filter: /\?rules$/ }, ({ path: name, resolveDir }) => ({
      path: path.join(resolveDir, name.replace('?rules', '')),
      namespace: 'rules',
    }))
    build.onResolve({ filter: /^[@.]/, namespace: 'rules' }, async ({ path: name, pluginData, ...how }) => {
      if (pluginData === 'rules') return undefined
      const { path: file, sideEffects, errors } = await build.resolve(name, { ...how, pluginData: 'rules' })
      return { path: file, sideEffects, errors, namespace: 'rules' }
    })
    build.onLoad({ filter: /.*/, namespace: 'rules' }, ({ path: file }) => ({
      contents: fs.readFileSync(file),
      loader: file.endsWith('.json') ? 'json' : 'js',
      resolveDir: path.dirname(file),
    }))
    const met = new Set<string>()
    for (const row of patches) {
      build.onLoad(
        { filter: new RegExp(`node_modules.${escaped(row.module).replaceAll('/', '.')}$`), namespace: 'file' },
        ({ path: file }) => {
          met.add(row.module)
          return { contents: patched(row, fs.readFileSync(file, 'utf8')), resolveDir: path.dirname(file) }
        },
      )
    }
    build.onEnd(() => {
      const missed = patches.filter(({ module }) => !met.has(module)).map(({ module }) => module)
      if (missed.length > 0) throw new Error(`the dependencies do not have, or do not use any more: ${missed.join(', ')}`)
    })
  },
})
