/** Python's `shlex.split` (3.11, POSIX, no comments), which aws-cli applies to section names and commands, and its variant for Windows. */

const PIECE = /([ \t\r\n]+)|'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^ \t\r\n'"\\]+)/sy
const ENDS_INSIDE_ESCAPE = /^(?:"(?:\\.|[^"\\])*)?\\$/s

/** The words of `text`. Throws an Error with Python's message for an unclosed quotation or an unfinished escape. */
export function split(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  PIECE.lastIndex = 0
  while (PIECE.lastIndex < text.length) {
    const from = PIECE.lastIndex
    const match = PIECE.exec(text)
    if (match === null) throw new Error(ENDS_INSIDE_ESCAPE.test(text.slice(from)) ? 'No escaped character' : 'No closing quotation')
    const [, space, single, double, escaped, plain] = match
    if (space === undefined) {
      // Inside double quotes a backslash escapes only itself and the quote.
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped ?? plain)
    } else if (word !== undefined) {
      words.push(word)
      word = undefined
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

/** The words of a command on `platform` (`compat_shell_split` of botocore/compat.py, aws-cli 2.36.7). Throws an Error as `split` does. */
export const splitCommand = (text: string, platform: NodeJS.Platform): string[] => (platform === 'win32' ? splitWindows(text) : split(text))

/**
 * Splits as the C runtime of Windows does: at blanks and tabs outside double quotes. Backslashes are literal unless a quote follows: then
 * each pair is one backslash, and an odd one escapes the quote.
 */
function splitWindows(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quoted = false
  for (const [, slashes = '', next = ''] of text.matchAll(/(\\*)([^\\]|$)/gs)) {
    if (next === '"') {
      word = (word ?? '') + slashes.slice(0, slashes.length / 2)
      if (slashes.length % 2 === 1) word += '"'
      else quoted = !quoted
    } else if (!quoted && (next === ' ' || next === '\t' || next === '')) {
      const whole = slashes === '' ? word : (word ?? '') + slashes
      if (whole !== undefined) words.push(whole)
      word = undefined
    } else word = (word ?? '') + slashes + next
  }
  if (quoted) throw new Error(`No closing quotation in string: ${text}`)
  return words
}
