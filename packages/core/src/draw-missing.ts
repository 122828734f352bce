import type { DrawFeed } from './backend.ts'
import type { Ports } from './field.ts'
import type { Feed } from './model.ts'
import { lengthOf, namedLengths } from './named-lengths.ts'
import type { NDArray } from './ndarray.ts'

type Feeds = Readonly<Record<string, NDArray>>

/** The feeds of a phase, with random ones that are missing drawn; without `draw`, as they are. */
export function drawMissing(
  specs: Readonly<Record<string, Feed>>,
  feeds: Feeds,
  draw: DrawFeed | undefined,
): Record<string, NDArray> {
  const all = { ...feeds }
  if (draw === undefined) return all
  for (const [name, feed] of Object.entries(specs)) {
    if (feed.source.from === 'random' && !(Object.hasOwn(all, name) && all[name] !== undefined))
      all[name] = draw(name, feed)
  }
  return all
}

/**
 * The inputs of a function, with drawn ones that are missing drawn for as many elements as the others have, and of the lengths that
 * those tell; without `draw`, or without any input that tells the batch size, as they are.
 */
export function drawMissingInputs(ports: Ports, inputs: Feeds, draw: DrawFeed | undefined): Record<string, NDArray> {
  const batch = Object.values(inputs)[0]?.shape[0]
  if (batch === undefined) return { ...inputs }
  const told = namedLengths(ports, inputs)
  const drawn = Object.entries(ports).flatMap(([name, { dtype, shape, drawn: distribution }]) => {
    const lengths = shape.map((length) => lengthOf(length, told))
    if (distribution === undefined || !lengths.every((length) => length !== undefined)) return []
    return [[name, { dtype, shape: [batch, ...lengths], source: { from: 'random', distribution } }] as const]
  })
  return drawMissing(Object.fromEntries(drawn), inputs, draw)
}
