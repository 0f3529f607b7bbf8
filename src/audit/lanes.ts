/** Work done side by side, in a few lanes. */

/**
 * What `work` makes of each item, in the order of the items. Each lane does one after the other; when one fails the others begin nothing more.
 *
 * @throws what the first failing `work` throws
 */
export async function inLanes<Item, Lane, Result>(
  items: readonly Item[],
  lanes: readonly Lane[],
  work: (item: Item, lane: Lane) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  const queue = items.entries()
  let failed = false
  const drain = async (lane: Lane) => {
    for (const [index, item] of queue) {
      if (failed) return
      results[index] = await work(item, lane)
    }
  }
  await Promise.all(
    lanes.map(lane =>
      drain(lane).catch(error => {
        failed = true
        throw error
      }),
    ),
  )
  return results
}
