/**
 * A store that is a text file: links followed, mode and owner kept, one writer at a time, replaced whole or not at all. How a key stands in
 * the text is a TextFormat's business.
 */

import { nameOf } from '../core/errors.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { type KeyPair, type KeyStore, type Rollback, StoreFailure, type WholeKey } from '../core/key-store.ts'
import { PROGRAM } from '../core/program.ts'
import { decode } from '../python/codec.ts'
import { expandUser } from '../python/path.ts'
import { LockNotAcquired, withFileLock } from './lock.ts'

/** Text → the key in it, and the text with another key in its place. Pure: a file is one of these and a path. */
export interface TextFormat {
  /** The key that stands in the text for this user, as its readers find it. */
  read(text: string, UserName?: string): KeyPair | undefined
  /** The text with the key in place of the one it held, everything else as it was. Throws UnsupportedContent. */
  write(text: string, key: WholeKey): string
  /** The text without that user's key, everything else as it was. */
  remove(text: string, UserName?: string): string
  /** The names of what else stands in the text, for programs other than those that use the key. Throws UnsupportedContent. */
  entries(text: string): readonly string[]
}

/** A key is both halves; an empty half is none. */
export const pairOf = (AccessKeyId: string | undefined, SecretAccessKey: string | undefined): KeyPair | undefined =>
  AccessKeyId && SecretAccessKey ? { AccessKeyId, SecretAccessKey } : undefined

/** How lines end in the text. */
export const lineEndIn = (text: string): string => /\r\n|\r|\n/.exec(text)?.[0] ?? '\n'

/** A text, or a key, that does not go together with the format. The message says why, and never a secret. */
export class UnsupportedContent extends Error {
  override readonly name: string = 'UnsupportedContent'
}

/** A program without a lock has the file in its hands. */
class Changed extends UnsupportedContent {
  override readonly name = 'Changed'
}

interface FileStoreOptions {
  readonly name: string
  /** What it is apart from its path: `profile bob`. */
  readonly kind: string
  readonly path: string
  readonly format: TextFormat
  /** Others may read the file, and that is no mistake. */
  readonly open?: boolean
  /** Before the key is written. */
  readonly announce?: (key: WholeKey) => Promise<void>
}

/** The path that a user named, with its `~` filled in. Throws a StoreFailure where there is none. */
export function pathIn(rest: string, store: string, host: Host): string {
  if (rest === '') throw new StoreFailure(store, 'a path is missing')
  return expandUser(rest, host)
}

/** Only the user may read what is new. */
const NEW_MODE = 0o600
/** Milliseconds without a change after which a file is not being written: programs that empty a file fill it at once. */
const MOMENT = 100
/** Milliseconds after which a file that keeps changing is given up. */
const LONGEST_CHANGE = 3000
/** What a key can be at most, on top of what the file holds, in bytes. */
const ROOM = 4096

/** A key of the usual form: whether the file takes it is known before there is one. */
const trial = (UserName: string | undefined): WholeKey => ({
  UserName: UserName ?? 'user',
  AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  SecretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
})

/** @param user whose key it will be, where that is known: a format may not be able to hold every name. */
export function fileStore(
  { name, kind, path, format, announce, open = false }: FileStoreOptions,
  user: string | undefined,
  host: Host,
): KeyStore {
  const { files, stderr, clock } = host
  /** What else stood in the file when it was checked. */
  let expected: readonly string[] = []

  const explaining = async <T>(act: () => T | Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      throw explain(name, error)
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
   * The file; or, where it does not look whole, once it has not changed for a moment: a program without a lock may have emptied it, and be
   * about to fill it.
   */
  async function settled(looksWhole: (text: string) => boolean): Promise<Loaded> {
    const until = clock.now() + LONGEST_CHANGE
    let seen = load()
    if (looksWhole(seen.text) || clock.now() - seen.mtime > MOMENT) return seen
    for (;;) {
      await clock.sleep(MOMENT)
      const now = load()
      if (isSame(now, seen) || clock.now() >= until) return now
      seen = now
    }
  }

  /** Something that was in the file when it was checked, and is not in the text. Throws UnsupportedContent. */
  function missingFrom(text: string): string | undefined {
    const entries = new Set(format.entries(text))
    return expected.find(entry => !entries.has(entry))
  }

  /** Whether everything is there that was when the file was checked. */
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
    async check() {
      const mode = await explaining(async () => {
        const { target, text, mode, links } = await settled(hasExpected)
        // Written in place it could be left half written; replaced, the other names would keep the old key.
        if (links > 1) throw new UnsupportedContent('it has several hard links, of which only one would get the key')
        files.rehearse(target, Buffer.byteLength(format.write(text, trial(user))) + ROOM)
        expected = format.entries(text)
        return mode
      })
      if (open || mode === undefined || (mode & 0o077) === 0) return
      const advice = `${path} is open to others (mode ${mode.toString(8).padStart(4, '0')}); chmod 600 would close it`
      await stderr.write(`\n${PROGRAM}: warning: ${advice}\n`).catch(() => {})
    },
    read: UserName =>
      explaining(async () => format.read((await settled(text => format.read(text, UserName) !== undefined)).text, UserName)),
    put: (key, stop) =>
      explaining(async () => {
        await announce?.(key)
        return write(key, stop)
      }),
  }

  /** The file is read and written under one lock: what another run has put there meanwhile stays. */
  async function write(key: WholeKey, stop: AbortSignal): Promise<Rollback> {
    const { target } = load()
    return withFileLock(target, host, stop, async () => {
      const before = await change(text => format.write(text, key))
      return () => takeBack(before.loaded, before.written, key)
    })
  }

  /**
   * Replaces the text by what `edit` makes of it, if that is still what was read when the new file is ready to take its place; of what a
   * program without a lock has changed in between, nothing is lost. Undefined from `edit` leaves the file alone, and null removes it.
   */
  async function change(edit: (text: string) => string | null | undefined): Promise<{ readonly loaded: Loaded; readonly written: string }> {
    const until = clock.now() + LONGEST_CHANGE
    for (;;) {
      const loaded = await settled(hasExpected)
      const unchanged = () => {
        if (!isSame(load(), loaded)) throw new Changed('another program keeps changing it')
      }
      try {
        const missing = missingFrom(loaded.text)
        if (missing !== undefined) throw new Changed(`${missing} has disappeared from it since this run began`)
        const written = edit(loaded.text)
        if (written === null) {
          unchanged()
          files.remove(loaded.target, true)
        } else if (written !== undefined) files.replace(loaded.target, written, loaded.mode ?? NEW_MODE, unchanged)
        return { loaded, written: written ?? '' }
      } catch (error) {
        if (!(error instanceof UnsupportedContent) || clock.now() >= until) throw error
        await clock.sleep(MOMENT)
      }
    }
  }

  async function takeBack({ text, mode }: Loaded, written: string, key: WholeKey): Promise<string> {
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
  /** Where the links lead. */
  readonly target: string
  readonly text: string
  /** Undefined where there is no file yet. */
  readonly mode: number | undefined
  readonly mtime: number
  readonly links: number
}

const isSame = (one: Loaded, other: Loaded): boolean => one.target === other.target && one.mode === other.mode && one.text === other.text

/** A place that cannot be found out has its name as typed. */
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

/** A reason of ours, or an errno name; a message of anybody else could quote the key. */
function reason(error: unknown): string {
  if (error instanceof UnsupportedContent || error instanceof LockNotAcquired) return error.message
  return isSystemError(error) ? error.code : nameOf(error)
}

const explain = (name: string, error: unknown) => new StoreFailure(name, reason(error), { cause: error })
