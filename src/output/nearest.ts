/** The member of a reply that a misspelt name in a query stands for. */

import { isList, isMembers, type Members } from '../jmespath/items.ts'
import { ratioAbove } from '../python/difflib.ts'

/** The least similarity worth a suggestion. */
const LEAST = 0.5
/** The similarity of a name to one that it is a part of. */
const PART = 0.8

/** The path from `members` to the member that is most like `name`, at any depth; undefined if none is like it. */
export function nearest(name: string, members: Members): string | undefined {
  let best: { readonly path: string | undefined; readonly score: number } = { path: undefined, score: LEAST }
  for (const [path, member] of pathsBelow(members)) {
    const score = similarity(name.toLowerCase(), member.toLowerCase())
    if (score > best.score) best = { path, score }
  }
  return best.path
}

/** Every path below `members` with the member it leads to, the shortest paths first. */
function pathsBelow(members: Members): (readonly [path: string, member: string])[] {
  const here = Array.from(members.keys(), name => [name, name] as const)
  const below = Array.from(members, ([name, value]) => {
    const [path, inner] = isList(value) ? [`${name}[]`, value[0] ?? null] : [name, value]
    return isMembers(inner) ? pathsBelow(inner).map(([rest, member]) => [`${path}.${rest}`, member] as const) : []
  })
  return [...here, ...below.flat()]
}

function similarity(typed: string, member: string): number {
  const ratio = ratioAbove(LEAST, typed, member)
  return typed.length > 1 && member.includes(typed) ? Math.max(ratio, PART) : ratio
}
