/** "Maybe you meant": Python's `difflib.get_close_matches` (3.11), for words too short for its junk heuristics. */

/** As aws-cli calls it: at most three words that are alike by at least this much, the most alike first. */
const CUTOFF = 0.8
const AT_MOST = 3

export const closeMatches = (word: string, candidates: readonly string[]): readonly string[] =>
  candidates
    .map(candidate => ({ candidate, likeness: ratio(candidate, word) }))
    .filter(({ likeness }) => likeness >= CUTOFF)
    .sort((one, other) => other.likeness - one.likeness || (other.candidate < one.candidate ? -1 : 1))
    .slice(0, AT_MOST)
    .map(({ candidate }) => candidate)

/** `SequenceMatcher(None, a, b).ratio()`: not symmetrical, where several longest blocks are to choose from. */
const ratio = (a: string, b: string): number => (a.length + b.length === 0 ? 1 : (2 * matches(a, b)) / (a.length + b.length))

/** Characters in the longest block the two have in common, and in those to its left and to its right. */
function matches(a: string, b: string): number {
  const { size, atA, atB } = longestBlock(a, b)
  if (size === 0) return 0
  return size + matches(a.slice(0, atA), b.slice(0, atB)) + matches(a.slice(atA + size), b.slice(atB + size))
}

/** Of several the one that starts first in `a`, then first in `b`. */
function longestBlock(a: string, b: string): { readonly size: number; readonly atA: number; readonly atB: number } {
  let best = { size: 0, atA: 0, atB: 0 }
  for (let atA = 0; atA < a.length; atA++) {
    for (let atB = 0; atB < b.length; atB++) {
      let size = 0
      while (atA + size < a.length && a[atA + size] === b[atB + size]) size++
      if (size > best.size) best = { size, atA, atB }
    }
  }
  return best
}
