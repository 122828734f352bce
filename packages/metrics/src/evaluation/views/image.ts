import { QUANTISATION } from '../../extractors/session-extractor.ts'
import type { EvaluationRequest } from '../evaluated-samples.ts'
import type { View } from './view.ts'

/** Nobody looks at the images but the metric. */
export const imagesAlone: EvaluationRequest['extractor'] = {
  name: 'none',
  frechetName: 'none',
  protocol: { extractor: 'none', weights: 'none', resizer: 'none', quantisation: QUANTISATION },
}

/**
 * Images are scored by the features that an extractor sees in them, by its classes, as they are, and by what they should be
 * where that is known.
 */
export const image: View = {
  modality: 'image',
  metrics: ['psnr', 'ssim', 'l1', 'lpips', 'cycle', 'fid', 'is', 'kid', 'prdc', 'label-accuracy'],
  offers: ({ features, realSamples, logits, labels, pairs, cycle, paths }) => [
    'images',
    ...(features ? ['features'] : []),
    ...(features && realSamples ? ['real features'] : []),
    ...(logits ? ['logits', 'modes'] : []),
    ...(labels ? ['labels'] : []),
    ...(pairs ? ['pairs'] : []),
    ...(pairs || paths ? ['perceptual distance'] : []),
    ...(cycle ? ['cycle'] : []),
    ...(paths ? ['paths'] : []),
  ],
}
