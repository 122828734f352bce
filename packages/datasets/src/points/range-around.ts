/**
 * What the axes of a plot show of these coordinates: a square around all of them, symmetric about 0, with a margin of a quarter.
 */
export function rangeAround(coordinates: Iterable<number>): readonly [number, number] {
  let extent = 0
  for (const value of coordinates) extent = Math.max(extent, Math.abs(value))
  const limit = (extent || 1) * 1.25
  return [-limit, limit]
}
