import { layers as make } from '@tensorflow/tfjs-layers'
import { each, type LayerRow, one, pair } from './layer-case.ts'

export const merging: readonly LayerRow[] = [
  ...(['add', 'average', 'maximum', 'minimum', 'multiply'] as const).map(
    (name): LayerRow => ({
      names: [name],
      cases: [
        one('two inputs', pair, () => make[name]()),
        one(
          'three inputs of different ranks',
          [
            [5, 4],
            [5, 4],
            [5, 1],
          ],
          () => make[name](),
        ),
      ],
    }),
  ),
  {
    names: ['concatenate'],
    cases: each([1, 2, -1], (axis) => one(`axis ${axis}`, pair, () => make.concatenate({ axis }))),
  },
  {
    names: ['dot'],
    cases: [
      one('vectors', [[5], [5]], () => make.dot({ axes: 1 })),
      one('matrices', pair, () => make.dot({ axes: [1, 1] })),
      one('normalized', [[5], [5]], () => make.dot({ axes: -1, normalize: true })),
    ],
  },
]
