/** Making folders. */

import * as fs from 'node:fs'
import * as path from 'node:path'

/**
 * The folder, and whatever is missing above it, for nobody else's eyes. Level by level: Node's own `recursive` tries for ever where a
 * folder can be seen and nothing made in it, as in /proc. Throws a SystemError.
 */
export function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return
  makeFolder(path.dirname(folder))
  try {
    fs.mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another run may have been faster.
    if (!fs.existsSync(folder)) throw error
  }
}

/** The absolute path, or the nearest above it that is there. */
export const nearest = (name: string): string => (fs.existsSync(name) ? name : nearest(path.dirname(name)))
