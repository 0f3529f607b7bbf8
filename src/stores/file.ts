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
}

/** A key is both halves; an empty half is none. */
export const pairOf = (AccessKeyId: string | undefined, SecretAccessKey: string | undefined): KeyPair | undefined =>
  AccessKeyId && SecretAccessKey ? { AccessKeyId, SecretAccessKey } : undefined

/** How lines end in the text. */
export const lineEndIn = (text: string): string => /\r\n|\r|\n/.exec(text)?.[0] ?? '\n'

/** A text, or a key, that does not go together with the format. The message says why, and never a secret. */
export class UnsupportedContent extends Error {
  override readonly name = 'UnsupportedContent'
}

interface FileStoreOptions {
  readonly name: string
  readonly path: string
  readonly format: TextFormat
  /** Others may read the file, and that is nobody's mistake. */
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
  { name, path, format, announce, open = false }: FileStoreOptions,
  user: string | undefined,
  host: Host,
): KeyStore {
  const { files, stderr } = host
  const failing = <T>(act: () => T): T => {
    try {
      return act()
    } catch (error) {
      throw explain(name, error)
    }
  }

  function load(): Loaded {
    const target = files.resolve(path)
    const stat = files.stat(target)
    if (stat === undefined) return { target, text: '', mode: undefined }
    if (!stat.isFile) throw new UnsupportedContent('it is not a regular file')
    return { target, text: textOf(files.read(target)), mode: stat.mode }
  }

  return {
    name,
    irrevocable: false,
    async check() {
      const mode = failing(() => {
        const { target, text, mode } = load()
        files.rehearse(target, Buffer.byteLength(format.write(text, trial(user))) + ROOM)
        return mode
      })
      if (open || mode === undefined || (mode & 0o077) === 0) return
      const advice = `${path} is open to others (mode ${mode.toString(8).padStart(4, '0')}); chmod 600 would close it`
      await stderr.write(`\n${PROGRAM}: warning: ${advice}\n`).catch(() => {})
    },
    read: UserName => failing(() => format.read(load().text, UserName)),
    async put(key, stop) {
      try {
        await announce?.(key)
        return await write(key, stop)
      } catch (error) {
        throw explain(name, error)
      }
    },
  }

  /** The file is read and written under one lock: what another run has put there meanwhile stays. */
  async function write(key: WholeKey, stop: AbortSignal): Promise<Rollback> {
    const before = load()
    return withFileLock(before.target, host, stop, () => {
      const { target, text, mode } = load()
      const written = format.write(text, key)
      files.replace(target, written, mode ?? NEW_MODE)
      return () => rollback({ target, text, mode }, written, key)
    })
  }

  async function rollback({ target, text, mode }: Loaded, written: string, key: WholeKey): Promise<string> {
    try {
      await withFileLock(target, host, undefined, () => {
        const now = load()
        if (format.read(now.text, key.UserName)?.AccessKeyId !== key.AccessKeyId) return
        const old = format.read(text, key.UserName)
        const others = () => (old ? format.write(now.text, { ...key, ...old }) : format.remove(now.text, key.UserName))
        const restored = now.text === written ? text : others()
        if (mode === undefined && restored === '') files.remove(target)
        else files.replace(target, restored, now.mode ?? NEW_MODE)
      })
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
