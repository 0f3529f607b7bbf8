/**
 * `--output table` of a list whose pages come one by one: one table of all. The list is kept as bytes, outside of V8's heap, and read anew
 * whenever the table asks for it: as values it takes several times the memory, and V8 would go through them after each page.
 */

import { deserialize, serialize } from 'node:v8'
import { isList, type Value } from '../python/value.ts'
import type { PagesRenderer } from './pages.ts'
import type { View } from './render.ts'
import { tableOfList } from './table.ts'

/** So many items are kept together. They are garbage again before V8 moves them out of its young generation. */
const TOGETHER = 100

/** @param results the member of a page that holds its results */
export function tablePages({ dates = data => data, title, color, columns }: Omit<View, 'search' | 'fits'>, results: string): PagesRenderer {
  const kept: Buffer[] = []
  let isThere = false
  const items: Iterable<Value> = {
    *[Symbol.iterator]() {
      for (const some of kept) yield* deserialize(some)
    },
  }
  return {
    page(page) {
      const list = dates(page).get(results)
      if (!isList(list)) return ''
      isThere = true
      for (let at = 0; at < list.length; at += TOGETHER) kept.push(serialize(list.slice(at, at + TOGETHER)))
      return ''
    },
    end: nextToken => (isThere || nextToken !== undefined ? tableOfList(items, results, nextToken, { title, color, columns }) : []),
  }
}
