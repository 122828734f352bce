import { counted, sizeOfShape } from '@gantry/core'
import { peakSignalToNoise, signalToNoise } from '../../perceptual/pixel-distances.ts'
import type { MetricDefinition } from '../metric-definition.ts'
import { imagesAlone } from '../views/image.ts'
import { meanOfPairs } from './mean-of-pairs.ts'

export const psnr: MetricDefinition = {
  name: 'psnr',
  description: 'peak signal-to-noise ratio of images and what they should be, in decibels',
  needs: ['pairs'],
  ofBaselines: true,
  async compute(request) {
    const [, ...image] = request.generated.images!.shape
    // One image without any error would make every mean infinite.
    const most = signalToNoise(1 / sizeOfShape(image))
    let equal = 0
    const outcome = await meanOfPairs(
      request,
      {
        ...({ name: 'psnr', better: 'higher', convention: 'dB, all channels, mean over images' } as const),
        extraction: imagesAlone.protocol,
      },
      (generated, real) =>
        peakSignalToNoise(generated, real).map((decibels) => {
          if (decibels === Number.POSITIVE_INFINITY) equal++
          return Math.min(decibels, most)
        }),
    )
    if (equal === 0) return outcome
    const warning = `${counted(equal, 'image')} ${equal === 1 ? 'is' : 'are'} equal to what ${equal === 1 ? 'it' : 'they'} should be, and ${equal === 1 ? 'counts' : 'count'} ${most.toFixed(1)} dB, as if one number were off by one.`
    return { ...outcome, warnings: [warning] }
  },
}
