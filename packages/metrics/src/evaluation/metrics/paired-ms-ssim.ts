import { msSsim } from '../../perceptual/ms-ssim.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { imagesAlone } from '../views/image.ts'
import { meanOfPairs } from './mean-of-pairs.ts'

/** Not `ms-ssim`, which compares generated images with each other, and is better where it is lower. */
export const pairedMsSsim: MetricDefinition = {
  name: 'paired-ms-ssim',
  description: 'similarity of images and what they should be, at five scales',
  needs: ['pairs'],
  ofBaselines: true,
  compute: (request) =>
    meanOfPairs(
      request,
      {
        name: 'paired-ms-ssim',
        better: 'higher',
        convention: 'Wang et al., below 161 pixels a smaller window',
        extraction: imagesAlone.protocol,
      },
      (generated, real) => msSsim(generated, real),
    ),
}
