import type { View } from './view.ts'

/** Images are scored by the features that an extractor sees in them, by its classes, and as they are. */
export const image: View = {
  modality: 'image',
  metrics: ['fid', 'is', 'kid', 'prdc', 'label-accuracy'],
  offers: ({ realSamples, logits, labels }) => [
    'images',
    ...(realSamples ? ['real features'] : []),
    ...(logits ? ['logits', 'modes'] : []),
    ...(labels ? ['labels'] : []),
  ],
}
