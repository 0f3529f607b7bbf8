/** Writes what code-cache.ts reads. Loaded where there is something new to keep, at the end of a run. Nothing here ever fails a run or prints. */

import * as fs from 'node:fs'
import { makeFolder, nearest } from '../src/node/directory.ts'
import { type Code, type CodeCache, fileOf, isOurs, wrap } from './code-cache.ts'

/** After how long a file is thrown away that no run has written anew, in milliseconds: it may be of an older build. */
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000

/** @param pid tells this run's temporary files from those of others */
export function writeCode(cache: CodeCache, name: string, code: Code, pid: number): void {
  try {
    // With sudo HOME may be somebody else's, who could not use what root puts there.
    if (fs.statSync(nearest(cache.folder)).uid !== cache.uid) return
    makeFolder(cache.folder)
    if (!isOurs(fs.statSync(cache.folder), cache)) return
    prune(cache.folder)
    replace(fileOf(name, cache), wrap(code, cache.key), pid)
  } catch {
    // The next run starts a little slower.
  }
}

function replace(file: string, content: Uint8Array, pid: number): void {
  const temporary = `${file}.${pid}`
  try {
    fs.writeFileSync(temporary, content, { flag: 'wx', mode: 0o600 })
    fs.renameSync(temporary, file)
  } catch {
    fs.rmSync(temporary, { force: true })
  }
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
