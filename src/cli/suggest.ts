/** "Maybe you meant": Python's `difflib.get_close_matches` (3.11), for words too short for its junk heuristics. */

/** As aws-cli calls it: words that are alike by at least this much, the most alike first. It names three. */
const CUTOFF = 0.8

export const closeMatches = (word: string, candidates: readonly string[]): readonly string[] =>
  candidates
    .filter(candidate => [lengths, letters].every(bound => likeness(bound(candidate, word), candidate, word) >= CUTOFF))
    .map(candidate => ({ candidate, ratio: likeness(matches(candidate, word), candidate, word) }))
    .filter(({ ratio }) => ratio >= CUTOFF)
    .sort((one, other) => other.ratio - one.ratio || (other.candidate < one.candidate ? -1 : 1))
    .map(({ candidate }) => candidate)

/** `SequenceMatcher(None, a, b).ratio()`, of so many characters that match. */
const likeness = (matching: number, a: string, b: string): number =>
  a.length + b.length === 0 ? 1 : (2 * matching) / (a.length + b.length)

/** At most as many can match as the shorter has (`real_quick_ratio`). */
const lengths = (a: string, b: string): number => Math.min(a.length, b.length)

/** At most as many can match as the two have in common, in whatever order (`quick_ratio`). */
function letters(a: string, b: string): number {
  const left = Array.from(b)
  for (const letter of a) {
    const at = left.indexOf(letter)
    if (at !== -1) left.splice(at, 1)
  }
  return b.length - left.length
}

/**
 * Characters in the longest block the two have in common, and in those to its left and to its right. Not symmetrical, where several longest
 * blocks are to choose from.
 */
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
