import type { MetricDefinition } from '../metric-definition.ts'
import { imagesAlone } from '../views/image.ts'
import { meanWithInterval } from './mean-of-pairs.ts'

/** How far images move for a small step in latent space; by the name of the network that looks, as only LPIPS's own makes it PPL. */
export const ppl: MetricDefinition = {
  name: 'ppl',
  description: 'perceptual path length: how far images move for a small step in latent space; less is smoother',
  needs: ['paths', 'perceptual distance'],
  async compute(request) {
    const lengths = request.generated.more!.paths!
    const { name, weights } = request.perceptual!
    const { backbone, heads } = weights
    const isLpips = name.startsWith('lpips')
    const value = await meanWithInterval(
      Float64Array.from(lengths.data, Number),
      {
        name: isLpips ? `ppl-${name.slice('lpips-'.length)}` : `path-length-${name.replace(/-distance$/, '')}`,
        better: 'lower',
        convention: 'Karras et al. 2019, section 4.1: slerp in Z, anywhere on the path, ε = 1e-4, percentiles 1 to 99',
        counts: { realCount: 0, generatedCount: lengths.shape[0]! },
        extraction: {
          ...imagesAlone.protocol,
          ...{ extractor: name, weights: heads === 'none' ? backbone : `${backbone}, ${heads}`, quantisation: 'none' },
        },
      },
      request,
    )
    return { values: [value], warnings: [] }
  },
}
