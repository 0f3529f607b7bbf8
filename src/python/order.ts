/** Python's order of strings. */

/** By code point. JavaScript compares UTF-16 units, which puts U+1F600 (D83D DE00) before U+FFFD. */
export function byCodePoint(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  for (let index = 0; index < end; index++) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Surrogates rank above all other units, because they stand for the highest code points. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit)
