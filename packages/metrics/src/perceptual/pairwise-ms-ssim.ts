import { rowsOf, ShapeError } from '@gantry/core'
import type { ImageBatch } from '../features.ts'
import { reporter, type Work } from '../work.ts'
import { type MsSsimOptions, msSsim } from './ms-ssim.ts'

/** How alike the samples of one generator are. */
export interface PairwiseSimilarity {
  /** Less is more diverse; compare with the number of as many real samples. */
  readonly mean: number
  readonly standardDeviation: number
  readonly pairs: number
}

/**
 * Mean MS-SSIM of pairs of generated samples, a score of collapse (Odena et al. 2017; as ProGAN computes it: the first with
 * the second image, the third with the fourth, and so on). Pairs of one class are what the number is meant for: pass the
 * images of one class where there are several.
 *
 * @throws ShapeError `IMAGES_UNSUITABLE` for fewer than two images, and what {@link msSsim} throws
 */
export async function pairwiseMsSsim(
  images: ImageBatch,
  options: MsSsimOptions & Work = {},
): Promise<PairwiseSimilarity> {
  const [count = 0] = images.shape
  const pairs = Math.floor(count / 2)
  if (pairs === 0) {
    throw new ShapeError({
      code: 'IMAGES_UNSUITABLE',
      message: `Pairs need two images or more but there are ${count}.`,
    })
  }
  const values = new Float64Array(pairs)
  const report = reporter(options, pairs, 'pairs')
  for (let pair = 0; pair < pairs; pair++) {
    values[pair] = msSsim(rowsOf(images, 2 * pair, 1), rowsOf(images, 2 * pair + 1, 1), options)[0]!
    await report(pair + 1)
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / pairs
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pairs
  return { mean, standardDeviation: Math.sqrt(variance), pairs }
}
