/** Decides whether a table is coloured and where ANSI resets go; `table-drawing.ts` paints it. */

import type { Globals } from '../core/options.ts'

/** `--color`. */
export type ColorChoice = NonNullable<Globals['color']>

export const RESET = '\x1b[0m'

export interface Color {
  /** Frames and cells are coloured. */
  readonly styled: boolean
  /** Every write is followed by a reset. */
  readonly resets: boolean
  /** Written to standard output at the very end, never to a pager. */
  readonly ending: string
}

export const COLORLESS: Color = { styled: false, resets: false, ending: '' }

/**
 * aws-cli 2.36.7 colours tables only: with `--color on`, or on a terminal unless `--color off`. It ignores NO_COLOR and TERM. To do so it
 * wraps standard output with colorama's autoreset: whatever is written there directly, not through a pager, has a reset after every
 * write, and a terminal gets one more at the end, even if nothing was printed.
 */
export function chooseColor(about: {
  readonly format: string
  readonly choice: ColorChoice
  readonly isTerminal: boolean
  /** Standard output receives the text directly, not through a pager. */
  readonly direct: boolean
}): Color {
  const { format, choice, isTerminal, direct } = about
  const styled = format === 'table' && (choice === 'on' || (choice === 'auto' && isTerminal))
  return styled ? { styled, resets: direct, ending: isTerminal ? RESET : '' } : COLORLESS
}
