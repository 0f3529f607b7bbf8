/** Help text broken into lines, for as many columns as there are, with or without bold and dim. Pure. */

import type { HelpTemplate } from './help-template.ts'

export interface Look {
  /** Columns there are; undefined where that is unknown. */
  readonly columns: number | undefined
  readonly color: boolean
}

/** The longest line, however wide the terminal is. */
const WIDEST = 100
/** Below this there is no room for a description beside its option. */
const SIDE_BY_SIDE = 80
/** Below this nothing is broken into lines. */
const NARROWEST = 20
/** Columns before a term, after the longest one, and before a description that stands below its term. */
const INDENT = 2
const GAP = 2
const BELOW = 6

/** What `helpTemplate` marks for a terminal. */
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

/** Broken at its spaces into lines of `width` columns, each but the first behind a margin. */
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
