/**
 * V8's compiled code, kept from run to run: it halves what a start costs. Owns where that code lies, who can have written it, and whether
 * what is read is what was written. Nothing here ever fails a run or prints.
 *
 * Compiled code is code, in a program that prints secrets: it is read only where nobody else can write. V8 itself checks neither
 * the source (only its length) nor the bytes: compiled code of another build would run, and a damaged byte would end the process.
 */

import * as fs from 'node:fs'
import * as path from 'node:path'
import { makeFolder } from './folder.ts'
import { readInto, readOnce } from './scratch.ts'

export interface CodeCache {
  /** The compiled code stored under that name, until the next read; undefined where there is none, or none to be trusted. */
  read(name: string): Uint8Array | undefined
  write(name: string, code: Uint8Array): void
}

/** What the cache needs to know of Node's `process`. */
export type Runtime = Pick<NodeJS.Process, 'env' | 'version' | 'arch' | 'execArgv' | 'pid' | 'getuid'>

/** After how long a file is thrown away that no run has written anew, in milliseconds: it may be of an older build. */
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000

/** How many bytes of the second copy are looked at together. */
const PIECE = 1 << 16

/** @param build names the build: no other's compiled code fits. */
export function openCodeCache(build: string, runtime: Runtime): CodeCache {
  const { env, pid } = runtime
  const uid = runtime.getuid?.()
  const folder = cacheFolder(env)
  // Owners and modes mean something else on Windows, and somebody may want no such files at all.
  if (uid === undefined || folder === undefined || env.NODE_DISABLE_COMPILE_CACHE) return { read: () => undefined, write() {} }

  // V8 refuses what was compiled under other flags: each set of flags has files of its own.
  const key = Buffer.from(`${build} ${runtime.version} ${runtime.arch} ${[...runtime.execArgv, env.NODE_OPTIONS].join(' ')}`)
  const fileOf = (name: string) => `${folder}/${name}-${digest(key)}`
  const isOurs = (stat: fs.Stats) => stat.uid === uid && (stat.mode & 0o022) === 0

  return {
    read: name =>
      attempt(() => {
        if (!isOurs(fs.statSync(folder))) return undefined
        const file = fs.openSync(fileOf(name), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
        try {
          const stat = fs.fstatSync(file)
          return stat.isFile() && isOurs(stat) ? unwrap(file, stat.size / 2, key) : undefined
        } finally {
          fs.closeSync(file)
        }
      }),
    write: (name, code) =>
      attempt(() => {
        // With sudo HOME may be somebody else's, who could not use what root puts there.
        if (fs.statSync(nearest(folder)).uid !== uid) return
        makeFolder(folder)
        if (!isOurs(fs.statSync(folder))) return
        prune(folder)
        const file = fileOf(name)
        const temporary = `${file}.${pid}`
        try {
          fs.writeFileSync(temporary, wrap(code, key), { flag: 'wx', mode: 0o600 })
          fs.renameSync(temporary, file)
        } catch {
          fs.rmSync(temporary, { force: true })
        }
      }),
  }
}

/** XDG's place for what can be made anew; its paths are absolute. */
function cacheFolder({ XDG_CACHE_HOME, HOME }: Runtime['env']): string | undefined {
  if (XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME)) return `${XDG_CACHE_HOME}/iamkey`
  return HOME && path.isAbsolute(HOME) ? `${HOME}/.cache/iamkey` : undefined
}

/** The folder, or the nearest above it that is there. */
const nearest = (folder: string): string => (fs.existsSync(folder) ? folder : nearest(path.dirname(folder)))

/** For a file's name only: the whole key is in the file. FNV-1a, because `node:crypto` takes longer to load than help to print. */
function digest(key: Uint8Array): string {
  return (key.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5) >>> 0).toString(16)
}

/** Everything twice: comparing the halves tells damage for certain, in a third of the time of the fastest checksum Node has. */
const wrap = (code: Uint8Array, key: Uint8Array): Buffer => Buffer.concat([code, key, code, key])

/** @param half how many bytes each of the two copies has. */
function unwrap(file: number, half: number, key: Uint8Array): Uint8Array | undefined {
  const at = half - key.length
  if (!(at > 0 && Number.isInteger(half))) return undefined
  const first = readOnce(file, half)
  if (first.length < half || !first.subarray(at).equals(key)) return undefined
  const piece = Buffer.allocUnsafeSlow(PIECE)
  for (let from = 0; from < half; from += PIECE) {
    if (!readInto(piece.subarray(0, half - from), file).equals(first.subarray(from, from + PIECE))) return undefined
  }
  return first.subarray(0, at)
}

function prune(folder: string): void {
  const oldest = Date.now() - KEPT_FOR
  for (const name of fs.readdirSync(folder)) {
    const file = `${folder}/${name}`
    // Links and folders are not ours.
    const stat = fs.lstatSync(file)
    if (stat.isFile() && stat.mtimeMs < oldest) fs.rmSync(file, { force: true })
  }
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}
