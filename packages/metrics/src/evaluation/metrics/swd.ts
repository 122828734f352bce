import { rowsOf } from '@gantry/core'
import { pyramidWasserstein } from '../../wasserstein/pyramid-distance.ts'
import { slicedWasserstein } from '../../wasserstein/sliced-wasserstein.ts'
import type { MetricDefinition } from '../metric-definition.ts'

/** Patches of this many images fill 25 MB a channel. */
const PATCH_IMAGES = 1000

/** Of patches where there are images, else of features. */
export const swd: MetricDefinition = {
  name: 'swd',
  description: 'sliced Wasserstein distance, of the patches of images or of coordinates',
  needs: ['real features'],
  async compute({ real, generated, seed, progress, signal }) {
    if (real.images === undefined || generated.images === undefined) {
      const value = await slicedWasserstein(real.features!, generated.features!, { seed, progress, signal })
      return {
        values: [{ name: 'swd', value, better: 'lower', convention: 'Rabin et al., 512 directions' }],
        warnings: [],
      }
    }
    const counts = {
      realCount: Math.min(PATCH_IMAGES, real.images.shape[0]!),
      generatedCount: Math.min(PATCH_IMAGES, generated.images.shape[0]!),
    }
    const { average } = await pyramidWasserstein(
      rowsOf(real.images, 0, counts.realCount),
      rowsOf(generated.images, 0, counts.generatedCount),
      { seed, progress, signal },
    )
    return {
      values: [{ name: 'patch-swd', value: average, better: 'lower', convention: 'ProGAN, times 1000', counts }],
      warnings: [],
    }
  },
}
