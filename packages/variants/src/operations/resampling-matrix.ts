/** How a row of pixels is resampled: zeros between pixels, a border, a filter, and every few pixels of what comes out. */
export interface Resampling {
  /** Times as many pixels, by zeros behind each; 1 by default. */
  readonly up?: number
  /** One of so many pixels stays; 1 by default. */
  readonly down?: number
  /** Zeros before and behind, after the zeros between; negative ones cut. None by default. */
  readonly padding?: readonly [before: number, after: number]
  /** Factor of every number; 1 by default. */
  readonly gain?: number
}

/** The filter of Karras et al. 2019 (section 2: blur), whose taps sum to 1. */
export const BLUR: readonly number[] = [1 / 8, 3 / 8, 3 / 8, 1 / 8]

/** Number of pixels that {@link resamplingMatrix} makes of `length`. */
export function resampledLength(length: number, taps: number, resampling: Resampling): number {
  const { up = 1, down = 1, padding = [0, 0] } = resampling
  return Math.floor((length * up + padding[0] + padding[1] - taps) / down) + 1
}

/**
 * Resampling of a row of pixels as a product with a matrix [resampled, length], row by row: convolved with the filter, as `upfirdn` of
 * signal processing has it (Karras et al. 2020, Training GANs with Limited Data, appendix C.2).
 */
export function resamplingMatrix(length: number, filter: readonly number[], resampling: Resampling): Float32Array {
  const { up = 1, down = 1, padding = [0, 0], gain = 1 } = resampling
  const rows = resampledLength(length, filter.length, resampling)
  const matrix = new Float32Array(rows * length)
  for (let row = 0; row < rows; row++) {
    for (const [tap, weight] of filter.toReversed().entries()) {
      const place = (row * down + tap - padding[0]) / up
      if (Number.isInteger(place) && place >= 0 && place < length) matrix[row * length + place]! += weight * gain
    }
  }
  return matrix
}
