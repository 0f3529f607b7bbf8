/** Whether a table is coloured, and which resets surround it. Decides; painting is `table-drawing.ts`. */

import type { Globals } from '../core/options.ts'

/** `--color`. */
export type ColorChoice = NonNullable<Globals['color']>

export const RESET = '\x1b[0m'

export interface Color {
  /** Frames and cells have colours. */
  readonly styled: boolean
  /** A reset follows every write. */
  readonly resets: boolean
  /** Goes to standard output, never to a pager, when all is said. */
  readonly ending: string
}

export const COLORLESS: Color = { styled: false, resets: false, ending: '' }

/**
 * aws-cli 2.36.7 colours tables and nothing else, with `--color on`, or on a terminal unless `--color off` (NO_COLOR and TERM are not asked).
 * Doing so it wraps standard output by colorama with autoreset: what goes there directly, and not through a pager or to standard error, has
 * a reset after every write; and a terminal gets one more at the end, even where nothing was printed.
 */
export function chooseColor(about: {
  readonly format: string
  readonly wish: ColorChoice
  /** Standard output is a terminal. */
  readonly isTerminal: boolean
  /** What is printed goes to standard output itself. */
  readonly direct: boolean
}): Color {
  const { format, wish, isTerminal, direct } = about
  const styled = format === 'table' && (wish === 'on' || (wish === 'auto' && isTerminal))
  return styled ? { styled, resets: direct, ending: isTerminal ? RESET : '' } : COLORLESS
}
