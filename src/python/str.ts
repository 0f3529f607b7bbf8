/** Python's definitions of white space and line ends, which differ from JavaScript's. */

/** The characters of `str.isspace()` and `\s` (Unicode 14): with the separators FS to US and NEL, without JavaScript's U+FEFF. */
export const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

/** The line ends of `str.splitlines()`, besides CR LF. */
const LINE_ENDS = '\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029'

const LEADING = new RegExp(`^[${SPACE}]+`)
const BLANK = new RegExp(`[${SPACE}]`)
const LINE_END = new RegExp(`\r\n|[${LINE_ENDS}]`)

export const lstrip = (text: string): string => text.replace(LEADING, '')

/** Scans backwards: a pattern that ends in `$` would scan all following blanks from each blank. */
export function rstrip(text: string): string {
  let end = text.length
  while (end > 0 && BLANK.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

export const strip = (text: string): string => lstrip(rstrip(text))

/** Decimal digits of all scripts (Unicode category Nd) as ASCII digits, as `int`, `float` and `\d` read them: `２` and `٢` are `2`. */
export const asciiDigits = (text: string): string =>
  isAscii(text) ? text : text.replace(/\p{Nd}/gu, digit => String(digitValue(digit.codePointAt(0) ?? 0)))

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)

/** The digits of a script are consecutive from 0 to 9, and a 0 follows another script's 9 or no digit. */
function digitValue(codePoint: number): number {
  let zero = codePoint
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--
  return (codePoint - zero) % 10
}

/** `str.splitlines()`: a final line end does not start another line. */
export function splitlines(text: string): string[] {
  const lines = text.split(LINE_END)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
