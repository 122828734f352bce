/** Place of a pixel that lies outside, mirrored at the border, which is itself not repeated. */
export function mirrored(place: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const within = ((place % period) + period) % period
  return within < length ? within : period - within
}
