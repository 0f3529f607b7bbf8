/** One quiet line on a terminal while something takes long: rewritten, and erased at the end. Says nothing to a file or a pipe. */

import type { Sink } from './host.ts'

export interface Progress {
  /** Shows this line in place of the one before. */
  say(line: string): void
  /** Leaves no trace. */
  end(): void
}

const ERASE = '\r\u001b[K'

export function progressOn(stderr: Sink): Progress {
  let shown = false
  // A courtesy: it fails nothing.
  const write = (text: string) => void stderr.write(text).catch(() => {})
  return {
    say(line) {
      if (!stderr.isTerminal) return
      shown = true
      write(ERASE + line.slice(0, (stderr.columns ?? 80) - 1))
    },
    end() {
      if (shown) write(ERASE)
      shown = false
    },
  }
}
