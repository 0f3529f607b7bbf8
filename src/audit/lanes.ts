/** Runs work concurrently, in a few lanes. */

/**
 * The result of `work` for each item, in the order of the items. A lane processes one item after the other; after a failure no lane begins
 * another item.
 *
 * @throws the first error of `work`
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
