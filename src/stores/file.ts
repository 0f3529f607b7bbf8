/**
 * A store in a text file: follows links, keeps mode and owner, allows one writer at a time, and replaces the file whole. A TextFormat reads
 * and writes the key in the text.
 */

import { nameOf } from '../core/errors.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { type KeyPair, type KeyStore, type Rollback, StoreFailure, type WholeKey } from '../core/key-store.ts'
import { PROGRAM } from '../core/program.ts'
import { decode } from '../python/codec.ts'
import { expandUser } from '../python/path.ts'
import { LockNotAcquired, withFileLock } from './lock.ts'

/** Reads and replaces the key in a text. Pure. */
export interface TextFormat {
  /** The user's key in the text, as its readers find it. */
  read(text: string, UserName?: string): KeyPair | undefined
  /** The text with the key replaced and everything else unchanged. Throws UnsupportedContent. */
  write(text: string, key: WholeKey): string
  /** The text without the user's key and everything else unchanged. */
  remove(text: string, UserName?: string): string
  /** The names of the other entries in the text, which other programs use. Throws UnsupportedContent. */
  entries(text: string): readonly string[]
}

/** A key has both halves; an empty one does not count. */
export const pairOf = (AccessKeyId: string | undefined, SecretAccessKey: string | undefined): KeyPair | undefined =>
  AccessKeyId && SecretAccessKey ? { AccessKeyId, SecretAccessKey } : undefined

/** The line end of the text. */
export const lineEndIn = (text: string): string => /\r\n|\r|\n/.exec(text)?.[0] ?? '\n'

/** A text or a key that the format does not support. The message says why, and contains no secret. */
export class UnsupportedContent extends Error {
  override readonly name: string = 'UnsupportedContent'
}

/** A program without a lock is writing the file. */
class ChangedMeanwhile extends UnsupportedContent {
  override readonly name = 'Changed'
}

interface FileStoreOptions {
  readonly name: string
  /** The part of its identity before the path: `profile bob`. */
  readonly kind: string
  readonly path: string
  readonly format: TextFormat
  /** Other users may read the file, on purpose. */
  readonly open?: boolean
  /** Called before the key is written. */
  readonly announce?: (key: WholeKey) => Promise<void>
}

/** The path with `~` expanded. Throws a StoreFailure for an empty one. */
export function pathIn(rest: string, store: string, host: Host): string {
  if (rest === '') throw new StoreFailure(store, 'a path is missing')
  return expandUser(rest, host)
}

/** For new files: readable by the user only. */
const NEW_MODE = 0o600
/** Milliseconds without a change after which a file counts as written: programs that truncate a file fill it at once. */
const STABLE_AFTER = 100
/** Milliseconds after which this run gives up on a file that keeps changing. */
const LONGEST_CHANGE = 3000
/** The most bytes that a key adds to a file. */
const LARGEST_ADDITION = 4096

/** An example key, to check whether the file can take one. */
const exampleKey = (UserName: string | undefined): WholeKey => ({
  UserName: UserName ?? 'user',
  AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
})

/** @param user the user whose key it will be, if known: some names do not fit into some formats */
export function fileStore(
  { name, kind, path, format, announce, open = false }: FileStoreOptions,
  user: string | undefined,
  host: Host,
): KeyStore {
  const { files, stderr, clock } = host
  /** The other entries of the file when it was checked. */
  let expected: readonly string[] = []

  const withStoreFailure = async <T>(act: () => T | Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      const where = isSystemError(error) && !name.endsWith(path) ? ` (${path})` : ''
      throw new StoreFailure(name, reason(error) + where, { cause: error })
    }
  }

  function load(): Loaded {
    const target = files.resolve(path)
    const stat = files.stat(target)
    if (stat === undefined) return { target, text: '', mode: undefined, mtime: 0, links: 1 }
    if (!stat.isFile) throw new UnsupportedContent('it is not a regular file')
    return { ...stat, target, text: textOf(files.read(target)) }
  }

  /**
   * The file. If it seems incomplete, waits until it has not changed for a moment: a program without a lock may have truncated it and be
   * about to fill it.
   */
  async function loadStable(looksWhole: (text: string) => boolean): Promise<Loaded> {
    const until = clock.now() + LONGEST_CHANGE
    let previous = load()
    if (looksWhole(previous.text) || clock.now() - previous.mtime > STABLE_AFTER) return previous
    for (;;) {
      await clock.sleep(STABLE_AFTER)
      const now = load()
      if (isSame(now, previous) || clock.now() >= until) return now
      previous = now
    }
  }

  /** An entry that the file had when it was checked, and that the text lacks. Throws UnsupportedContent. */
  function missingFrom(text: string): string | undefined {
    const entries = new Set(format.entries(text))
    return expected.find(entry => !entries.has(entry))
  }

  /** Whether the text has all the entries that the file had when it was checked. */
  function hasExpected(text: string): boolean {
    try {
      return text !== '' && missingFrom(text) === undefined
    } catch {
      return false
    }
  }

  return {
    name,
    identity: `${kind} in ${resolved(path, host)}`,
    irrevocable: false,
    local: true,
    async check() {
      const mode = await withStoreFailure(async () => {
        const { target, text, mode, links } = await loadStable(hasExpected)
        // Written in place, the file could be left incomplete; replaced, its other names would keep the old key.
        if (links > 1) throw new UnsupportedContent('it has several hard links, of which only one would get the key')
        files.rehearse(target, Buffer.byteLength(format.write(text, exampleKey(user))) + LARGEST_ADDITION)
        expected = format.entries(text)
        return mode
      })
      if (open || mode === undefined || (mode & 0o077) === 0) return
      const advice = `${path} is open to others (mode ${mode.toString(8).padStart(4, '0')}); chmod 600 would close it`
      await stderr.write(`\n${PROGRAM}: warning: ${advice}\n`).catch(() => {})
    },
    read: UserName =>
      withStoreFailure(async () => format.read((await loadStable(text => format.read(text, UserName) !== undefined)).text, UserName)),
    put: (key, stop) =>
      withStoreFailure(async () => {
        await announce?.(key)
        return write(key, stop)
      }),
  }

  /** Reads and writes under one lock, so that the changes of other runs are kept. */
  async function write(key: WholeKey, stop: AbortSignal): Promise<Rollback> {
    const { target } = load()
    return withFileLock(target, host, stop, async () => {
      const before = await change(text => format.write(text, key))
      return () => restore(before.loaded, before.written, key)
    })
  }

  /**
   * Replaces the text by the result of `edit`, if the file is unchanged when the new one is ready. Changes by programs without a lock are
   * kept. If `edit` returns undefined the file is left alone, and null removes it.
   */
  async function change(edit: (text: string) => string | null | undefined): Promise<{ readonly loaded: Loaded; readonly written: string }> {
    const until = clock.now() + LONGEST_CHANGE
    for (;;) {
      const loaded = await loadStable(hasExpected)
      const unchanged = () => {
        if (!isSame(load(), loaded)) throw new ChangedMeanwhile('another program keeps changing it')
      }
      try {
        const missing = missingFrom(loaded.text)
        if (missing !== undefined) throw new ChangedMeanwhile(`${missing} has disappeared from it since this run began`)
        const written = edit(loaded.text)
        if (written === null) {
          unchanged()
          files.remove(loaded.target, true)
        } else if (written !== undefined) files.replace(loaded.target, written, loaded.mode ?? NEW_MODE, unchanged)
        return { loaded, written: written ?? '' }
      } catch (error) {
        if (!(error instanceof UnsupportedContent) || clock.now() >= until) throw error
        await clock.sleep(STABLE_AFTER)
      }
    }
  }

  async function restore({ text, mode }: Loaded, written: string, key: WholeKey): Promise<string> {
    try {
      await withFileLock(files.resolve(path), host, undefined, () =>
        change(now => {
          if (format.read(now, key.UserName)?.AccessKeyId !== key.AccessKeyId) return undefined
          const old = format.read(text, key.UserName)
          const others = () => (old ? format.write(now, { ...key, ...old }) : format.remove(now, key.UserName))
          const restored = now === written ? text : others()
          return mode === undefined && restored === '' ? null : restored
        }),
      )
      return `${name} holds what it held before`
    } catch (error) {
      return `${name} could not be put back (${reason(error)}): it may still hold that key`
    }
  }
}

interface Loaded {
  /** The path with links followed. */
  readonly target: string
  readonly text: string
  /** Undefined if there is no file yet. */
  readonly mode: number | undefined
  readonly mtime: number
  readonly links: number
}

const isSame = (one: Loaded, other: Loaded): boolean => one.target === other.target && one.mode === other.mode && one.text === other.text

/** A path that cannot be resolved is used as given. */
function resolved(path: string, { files }: Host): string {
  try {
    return files.resolve(path)
  } catch {
    return path
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return decode(bytes, 'utf-8')
  } catch {
    throw new UnsupportedContent('it is not UTF-8')
  }
}

/** Our own reason or an errno name: other messages could quote the key. */
function reason(error: unknown): string {
  if (error instanceof UnsupportedContent || error instanceof LockNotAcquired) return error.message
  return isSystemError(error) ? error.code : nameOf(error)
}
