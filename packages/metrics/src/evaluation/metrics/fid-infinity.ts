import { frechetDistanceInfinity } from '../../metrics/frechet-infinity.ts'
import type { MetricDefinition } from '../metric-definition.ts'

export const fidInfinity: MetricDefinition = {
  name: 'fid-infinity',
  description: 'Fréchet distance without the bias of few samples',
  needs: ['real features'],
  async compute({ real, generated, extractor, seed, progress, signal }) {
    const { value, warnings } = await frechetDistanceInfinity(real.features!, generated.features!, {
      seed,
      progress,
      signal,
    })
    const name = `${extractor.frechetName}-infinity`
    return { values: [{ name, value, better: 'lower', convention: 'Chong and Forsyth, 15 sizes' }], warnings }
  },
}
