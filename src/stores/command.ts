/**
 * `command:COMMAND`: a program that stores the key: `gh secret set`, `vault kv put`, `pass insert`. It runs without a shell, and gets the
 * structure as JSON on its standard input, so nothing of the key is in its arguments or its environment. Exit 0 means stored.
 */

import { messageOf } from '../core/errors.ts'
import { findExecutable } from '../core/executable.ts'
import { type Host, isSystemError } from '../core/host.ts'
import { StoreFailure, StoreOutcomeUnknown } from '../core/key-store.ts'
import { withTimeout } from '../core/timeout.ts'
import { dumps } from '../python/json.ts'
import { splitCommand } from '../python/shlex.ts'
import type { OpenStore } from './open.ts'

/** Milliseconds. A program that asks somebody for a password may need some; one that hangs must end. */
const LONGEST_RUN = 60_000

export const summary = 'a program that reads the key as JSON from standard input'

export const open: OpenStore = (line, store, { host }) => {
  const words = wordsOf(line, store, host)
  return {
    name: store,
    irrevocable: true,
    async check() {
      const [program = ''] = words
      // Windows has its own ways to find a program, and no mode that says whether it is one.
      const found = host.platform === 'win32' ? 'there' : findExecutable(program, host)
      if (found === 'missing') throw new StoreFailure(store, `there is no program ${program}`)
      if (found === 'not to be run') throw new StoreFailure(store, `${program} cannot be run`)
    },
    async put(key, stop) {
      const structure = new Map([['AccessKey', new Map(Object.entries(key))]])
      const end = await feed(words, `${dumps(structure, { indent: 4, ensureAscii: false })}\n`, stop, host)
      if (end !== undefined) throw new (end.itself ? StoreFailure : StoreOutcomeUnknown)(store, end.why)
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

interface End {
  readonly why: string
  /** The program ended of itself and says that it did not store the key. */
  readonly itself: boolean
}

/** Undefined if the program stored it. */
async function feed(words: readonly string[], text: string, stop: AbortSignal, { clock, feed }: Host): Promise<End | undefined> {
  return withTimeout(LONGEST_RUN, clock, async late => {
    try {
      const { status, signal } = await feed(words, text, AbortSignal.any([stop, late]))
      if (status === 0) return undefined
      if (stop.aborted) return { itself: false, why: 'interrupted' }
      if (late.aborted) return { itself: false, why: `it did not end within ${LONGEST_RUN / 1000} seconds` }
      return signal === null
        ? { itself: true, why: `it ended with exit code ${status}` }
        : { itself: false, why: `it ended with ${signal}` }
    } catch (error) {
      if (!isSystemError(error)) throw error
      const why = error.code === 'EPIPE' ? 'it ended without having read the key' : `it could not be started (${error.code})`
      return { itself: true, why }
    }
  })
}
