import { meanAbsoluteError } from '../../perceptual/pixel-distances.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { imagesAlone } from '../views/image.ts'
import { meanOfPairs } from './mean-of-pairs.ts'

export const l1: MetricDefinition = {
  name: 'l1',
  description: 'mean absolute difference of images and what they should be, of a range of 1',
  needs: ['pairs'],
  ofBaselines: true,
  compute: (request) =>
    meanOfPairs(
      request,
      { name: 'l1', better: 'lower', convention: 'share of the range', extraction: imagesAlone.protocol },
      meanAbsoluteError,
    ),
}
