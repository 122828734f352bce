import type { Plane } from './canny.ts'

/**
 * How steep a picture is at each pixel, by Sobel's operators; 0 where it is steeper beside it, up or down the slope, and where it is less
 * steep than the threshold.
 */
export function thinnedSlopes(plane: Plane, threshold: number): Plane {
  const { width, height } = plane
  const { right, down, steepness } = slopesOf(plane)
  const thinned = new Float64Array(steepness.length)
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x
      const slope = steepness[at]!
      if (slope === 0 || slope < threshold) continue
      const sideways = right[at]!
      const downwards = down[at]!
      const across = sideways < 0 ? -1 : 1
      const along = downwards < 0 ? -width : width
      // A step up the slope ends between a neighbour on an axis and one on the diagonal.
      const isSteep = Math.abs(downwards) > Math.abs(sideways)
      const axis = isSteep ? along : across
      const share = isSteep ? Math.abs(sideways / downwards) : Math.abs(downwards / sideways)
      const above = steepness[at + across + along]! * share + steepness[at + axis]! * (1 - share)
      const below = steepness[at - across - along]! * share + steepness[at - axis]! * (1 - share)
      if (above <= slope && below <= slope) thinned[at] = slope
    }
  }
  return { ...plane, values: thinned }
}

/** Sobel's operators, with the border repeated beyond it. */
function slopesOf({ values, width, height }: Plane) {
  const right = new Float64Array(values.length)
  const down = new Float64Array(values.length)
  const steepness = new Float64Array(values.length)
  for (let y = 0; y < height; y++) {
    const row = y * width
    const above = Math.max(0, y - 1) * width
    const below = Math.min(height - 1, y + 1) * width
    for (let x = 0; x < width; x++) {
      const before = Math.max(0, x - 1)
      const after = Math.min(width - 1, x + 1)
      const falling = values[below + after]! - values[above + before]!
      const rising = values[above + after]! - values[below + before]!
      const dx = falling + rising + 2 * (values[row + after]! - values[row + before]!)
      const dy = falling - rising + 2 * (values[below + x]! - values[above + x]!)
      right[row + x] = dx
      down[row + x] = dy
      steepness[row + x] = Math.sqrt(dx * dx + dy * dy)
    }
  }
  return { right, down, steepness }
}
