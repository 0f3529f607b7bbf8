/**
 * `command:COMMAND`: a program that stores the key: `gh secret set`, `vault kv put`, `pass insert`. It runs without a shell, and gets the
 * structure as JSON on its standard input, so nothing of the key is in its arguments or its environment. Exit 0 means stored.
 */

import { type Host, isSystemError } from '../host.ts'
import { type Place, PlaceFailure } from '../place.ts'
import { lookFor } from '../program.ts'
import { dumps } from '../python/json.ts'
import { splitCommand } from '../python/shlex.ts'

/** Milliseconds. A program that asks somebody for a password may need some; one that hangs must end. */
const LONGEST_RUN = 60_000

/** @throws PlaceFailure for words that are no command */
export function command(line: string, place: string, { host }: { host: Host }): Place {
  const words = wordsOf(line, place, host)
  return {
    name: place,
    final: true,
    async check() {
      const [program = ''] = words
      // Windows has its own ways to find a program, and no mode that says whether it is one.
      const found = host.platform === 'win32' ? 'there' : lookFor(program, host)
      if (found === 'missing') throw new PlaceFailure(place, `there is no program ${program}`)
      if (found === 'not to be run') throw new PlaceFailure(place, `${program} cannot be run`)
    },
    async put(key, stop) {
      const structure = new Map([['AccessKey', new Map(Object.entries(key))]])
      const why = await feed(words, `${dumps(structure, { indent: 4, ensureAscii: false })}\n`, stop, host)
      if (why !== undefined) throw new PlaceFailure(place, why)
      return async () => `${place} was given that key, and must be told otherwise`
    },
  }
}

function wordsOf(line: string, place: string, { platform }: Host): readonly string[] {
  try {
    const words = splitCommand(line, platform)
    if (words.length > 0) return words
  } catch (cause) {
    throw new PlaceFailure(place, cause instanceof Error ? cause.message : String(cause), { cause })
  }
  throw new PlaceFailure(place, 'a command is missing')
}

/** Why the program did not store it, or undefined if it did. */
async function feed(words: readonly string[], text: string, stop: AbortSignal, { clock, feed }: Host): Promise<string | undefined> {
  const late = new AbortController()
  const done = new AbortController()
  clock.sleep(LONGEST_RUN, done.signal).then(() => late.abort())
  try {
    const { status, signal } = await feed(words, text, AbortSignal.any([stop, late.signal]))
    if (status === 0) return undefined
    if (stop.aborted) return 'interrupted'
    if (late.signal.aborted) return `it did not end within ${LONGEST_RUN / 1000} seconds`
    return signal === null ? `it ended with exit code ${status}` : `it ended with ${signal}`
  } catch (error) {
    if (isSystemError(error))
      return error.code === 'EPIPE' ? 'it ended without having read the key' : `it could not be started (${error.code})`
    throw error
  } finally {
    done.abort()
  }
}
