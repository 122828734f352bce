import type { EvaluationRequest } from '../evaluated-samples.ts'
import type { View } from './view.ts'

/** Points are their own features. */
export const coordinates: EvaluationRequest['extractor'] = {
  name: 'coordinates',
  frechetName: 'coordinates-frechet',
  protocol: { extractor: 'coordinates', weights: 'none', resizer: 'none', quantisation: 'none' },
}

/** Points are scored by their coordinates, and by the modes of their mixture where it is known. */
export const points: View = {
  modality: 'points',
  ownFeatures: coordinates,
  metrics: ['fid', 'swd', 'modes'],
  offers: ({ realSamples, mixture }) => [
    'features',
    ...(realSamples ? ['real features'] : []),
    ...(mixture ? ['modes'] : []),
  ],
}
