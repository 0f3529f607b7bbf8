/** Which member of a reply a misspelt name stands for. */

import { isList, isMembers, type Members } from '../jmespath/items.ts'

/** A name that scores less is not like another. */
const ALIKE = 0.5
/** What a part of a name scores. */
const PART = 0.8

/** The path from `members` to what `name` was most likely meant to be, at any depth; undefined where nothing is like it. */
export function nearest(name: string, members: Members): string | undefined {
  let best: { readonly path: string | undefined; readonly score: number } = { path: undefined, score: ALIKE }
  for (const [path, member] of pathsBelow(members)) {
    const score = similarity(name.toLowerCase(), member.toLowerCase())
    if (score > best.score) best = { path, score }
  }
  return best.path
}

/** Every path below `members` with the member it leads to: near ones first. */
function pathsBelow(members: Members): (readonly [path: string, member: string])[] {
  const here = Array.from(members.keys(), name => [name, name] as const)
  const below = Array.from(members, ([name, value]) => {
    const [path, inner] = isList(value) ? [`${name}[]`, value[0] ?? null] : [name, value]
    return isMembers(inner) ? pathsBelow(inner).map(([rest, member]) => [`${path}.${rest}`, member] as const) : []
  })
  return [...here, ...below.flat()]
}

/** From 0 to 1: how much of both names is their longest common subsequence; high as well where a part of the name was typed. */
function similarity(typed: string, member: string): number {
  const shared = (2 * commonLength(typed, member)) / (typed.length + member.length)
  return typed.length > 1 && member.includes(typed) ? Math.max(shared, PART) : shared
}

function commonLength(a: string, b: string): number {
  let row = new Array<number>(b.length + 1).fill(0)
  for (const letter of a.split('')) {
    const above = row
    row = [0]
    for (let at = 0; at < b.length; at++) {
      row.push(b[at] === letter ? (above[at] ?? 0) + 1 : Math.max(row[at] ?? 0, above[at + 1] ?? 0))
    }
  }
  return row[b.length] ?? 0
}
