/** Reads files at once, and replaces them whole. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { type Files, isSystemError } from '../core/host.ts'
import { makeFolder, nearest } from './directory.ts'
import { isRunning } from './running.ts'

export const files: Files = {
  read: name => fs.readFileSync(name),
  stat(name) {
    const found = fs.statSync(name, { throwIfNoEntry: false })
    return (
      found && {
        mtime: found.mtimeMs,
        size: found.size,
        links: found.nlink,
        // Windows has no mode bits, and Node invents them: a file belongs to its owner, and may be executable.
        mode: os.platform() === 'win32' ? 0o700 : found.mode & 0o7777,
        isDirectory: found.isDirectory(),
        isFile: found.isFile(),
      }
    )
  },
  isForeign(name) {
    // On Windows Node reports owner 0 for every file.
    const { uid } = fs.statSync(nearest(path.resolve(name)))
    return uid !== 0 && uid !== process.getuid?.()
  },
  list: name => unlessMissing(() => fs.readdirSync(name)) ?? [],
  replace(name, content, mode, lastCheck) {
    makeFolder(path.dirname(name))
    beside(name, content, mode, temporary => {
      lastCheck?.()
      fs.renameSync(temporary, name)
    })
    syncEntries(path.dirname(name))
    clearUp(name)
  },
  rehearse(name, size) {
    const folder = nearest(path.dirname(path.resolve(name)))
    const { W_OK, X_OK } = fs.constants
    fs.accessSync(folder, W_OK | X_OK)
    beside(path.join(folder, path.basename(name)), new Uint8Array(size), 0o600, temporary => fs.rmSync(temporary))
  },
  create(name, content) {
    makeFolder(path.dirname(name))
    const handle = fs.openSync(name, 'wx', 0o600)
    try {
      fs.writeFileSync(handle, content)
    } catch (error) {
      fs.rmSync(name, { force: true })
      throw error
    } finally {
      fs.closeSync(handle)
    }
  },
  resolve: leadsTo,
  // Not appendFileSync, which takes longer to compile than this to run.
  append(name, text, durable = false) {
    makeFolder(path.dirname(name))
    const bytes = Buffer.from(text)
    const handle = fs.openSync(name, 'a', 0o600)
    try {
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(handle, bytes, at)
      if (durable) fs.fsyncSync(handle)
    } finally {
      fs.closeSync(handle)
    }
    if (durable) syncEntries(path.dirname(name))
  },
  // Not rmSync, which loads the code for removing whole trees.
  remove(name, durable = false) {
    unlessMissing(() => fs.unlinkSync(name))
    if (durable) syncEntries(path.dirname(name))
  },
}

/** Makes the names in a directory survive a power failure. Some file systems and Windows do not support it; the error is ignored. */
function syncEntries(folder: string): void {
  try {
    const handle = fs.openSync(folder, 'r')
    try {
      fs.fsyncSync(handle)
    } finally {
      fs.closeSync(handle)
    }
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

function unlessMissing<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes and syncs a temporary file next to `name`; `use` renames it. If anything fails, the file is removed. */
function beside(name: string, content: string | Uint8Array, mode: number, use: (temporary: string) => void): void {
  const temporary = temporaryFor(name, process.pid)
  fs.rmSync(temporary, { force: true })
  try {
    const handle = fs.openSync(temporary, 'wx', mode)
    try {
      keepOwner(handle, name)
      fs.fchmodSync(handle, mode)
      fs.writeFileSync(handle, content)
      fs.fsyncSync(handle)
    } finally {
      fs.closeSync(handle)
    }
    use(temporary)
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw error
  }
}

/** Removes the temporary files of killed runs, which may contain secrets. A failure is ignored. */
function clearUp(name: string): void {
  const folder = path.dirname(name)
  try {
    for (const other of fs.readdirSync(folder)) {
      const [, pid = ''] = /\.(\d+)\.tmp$/.exec(other) ?? []
      const left = temporaryFor(name, pid)
      if (path.basename(left) === other && !isRunning(Number(pid))) fs.rmSync(left)
    }
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

const temporaryFor = (name: string, pid: number | string) => `${name}.${pid}.tmp`

function keepOwner(handle: number, name: string): void {
  const before = fs.statSync(name, { throwIfNoEntry: false })
  const now = fs.fstatSync(handle)
  if (before && (before.uid !== now.uid || before.gid !== now.gid)) fs.fchownSync(handle, before.uid, before.gid)
}

/** `realpath`, also for a file that does not exist yet. */
function leadsTo(name: string): string {
  try {
    return fs.realpathSync(name)
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error
    const link = fs.lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() ? fs.readlinkSync(name) : undefined
    return link === undefined ? path.resolve(name) : leadsTo(path.resolve(path.dirname(name), link))
  }
}
