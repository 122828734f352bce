import { ConfigurationError } from '@gantry/core'

/** A stretch of an axis, and how much each place of it counts beside those that it shares with its neighbours. */
export interface Stretch {
  readonly start: number
  readonly length: number
}

/**
 * Tiles of one length along an axis, each sharing `overlap` places with the next at the least; the last ends where the axis does. An
 * axis that is no longer than a tile is one.
 *
 * @throws ConfigurationError `TILE_INVALID` for tiles that would not get on
 */
export function stretchesOf(axis: number, tile: number, overlap: number): Stretch[] {
  if (tile < 1 || 2 * overlap >= tile) {
    throw new ConfigurationError({
      code: 'TILE_INVALID',
      message: `Tiles of ${tile} pixels cannot share ${overlap} with the next on either side.`,
      fix: `Give tiles of more than ${2 * overlap} pixels, or a smaller overlap.`,
    })
  }
  if (axis <= tile) return [{ start: 0, length: axis }]
  const count = Math.ceil((axis - overlap) / (tile - overlap))
  return Array.from({ length: count }, (_, index) => ({
    start: Math.min(index * (tile - overlap), axis - tile),
    length: tile,
  }))
}

/**
 * Weights of the places of every stretch, which fall towards what it shares with its neighbours, and are 1 together at every place.
 *
 * @param stretches in order, without a gap
 */
export function blendWeights(stretches: readonly Stretch[]): Float64Array[] {
  const last = stretches.at(-1)!
  const sums = new Float64Array(last.start + last.length)
  const weights = stretches.map(({ start, length }, index) => {
    const before = stretches[index - 1]
    const after = stretches[index + 1]
    const rising = before === undefined ? 0 : before.start + before.length - start
    const falling = after === undefined ? 0 : start + length - after.start
    const own = Float64Array.from({ length }, (_, place) =>
      Math.min(1, (place + 0.5) / rising, (length - place - 0.5) / falling),
    )
    for (const [place, weight] of own.entries()) sums[start + place]! += weight
    return own
  })
  return weights.map((own, index) => own.map((weight, place) => weight / sums[stretches[index]!.start + place]!))
}
