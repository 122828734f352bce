import { ShapeError } from '@gantry/core'
import type { ImageBatch } from '../features.ts'
import { checkImagePairs } from './image-pairs.ts'
import { type LocalSimilarity, localSimilarity } from './local-similarity.ts'
import { gaussianWindow, halve, type Plane, planeOf } from './plane.ts'

// Multi-scale structural similarity: Wang, Simoncelli, Bovik, Multi-scale structural similarity for image quality
// assessment, Asilomar 2003, equation 7:  MS-SSIM = l_M^α_M · Π_j (c_j s_j)^β_j  with five scales, K₁ = .01, K₂ = .03.
// Reference: the authors' ssim_mscale_new.m, and tkarras/progressive_growing_of_gans@1c5876cb metrics/ms_ssim.py (after
// TensorFlow's) for small images and for colours, whose similarities are averaged.

const WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
const WINDOW = 11
const DEVIATION = 1.5

export interface MsSsimOptions {
  /**
   * The window of 11×11 does not fit into images that were halved four times unless their sides have 161 pixels or more.
   * `shrink-window` (default, ProGAN's and TensorFlow's way) then takes a smaller window with its Gaussian in proportion;
   * `refuse` is the paper's definition.
   */
  readonly smallImages?: 'shrink-window' | 'refuse'
}

/**
 * Similarity of each image of one batch with the image at its place in the other: 1 for equal images, 0 where a scale has
 * no positive structure in common (negative similarities count as 0).
 *
 * @throws ShapeError `IMAGES_DIFFER` for batches of different shapes, `IMAGES_UNSUITABLE` for images that are too small
 *
 * @example
 * ```ts
 * const [similarity] = msSsim(left, right)
 * ```
 */
export function msSsim(
  left: ImageBatch,
  right: ImageBatch,
  { smallImages = 'shrink-window' }: MsSsimOptions = {},
): Float64Array {
  checkImagePairs('MS-SSIM', left, right)
  const [count, height, width, channels] = left.shape as [number, number, number, number]
  const smallest = WEIGHTS.slice(1).reduce((side) => Math.ceil(side / 2), Math.min(height, width))
  if (smallImages === 'refuse' && smallest < WINDOW) {
    throw new ShapeError({
      code: 'IMAGES_UNSUITABLE',
      message: `MS-SSIM as published needs sides of 161 pixels or more but these images are ${height}×${width}.`,
      fix: "Take smallImages: 'shrink-window' (ProGAN's convention), and compare only with numbers of the same.",
    })
  }
  return Float64Array.from({ length: count }, (_, index) => {
    const planes = Array.from({ length: channels }, (_, channel): [Plane, Plane] => [
      planeOf(left, index, channel),
      planeOf(right, index, channel),
    ])
    return similarity(planes)
  })
}

/** Similarity of two images, given channel by channel. */
function similarity(channels: readonly (readonly [Plane, Plane])[]): number {
  let pairs = channels
  let product = 1
  for (const [scale, weight] of WEIGHTS.entries()) {
    if (scale > 0) pairs = pairs.map(([left, right]) => [halve(left), halve(right)] as const)
    const compared = pairs.map(([left, right]) => compare(left, right))
    const term = scale === WEIGHTS.length - 1 ? 'similarity' : 'contrast'
    const mean = compared.reduce((sum, each) => sum + each[term], 0) / pairs.length
    product *= Math.max(mean, 0) ** weight
  }
  return product
}

/** With local statistics under a Gaussian window. */
function compare(left: Plane, right: Plane): LocalSimilarity {
  const size = Math.min(WINDOW, left.height, left.width)
  return localSimilarity(left, right, gaussianWindow(size, (size * DEVIATION) / WINDOW))
}
