/**
 * `command:COMMAND`: a program that stores the key, such as `gh secret set`, `vault kv put` or `pass insert`. It runs without a shell and
 * reads the key as JSON from standard input, so that its arguments and environment contain nothing of it. Exit code 0 means stored; any
 * other proves nothing, because the program may have stored the key before it failed. Another program can tell which key is stored
 * (`--read-command`).
 */

import { messageOf } from '../core/errors.ts'
import { findExecutable } from '../core/executable.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { type StoredKey, StoreFailure, StoreOutcomeUnknown } from '../core/key-store.ts'
import { withTimeout } from '../core/timeout.ts'
import { dumps } from '../python/json.ts'
import { splitCommand } from '../python/shlex.ts'
import type { OpenStore } from './open.ts'
import { parseStoredKey } from './stored-key.ts'

/** Milliseconds. A program may ask for a password; a hanging one must end. */
const LONGEST_RUN = 60_000

export const summary = 'a program that reads the key as JSON from standard input'

export const open: OpenStore = (line, store, { host, readCommand }) => {
  const words = wordsOf(line, store, host)
  const reader = readCommand === undefined ? undefined : wordsOf(readCommand, store, host)
  return {
    name: store,
    identity: store,
    irrevocable: true,
    async check() {
      for (const [program = ''] of reader === undefined ? [words] : [words, reader]) {
        // Windows finds programs by rules of its own, and its modes do not say what is executable.
        const found = host.platform === 'win32' ? 'there' : findExecutable(program, host)
        if (found === 'missing') throw new StoreFailure(store, `there is no program ${program}`)
        if (found === 'not to be run') throw new StoreFailure(store, `${program} cannot be run`)
      }
    },
    ...(reader && { read: () => readBy(reader, store, host) }),
    async put(key, stop) {
      const structure = new Map([['AccessKey', new Map(Object.entries(key))]])
      const end = await feed(words, `${dumps(structure, { indent: 4, ensureAscii: false })}\n`, stop, host)
      if (end !== undefined) throw new (end.neverBegan ? StoreFailure : StoreOutcomeUnknown)(store, end.why)
      return async () => `${store} was given that key, and must be told otherwise`
    },
  }
}

function wordsOf(line: string, store: string, { platform }: Host): readonly string[] {
  try {
    const words = splitCommand(line, platform)
    if (words.length > 0) return words
  } catch (cause) {
    throw new StoreFailure(store, messageOf(cause), { cause })
  }
  throw new StoreFailure(store, 'a command is missing')
}

interface FailedRun {
  readonly why: string
  /** The program has read nothing of the key. */
  readonly neverBegan: boolean
}

/** Undefined if the program stored the key. */
async function feed(words: readonly string[], text: string, stop: AbortSignal, { clock, feed }: Host): Promise<FailedRun | undefined> {
  return withTimeout(LONGEST_RUN, clock, async late => {
    try {
      const { status, signal, unread } = await feed(words, text, AbortSignal.any([stop, late]))
      if (status === 0) return unread ? { neverBegan: true, why: 'it ended without having read the key' } : undefined
      const why = stop.aborted
        ? 'interrupted'
        : late.aborted
          ? `it did not end within ${LONGEST_RUN / 1000} seconds`
          : `it ended with ${signal ?? `exit code ${status}`}`
      return { neverBegan: unread, why }
    } catch (error) {
      if (!isSystemError(error)) throw error
      return { neverBegan: true, why: `it could not be started (${error.code})` }
    }
  })
}

/** What the program prints may be a secret: no message quotes it. */
async function readBy(words: readonly string[], store: string, { clock, capture }: Host): Promise<StoredKey | undefined> {
  const failure = (why: string, cause?: unknown) => new StoreFailure(store, `its --read-command ${why}`, { cause })
  return withTimeout(LONGEST_RUN, clock, async late => {
    try {
      const { status, signal, stdout } = await capture(words, late)
      if (late.aborted) throw failure(`did not end within ${LONGEST_RUN / 1000} seconds`)
      if (status !== 0) throw failure(`ended with ${signal ?? `exit code ${status}`}`)
      const text = new TextDecoder().decode(stdout).trim()
      const key = parseStoredKey(text)
      if (key === undefined && text !== '') throw failure('printed neither an access key id nor a key')
      return key
    } catch (error) {
      if (isSystemError(error)) throw failure(`could not be started (${error.code})`, error)
      throw error
    }
  })
}
