/** `difflib` of Python 3.11, for words too short for its junk heuristics (under 200 characters). */

/** The candidates most like `word`, the most alike first: `get_close_matches` without its limit. aws-cli's cutoff is 0.8. */
export const closeMatches = (word: string, candidates: readonly string[], cutoff = 0.8): readonly string[] =>
  candidates
    .map(candidate => ({ candidate, ratio: ratioAbove(cutoff, candidate, word) }))
    .filter(({ ratio }) => ratio >= cutoff)
    .sort((one, other) => other.ratio - one.ratio || (other.candidate < one.candidate ? -1 : 1))
    .map(({ candidate }) => candidate)

/** `SequenceMatcher(None, a, b).ratio()`, from 0 to 1; 0 if an upper bound that is cheaper to compute is below the cutoff. */
export function ratioAbove(cutoff: number, a: string, b: string): number {
  if (a.length + b.length === 0) return 1
  const ratio = (matching: number) => (2 * matching) / (a.length + b.length)
  // `real_quick_ratio`: no more characters can match than the shorter word has.
  if (ratio(Math.min(a.length, b.length)) < cutoff || ratio(letterBound(a, b)) < cutoff) return 0
  return ratio(matchingLength(a, b))
}

/** `quick_ratio`: no more characters can match than both words have, in any order. */
function letterBound(a: string, b: string): number {
  const left = b.split('')
  let matching = 0
  for (let index = 0; index < a.length; index++) {
    const at = left.indexOf(a.charAt(index))
    if (at === -1) continue
    left[at] = ''
    matching++
  }
  return matching
}

/**
 * The characters in the longest common block, in the longest one to its left, and so on. Not symmetrical: it depends on which of several
 * longest blocks is chosen.
 */
function matchingLength(a: string, b: string): number {
  const { size, atA, atB } = longestBlock(a, b)
  if (size === 0) return 0
  return size + matchingLength(a.slice(0, atA), b.slice(0, atB)) + matchingLength(a.slice(atA + size), b.slice(atB + size))
}

/** Of several longest blocks, the one that starts first in `a`, then first in `b`. */
function longestBlock(a: string, b: string): { readonly size: number; readonly atA: number; readonly atB: number } {
  let block = ''
  let atA = 0
  for (let start = 0; start + block.length < a.length; start++) {
    for (let size = block.length + 1; start + size <= a.length && b.includes(a.slice(start, start + size)); size++) {
      block = a.slice(start, start + size)
      atA = start
    }
  }
  return { size: block.length, atA, atB: b.indexOf(block) }
}
