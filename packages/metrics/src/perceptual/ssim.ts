import { ShapeError } from '@gantry/core'
import type { ImageBatch } from '../features.ts'
import { checkImagePairs } from './image-pairs.ts'
import { localSimilarity } from './local-similarity.ts'
import { gaussianWindow, planeOf } from './plane.ts'

export interface SsimOptions {
  /**
   * `gaussian` (default): the paper's, of 11×11 and σ = 1.5; scikit-image's with `gaussian_weights=True, sigma=1.5,
   * use_sample_covariance=False`. `uniform`: the means over 7×7 with unbiased covariances that scikit-image takes where nothing is said.
   */
  readonly window?: 'gaussian' | 'uniform'
}

const UNIFORM = 7

const windows = {
  gaussian: { window: gaussianWindow(11, 1.5), spread: 1 },
  uniform: { window: new Float64Array(UNIFORM).fill(1 / UNIFORM), spread: UNIFORM ** 2 / (UNIFORM ** 2 - 1) },
}

/**
 * Structural similarity (Wang, Bovik, Sheikh, Simoncelli, Image quality assessment: from error visibility to structural similarity, IEEE
 * TIP 13(4), 2004, equation 13) of each image of one batch with the image at its place in the other: 1 for equal images, negative for
 * opposite ones. Colours are compared by themselves, and averaged. Reference: scikit-image's `structural_similarity` with
 * `data_range=255`.
 *
 * @throws ShapeError `IMAGES_DIFFER` for batches of different shapes, `IMAGES_UNSUITABLE` for images that are smaller than the window
 *
 * @example
 * ```ts
 * const [similarity] = structuralSimilarity(output, truth)
 * ```
 */
export function structuralSimilarity(
  left: ImageBatch,
  right: ImageBatch,
  { window: kind = 'gaussian' }: SsimOptions = {},
): Float64Array {
  checkImagePairs('SSIM', left, right)
  const { window, spread } = windows[kind]
  const [count, height, width, channels] = left.shape as [number, number, number, number]
  if (Math.min(height, width) < window.length) {
    throw new ShapeError({
      code: 'IMAGES_UNSUITABLE',
      message: `SSIM's window of ${window.length}×${window.length} does not fit into images of ${height}×${width}.`,
      fix: 'Leave it out, or compare larger images.',
    })
  }
  return Float64Array.from({ length: count }, (_, image) => {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) {
      const [a, b] = [planeOf(left, image, channel), planeOf(right, image, channel)]
      sum += localSimilarity(a, b, window, spread).similarity
    }
    return sum / channels
  })
}
