/** Shows a list while its pages are fetched. Nothing depends on it: a list can be had again. */

import { Interrupted, Unwritable } from '../core/errors.ts'
import { type HeldSignals, type Host, isSystemError, type SmallHeap } from '../core/host.ts'
import type { PagedResult } from '../core/paging.ts'
import type { Presentation } from '../output/presentation.ts'
import { isList } from '../python/value.ts'

/** From so many results on memory is watched. All that is needed has been loaded by then. */
const MANY = 100
/** A thousand results leave megabytes behind. Garbage of no more than this many is left for V8 to collect in its own time. */
const RESULTS_TO_KEEP = 1000

/**
 * Ends without an error if the reader has seen enough (`| head`), like aws-cli 2.36.7.
 *
 * @throws Failure if a page cannot be fetched or shown; what came before it may have been shown
 */
export async function showList(
  { pages, results }: PagedResult,
  { renderPages, show }: Presentation,
  signals: HeldSignals,
  host: Pick<Host, 'keepHeapSmall'>,
): Promise<void> {
  let heap: SmallHeap | undefined
  try {
    const list = await renderPages(results)
    const print = async (text: string) => {
      if (text !== '') await show(text, signals.interrupt)
    }
    let last: string | undefined
    let count = 0
    for await (const { page, nextToken } of pages) {
      last = nextToken
      const found = page.get(results)
      count += isList(found) ? found.length : 0
      if (count >= MANY) heap ??= await host.keepHeapSmall()
      await print(list.page(page))
      if (count < RESULTS_TO_KEEP) continue
      count = 0
      heap?.collect()
    }
    for (const text of list.end(last)) await print(text)
  } catch (error) {
    if (signals.received) throw new Interrupted(signals.received)
    if (!isSystemError(error)) throw error
    if (error.code !== 'EPIPE') throw new Unwritable(error.code)
  } finally {
    heap?.release()
  }
  if (signals.received) throw new Interrupted(signals.received)
}
