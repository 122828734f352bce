import { structuralSimilarity } from '../../perceptual/ssim.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { imagesAlone } from '../views/image.ts'
import { meanOfPairs } from './mean-of-pairs.ts'

export const ssim: MetricDefinition = {
  name: 'ssim',
  description: 'structural similarity of images and what they should be',
  needs: ['pairs'],
  ofBaselines: true,
  compute: (request) =>
    meanOfPairs(
      request,
      { name: 'ssim', better: 'higher', convention: 'Wang et al., Gaussian 11×11', extraction: imagesAlone.protocol },
      structuralSimilarity,
    ),
}
