import type { MetricDefinition } from '../metric-definition.ts'
import { imagesAlone } from '../views/image.ts'
import { meanOfPairs } from './mean-of-pairs.ts'

/** By the name of the network that looks: only LPIPS's own gives a number called LPIPS. */
export const lpips: MetricDefinition = {
  name: 'lpips',
  description: 'perceptual distance of images and what they should be: LPIPS where its weights are',
  needs: ['pairs', 'perceptual distance'],
  ofBaselines: true,
  compute(request) {
    const { name, weights, compare } = request.perceptual!
    const { backbone, heads } = weights
    return meanOfPairs(
      request,
      {
        name,
        better: 'lower',
        convention: name.startsWith('lpips') ? 'Zhang et al., version 0.1' : "LPIPS's formula, nothing learned",
        extraction: {
          ...imagesAlone.protocol,
          extractor: name,
          weights: heads === 'none' ? backbone : `${backbone}, ${heads}`,
        },
      },
      async (generated, real) => (await compare(generated, real)).distances,
    )
  },
}
