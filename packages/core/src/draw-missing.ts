import type { DrawFeed } from './backend.ts'
import type { Feed } from './model.ts'
import type { NDArray } from './ndarray.ts'

/** The feeds, with random ones that are missing drawn; without `draw`, as they are. */
export function drawMissing(
  specs: Readonly<Record<string, Feed>>,
  feeds: Readonly<Record<string, NDArray>>,
  draw: DrawFeed | undefined,
): Record<string, NDArray> {
  const all = { ...feeds }
  if (draw === undefined) return all
  for (const [name, feed] of Object.entries(specs)) {
    if (feed.source.from === 'random' && all[name] === undefined) all[name] = draw(name, feed)
  }
  return all
}
