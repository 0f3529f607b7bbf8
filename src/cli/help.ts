/** Wraps help to a number of columns, with or without bold and dim. Pure. */

import type { HelpTemplate } from './help-template.ts'

export interface Look {
  /** The terminal's width; undefined if unknown. */
  readonly columns: number | undefined
  readonly color: boolean
}

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

export function helpText(template: HelpTemplate, { columns = SIDE_BY_SIDE, color }: Look): string {
  const width = Math.min(columns, WIDEST)
  const terms = template.flatMap(line => (typeof line === 'string' || line.length === 1 ? [] : line[0]))
  const margin = width < SIDE_BY_SIDE ? BELOW : INDENT + Math.max(0, ...terms.map(term => term.length)) + GAP
  const lines = template.map(line => {
    if (typeof line === 'string') return line
    const [first, description] = line
    if (description === undefined) return wrap(first, width, 0)
    const term = `${' '.repeat(INDENT)}${first}`
    return (width < SIDE_BY_SIDE ? `${term}\n${' '.repeat(margin)}` : term.padEnd(margin)) + wrap(description, width, margin)
  })
  const text = lines.join('\n')
  return color ? text : plain(text)
}

const plain = (text: string): string => STYLES.reduce((left, style) => left.replaceAll(style, ''), text)

/** Wraps at spaces to `width` columns, with a margin before all lines but the first. */
function wrap(text: string, width: number, margin: number): string {
  if (width - margin < NARROWEST) return text
  const lines: string[] = []
  let room = 0
  for (const word of text.split(' ')) {
    const size = plain(word).length
    room -= size + 1
    if (lines.length > 0 && room >= 0) lines.push(`${lines.pop()} ${word}`)
    else {
      lines.push(word)
      room = width - margin - size
    }
  }
  return lines.join(`\n${' '.repeat(margin)}`)
}
