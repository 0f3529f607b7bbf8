/**
 * Renders a list whose pages come one by one: text and yaml-stream print each page at once, the other formats print the whole list (awscli/formatter.py,
 * 2.36.7). JSON without a query is kept as text, which takes a fraction of the memory of the values.
 */

import { dumps } from '../python/json.ts'
import { type Dict, isList, type Value } from '../python/value.ts'
import type { Format } from './render.ts'

type Render = (data: Dict) => string

export interface PagesRenderer {
  /** What to print of the page now. */
  page(page: Dict): string
  /** What to print after the last page, piece by piece. `nextToken` is where the list continues. */
  end(nextToken: string | undefined): Iterable<string>
}

/** @param results the member of a page that holds its results */
export function pagesRenderer(format: Format, results: string, render: Render, isQueried: boolean): PagesRenderer {
  if (format === 'text') return textPages(results, render)
  if (format === 'yaml-stream') return { page: render, end: () => [] }
  if (format === 'off') return { page: () => '', end: () => [] }
  return format === 'json' && !isQueried ? jsonPages(results, render) : wholeList(results, render)
}

/** The same, all of it at the end: a pager is started once. */
export function inOnePiece({ page, end }: PagesRenderer): PagesRenderer {
  const pieces: string[] = []
  return {
    page(next) {
      pieces.push(page(next))
      return ''
    },
    end: nextToken => [[...pieces, ...end(nextToken)].join('')],
  }
}

const textPages = (results: string, render: Render): PagesRenderer => ({
  page: page => render(new Map([[results, page.get(results) ?? null]])),
  end: NextToken => (NextToken === undefined ? [] : [render(new Map([['NextToken', new Map([['NextToken', NextToken]])]]))]),
})

function wholeList(results: string, render: Render): PagesRenderer {
  const lists: (readonly Value[])[] = []
  return {
    page(page) {
      const list = page.get(results)
      // A copy: a long text in it is a part of the reply, and would keep all of the reply in memory.
      if (isList(list)) lists.push(structuredClone(list))
      return ''
    },
    end: NextToken => [
      render(
        new Map<string, Value>([
          ...(lists.length > 0 ? [[results, lists.flat()] as const] : []),
          ...(NextToken === undefined ? [] : [['NextToken', NextToken] as const]),
        ]),
      ),
    ],
  }
}

function jsonPages(results: string, render: Render): PagesRenderer {
  const name = dumps(results, { ensureAscii: false })
  const [start, end] = [`{\n    ${name}: [`, '\n    ]\n}\n']
  // Buffers are outside of V8's heap, which would grow to twice what it keeps.
  const items: Buffer[] = []
  let isThere = false
  return {
    page(page) {
      const list = page.get(results)
      isThere ||= isList(list)
      if (isList(list) && list.length > 0) items.push(Buffer.from(render(new Map([[results, list]])).slice(start.length, -end.length)))
      return ''
    },
    *end(NextToken) {
      if (!isThere && NextToken === undefined) return
      yield '{\n    '
      if (isThere) {
        yield `${name}: [`
        for (const [index, text] of items.entries()) yield `${index === 0 ? '' : ','}${text}`
        yield `${items.length > 0 ? '\n    ' : ''}]`
      }
      if (NextToken !== undefined) yield `${isThere ? ',\n    ' : ''}"NextToken": ${dumps(NextToken, { ensureAscii: false })}`
      yield '\n}\n'
    },
  }
}
