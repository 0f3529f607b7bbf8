/**
 * Keeps V8's compiled code between runs, which halves the start-up time. Defines where the code is kept, who may have written it, and how
 * damage is detected; write-code-cache.ts writes it. A failure here is ignored and prints nothing.
 *
 * Compiled code is code, in a program that prints secrets: it is read only from files that no other user can write. V8 checks neither the
 * source (only its length) nor the bytes: code of another build would run, and a damaged byte would crash the process.
 *
 * Every start reads and compiles this file: keep it small.
 */

import * as fs from 'node:fs'
import { readInto, readOnce } from '../src/node/read-buffer.ts'

/** Where the code is kept, and what it must match. */
export interface CodeCache {
  readonly folder: string
  /** The user who must own the files. */
  readonly uid: number
  /** Identifies the build, Node and V8's flags; stored in each file behind the code. */
  readonly key: Uint8Array
  /** The ending of the file names. */
  readonly suffix: string
}

/** Compiled code. `isWhole`: a successful run contributed to it. Other runs do not compile the functions that end a successful one. */
export interface Code {
  readonly bytes: Uint8Array
  readonly isWhole: boolean
}

/** The parts of Node's `process` that the cache uses. */
export type Runtime = Pick<NodeJS.Process, 'env' | 'version' | 'arch' | 'execArgv' | 'getuid'>

/** Bytes of the second copy that are compared at a time. */
const PIECE = 1 << 16

/**
 * @param build identifies the build; the code of another one is not used
 * @returns undefined if there is no place for the code, or if it is turned off
 */
export function codeCache(build: string, { env, version, arch, execArgv, getuid }: Runtime): CodeCache | undefined {
  const uid = getuid?.()
  // The XDG cache directory; the specification says that relative paths are ignored.
  const folder = isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : isAbsolute(env.HOME) ? `${env.HOME}/.cache` : undefined
  // On Windows owners and modes mean something else. The variable turns off Node's own compile cache, too.
  if (uid === undefined || folder === undefined || env.NODE_DISABLE_COMPILE_CACHE) return undefined
  // V8 rejects code that was compiled under other flags, so each set of flags has its own files.
  const key = Buffer.from(`${build} ${version} ${arch} ${execArgv.join(' ')} ${env.NODE_OPTIONS}`)
  return { folder: `${folder}/iamkey`, uid, key, suffix: digest(key) }
}

const isAbsolute = (path: string | undefined): path is string => path?.startsWith('/') === true

/** The code stored under this name, valid until the next read; undefined if there is none or it cannot be trusted. */
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

/** No other user can have written it. */
export const isOurs = (stat: fs.Stats, { uid }: CodeCache): boolean => stat.uid === uid && (stat.mode & 0o022) === 0

export const fileOf = (name: string, { folder, suffix }: CodeCache): string => `${folder}/${name}-${suffix}`

/** For a file name only; the file holds the whole key. FNV-1a, because loading `node:crypto` takes longer than printing the help. */
function digest(key: Uint8Array): string {
  let hash = 0x811c9dc5
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}

/** Stores everything twice: comparing the copies detects any damage, in a third of the time of Node's fastest checksum. */
export function wrap({ bytes, isWhole }: Code, key: Uint8Array): Uint8Array {
  const half = [bytes, key, Buffer.of(isWhole ? 1 : 0)]
  return Buffer.concat([...half, ...half])
}

/** @param half the size of each copy in bytes */
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
