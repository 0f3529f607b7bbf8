/**
 * V8's compiled code, kept from run to run: it halves what a start costs. Owns where that code lies, who can have written it, and whether
 * what is read is what was written; writing is write-code-cache.ts. Nothing here ever fails a run or prints.
 *
 * Compiled code is code, in a program that prints secrets: it is read only where nobody else can write. V8 itself checks neither
 * the source (only its length) nor the bytes: compiled code of another build would run, and a damaged byte would end the process.
 *
 * Every start reads this file, and compiles all that it uses of it.
 */

import * as fs from 'node:fs'
import { readInto, readOnce } from '../src/node/read-buffer.ts'

/** Where compiled code lies, and what it must fit. */
export interface CodeCache {
  readonly folder: string
  /** Whose it is. */
  readonly uid: number
  /** Of the build, of Node, and of what V8 was told: in each file, behind the code. */
  readonly key: Uint8Array
  /** What the names of its files end in. */
  readonly suffix: string
}

/** Compiled code, and whether a run that succeeded is among those that compiled it: others leave out what the end of such a run needs. */
export interface Code {
  readonly bytes: Uint8Array
  readonly isWhole: boolean
}

/** What the cache needs to know of Node's `process`. */
export type Runtime = Pick<NodeJS.Process, 'env' | 'version' | 'arch' | 'execArgv' | 'getuid'>

/** How many bytes of the second copy are looked at together. */
const PIECE = 1 << 16

/**
 * @param build names the build: no other's compiled code fits.
 * @returns undefined where there is no place for it, or none is wanted
 */
export function codeCache(build: string, { env, version, arch, execArgv, getuid }: Runtime): CodeCache | undefined {
  const uid = getuid?.()
  // XDG's place for what can be made anew; its paths are absolute.
  const folder = isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : isAbsolute(env.HOME) ? `${env.HOME}/.cache` : undefined
  // Owners and modes mean something else on Windows, and somebody may want no such files at all.
  if (uid === undefined || folder === undefined || env.NODE_DISABLE_COMPILE_CACHE) return undefined
  // V8 refuses what was compiled under other flags: each set of flags has files of its own.
  const key = Buffer.from(`${build} ${version} ${arch} ${execArgv.join(' ')} ${env.NODE_OPTIONS}`)
  return { folder: `${folder}/iamkey`, uid, key, suffix: digest(key) }
}

const isAbsolute = (path: string | undefined): path is string => path?.startsWith('/') === true

/** The compiled code stored under that name, until the next read; undefined where there is none, or none to be trusted. */
export function readCode(cache: CodeCache, name: string): Code | undefined {
  try {
    if (!isOurs(fs.statSync(cache.folder), cache)) return undefined
    const file = fs.openSync(fileOf(name, cache), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
    const stat = fs.fstatSync(file)
    const code = stat.isFile() && isOurs(stat, cache) ? unwrap(file, stat.size / 2, cache.key) : undefined
    fs.closeSync(file)
    return code
  } catch {
    return undefined
  }
}

/** Nobody else can have written there. */
export const isOurs = (stat: fs.Stats, { uid }: CodeCache): boolean => stat.uid === uid && (stat.mode & 0o022) === 0

export const fileOf = (name: string, { folder, suffix }: CodeCache): string => `${folder}/${name}-${suffix}`

/** For a file's name only: the whole key is in the file. FNV-1a, because `node:crypto` takes longer to load than help to print. */
function digest(key: Uint8Array): string {
  let hash = 0x811c9dc5
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}

/** Everything twice: comparing the halves tells damage for certain, in a third of the time of the fastest checksum Node has. */
export function wrap({ bytes, isWhole }: Code, key: Uint8Array): Uint8Array {
  const half = [bytes, key, Buffer.of(isWhole ? 1 : 0)]
  return Buffer.concat([...half, ...half])
}

/** @param half how many bytes each of the two copies has. */
function unwrap(file: number, half: number, key: Uint8Array): Code | undefined {
  const at = half - 1 - key.length
  if (!(at > 0 && Number.isInteger(half))) return undefined
  const first = readOnce(file, half)
  if (first.length < half || !first.subarray(at, -1).equals(key)) return undefined
  const piece = Buffer.allocUnsafeSlow(PIECE)
  for (let from = 0; from < half; from += PIECE) {
    if (!readInto(piece.subarray(0, half - from), file).equals(first.subarray(from, from + PIECE))) return undefined
  }
  return { bytes: first.subarray(0, at), isWhole: first[half - 1] === 1 }
}
