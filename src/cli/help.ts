/** Wraps help to a number of columns, with or without bold and dim. Pure. */

export interface Look {
  /** The terminal's width; undefined if unknown. */
  readonly columns: number | undefined
  readonly color: boolean
}

/** Begins a line of a template that is wrapped: a paragraph, or a term, this mark again and its description. */
export const MARK = '\0'

/** The longest line, however wide the terminal is. */
const WIDEST = 100
/** On narrower terminals the description goes below its option. */
const SIDE_BY_SIDE = 80
/** On narrower terminals nothing is wrapped. */
const NARROWEST = 20
/** Columns before a term, after the longest one, and before a description below its term. */
const INDENT = 2
const GAP = 2
const BELOW = 6

/** The marks of `helpTemplate` as terminal sequences. */
const STYLES = ['\x1b[1m', '\x1b[2m', '\x1b[22m']

/** @param template what `helpTemplate` has made */
export function helpText(template: string, { columns = SIDE_BY_SIDE, color }: Look): string {
  const width = Math.min(columns, WIDEST)
  const lines = (color ? template : plain(template)).split('\n').map(line => line.split(MARK))
  const longest = Math.max(0, ...lines.map(([, term = '', description]) => (description === undefined ? 0 : term.length)))
  const margin = width < SIDE_BY_SIDE ? BELOW : INDENT + longest + GAP
  const laidOut = lines.map(([finished = '', first, description]) => {
    if (first === undefined) return finished
    if (description === undefined) return wrap(first, width, 0)
    const term = `${' '.repeat(INDENT)}${first}`
    return (width < SIDE_BY_SIDE ? `${term}\n${' '.repeat(margin)}` : term.padEnd(margin)) + wrap(description, width, margin)
  })
  return laidOut.join('\n')
}

const plain = (text: string): string => STYLES.reduce((left, style) => left.replaceAll(style, ''), text)

/**
 * Wraps at spaces to `width` columns, with a margin before all lines but the first. Searches for the end of each line, not of each word:
 * a string for each word would take more memory than the rest of a run for help.
 */
function wrap(text: string, width: number, margin: number): string {
  if (width - margin < NARROWEST) return text
  const lines: string[] = []
  let start = 0
  for (let end = 0; end < text.length; start = end + 1) {
    const limit = indexAfter(text, start, width - margin)
    end = limit < text.length ? text.lastIndexOf(' ', limit) : text.length
    // A word that is longer than the line.
    if (end < start) end = text.indexOf(' ', limit)
    if (end < 0) end = text.length
    lines.push(text.slice(start, end))
  }
  return lines.join(`\n${' '.repeat(margin)}`)
}

/** The index after so many characters that are shown. */
function indexAfter(text: string, start: number, count: number): number {
  let index = start + count
  for (let mark = text.indexOf('\x1b', start); mark >= 0 && mark <= index; mark = text.indexOf('\x1b', mark + 1)) {
    index += text.indexOf('m', mark) + 1 - mark
  }
  return index
}
