/** A progress line on a terminal for slow operations. It is rewritten, and erased at the end. Nothing is written to a file or a pipe. */

import type { Sink } from './host.ts'

export interface Progress {
  /** Replaces the line. */
  say(line: string): void
  /** Leaves a line of its own above it. */
  note(line: string): void
  /** Erases the line. */
  end(): void
}

const ERASE = '\r\u001b[K'

export function progressOn(stderr: Sink): Progress {
  let shown = false
  // Progress is optional: a failure to write it is ignored.
  const write = (text: string) => void stderr.write(text).catch(() => {})
  return {
    say(line) {
      if (!stderr.isTerminal) return
      shown = true
      write(ERASE + line.slice(0, (stderr.columns ?? 80) - 1))
    },
    note(line) {
      if (stderr.isTerminal) write(`${ERASE}${line}\n`)
      shown = false
    },
    end() {
      if (shown) write(ERASE)
      shown = false
    },
  }
}
