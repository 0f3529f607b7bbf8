/** Writes the files that code-cache.ts reads, at the end of a run with new code to store. A failure is ignored and prints nothing. */

import * as fs from 'node:fs'
import { makeFolder, nearest } from '../src/node/directory.ts'
import { type Code, type CodeCache, fileOf, isOurs, wrap } from './code-cache.ts'

/** Milliseconds after which an unused file is deleted: it may belong to an older build. */
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000

/** @param pid distinguishes the temporary files of concurrent runs */
export function writeCode(cache: CodeCache, name: string, code: Code, pid: number): void {
  try {
    // With sudo, HOME may belong to another user, who could not use files of root.
    if (fs.statSync(nearest(cache.folder)).uid !== cache.uid) return
    makeFolder(cache.folder)
    if (!isOurs(fs.statSync(cache.folder), cache)) return
    prune(cache.folder)
    replace(fileOf(name, cache), wrap(code, cache.key), pid)
  } catch {
    // Without the file, the next run starts more slowly.
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
    // Links and directories are not iamkey's.
    const stat = fs.lstatSync(file)
    if (stat.isFile() && stat.mtimeMs < oldest) fs.rmSync(file, { force: true })
  }
}
