/** Python's `shlex.split` (3.11, POSIX rules, no comments): how aws-cli takes section names and command lines apart. */

const piece = /([ \t\r\n]+)|'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^ \t\r\n'"\\]+)/sy
const endsInsideEscape = /^(?:"(?:\\.|[^"\\])*)?\\$/s

/** The words of `text`. Throws an Error with Python's sentence where a quotation or an escape is not finished. */
export function split(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  piece.lastIndex = 0
  while (piece.lastIndex < text.length) {
    const from = piece.lastIndex
    const match = piece.exec(text)
    if (match === null) throw new Error(endsInsideEscape.test(text.slice(from)) ? 'No escaped character' : 'No closing quotation')
    const [, space, single, double, escaped, plain] = match
    if (space === undefined) {
      // Between double quotes a backslash escapes only itself and the quote; elsewhere it stays.
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped ?? plain)
    } else if (word !== undefined) {
      words.push(word)
      word = undefined
    }
  }
  if (word !== undefined) words.push(word)
  return words
}
