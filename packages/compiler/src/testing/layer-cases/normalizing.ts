import { layers as make } from '@tensorflow/tfjs-layers'
import { image, type LayerRow, one, sequence } from './layer-case.ts'

export const normalizing: readonly LayerRow[] = [
  {
    names: ['batchNormalization'],
    cases: [
      one('last axis', image, () => make.batchNormalization()),
      one('without centre and scale', image, () =>
        make.batchNormalization({ center: false, scale: false, epsilon: 0.01 }),
      ),
      one('vectors', [[5]], () => make.batchNormalization()),
    ],
    note: 'with its moving statistics; of any axis',
  },
  {
    names: ['layerNormalization'],
    cases: [
      one('last axis', sequence, () => make.layerNormalization()),
      one('two axes', image, () => make.layerNormalization({ axis: [1, 2], epsilon: 0.01 })),
      one('without centre and scale', sequence, () => make.layerNormalization({ center: false, scale: false })),
    ],
  },
]
