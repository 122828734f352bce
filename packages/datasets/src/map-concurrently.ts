/**
 * Maps items with at most `limit` calls under way; the results are in the order of the items.
 *
 * @throws the signal's reason once it is aborted, and the first error of `map`; nothing new is started after either.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  map: (item: Item) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results = new Array<Result>(items.length)
  const queue = each(items)
  const work = async () => {
    // The workers share one generator: a loop that is left by an error closes it for all.
    for (const [index, item] of queue) {
      signal?.throwIfAborted()
      results[index] = await map(item)
    }
  }
  await Promise.all(Array.from({ length: limit }, work))
  return results
}

function* each<Item>(items: readonly Item[]): Generator<[number, Item]> {
  yield* items.entries()
}
