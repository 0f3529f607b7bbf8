/** Creates directories. */

import * as fs from 'node:fs'
import * as path from 'node:path'

/**
 * Creates a directory and its missing parents with mode 0700, level by level: Node's `recursive` never returns for a visible directory in
 * which nothing can be created, such as one in /proc. Throws a SystemError.
 */
export function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return
  const parent = path.dirname(folder)
  // On Windows the root of a drive may not exist.
  if (parent !== folder) makeFolder(parent)
  try {
    fs.mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another run may have created it meanwhile.
    if (!fs.existsSync(folder)) throw error
  }
}

/** The absolute path, or its nearest existing parent, which may be a root. */
export function nearest(name: string): string {
  const parent = path.dirname(name)
  return parent === name || fs.existsSync(name) ? name : nearest(parent)
}
