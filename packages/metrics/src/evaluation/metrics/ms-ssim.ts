import { rowsOf } from '@gantry/core'
import { msSsim as similarityOf } from '../../perceptual/ms-ssim.ts'
import { reporter } from '../../work.ts'
import { intervalOptions } from '../interval-options.ts'
import { meanInterval } from '../intervals.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { imagesAlone } from '../views/image.ts'

/** Mean similarity of pairs of generated images: the first with the second, and so on. */
export const msSsim: MetricDefinition = {
  name: 'ms-ssim',
  description: 'similarity of generated images to each other',
  needs: ['images'],
  async compute(request) {
    const images = request.generated.images!
    const pairs = Math.floor(images.shape[0]! / 2)
    const values = new Float64Array(pairs)
    const report = reporter(request, pairs, 'MS-SSIM pairs')
    for (let pair = 0; pair < pairs; pair++) {
      values[pair] = similarityOf(rowsOf(images, 2 * pair, 1), rowsOf(images, 2 * pair + 1, 1))[0]!
      await report(pair + 1)
    }
    const value = values.reduce((sum, each) => sum + each, 0) / pairs
    const options = intervalOptions(request)
    const interval = options.resamples > 0 ? await meanInterval(values, options) : undefined
    const counts = { realCount: 0, generatedCount: 2 * pairs }
    const convention = 'ProGAN, pairs of neighbours'
    const extraction = imagesAlone.protocol
    return {
      values: [
        { name: 'ms-ssim', value, better: 'lower', convention, counts, extraction, ...(interval && { interval }) },
      ],
      warnings: [],
    }
  },
}
