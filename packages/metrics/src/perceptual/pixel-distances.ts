import type { ImageBatch } from '../features.ts'
import { checkImagePairs } from './image-pairs.ts'

const LEVELS = 255

/**
 * Mean absolute difference of each image of one batch and the image at its place in the other, as a share of the range from black to
 * white: 0 for equal images, 1 at the most.
 *
 * @throws ShapeError `IMAGES_DIFFER`
 */
export function meanAbsoluteError(left: ImageBatch, right: ImageBatch): Float64Array {
  return ofPairs('L1', left, right, (difference) => Math.abs(difference)).map((mean) => mean / LEVELS)
}

/**
 * Peak signal-to-noise ratio, 10·log₁₀(255² / MSE) in decibels, of each image of one batch and the image at its place in the other, over
 * all pixels and channels; infinite for equal images. Reference: scikit-image's `peak_signal_noise_ratio` with `data_range=255`.
 *
 * @throws ShapeError `IMAGES_DIFFER`
 *
 * @example
 * ```ts
 * const [decibels] = peakSignalToNoise(output, truth)
 * ```
 */
export function peakSignalToNoise(left: ImageBatch, right: ImageBatch): Float64Array {
  return ofPairs('PSNR', left, right, (difference) => difference * difference).map(signalToNoise)
}

/** Decibels of a mean squared error of levels. */
export function signalToNoise(error: number): number {
  return 10 * Math.log10(LEVELS ** 2 / error)
}

/** Means over the pixels of each pair. */
function ofPairs(
  owner: string,
  left: ImageBatch,
  right: ImageBatch,
  measure: (difference: number) => number,
): Float64Array {
  checkImagePairs(owner, left, right)
  const count = left.shape[0]!
  const length = left.data.length / Math.max(1, count)
  return Float64Array.from({ length: count }, (_, image) => {
    let sum = 0
    for (let at = image * length; at < (image + 1) * length; at++) sum += measure(left.data[at]! - right.data[at]!)
    return sum / length
  })
}
