import { layers as make } from '@tensorflow/tfjs-layers'
import { each, formats, image, type LayerRow, one, paddings, sequence } from './layer-case.ts'

export const pooling: readonly LayerRow[] = [
  ...(['averagePooling1d', 'maxPooling1d'] as const).map(
    (name): LayerRow => ({
      names: name === 'maxPooling1d' ? [name, 'maxPool1d'] : [name, 'avgPool1d', 'avgPooling1d'],
      cases: paddings.flatMap((padding) =>
        each([1, 2], (strides) =>
          one(`${padding}, strides ${strides}`, [[9, 3]], () => make[name]({ poolSize: 3, strides, padding })),
        ),
      ),
    }),
  ),
  ...(['averagePooling2d', 'maxPooling2d'] as const).map(
    (name): LayerRow => ({
      names: name === 'maxPooling2d' ? [name, 'maxPool2d'] : [name, 'avgPool2d', 'avgPooling2d'],
      cases: [
        ...paddings.flatMap((padding) =>
          each([1, 2] as const, (strides) =>
            one(`${padding}, strides ${strides}`, image, () =>
              make[name]({ poolSize: [3, 2], strides: [strides, strides], padding }),
            ),
          ),
        ),
        one('channels first', image, () => make[name]({ poolSize: 2, strides: 2, dataFormat: 'channelsFirst' })),
      ],
    }),
  ),
  ...(['averagePooling3d', 'maxPooling3d'] as const).map(
    (name): LayerRow => ({
      names: name === 'maxPooling3d' ? [name] : [name, 'avgPool3d', 'avgPooling3d'],
      cases: each(paddings, (padding) =>
        one(padding, [[5, 6, 4, 2]], () => make[name]({ poolSize: [2, 3, 2], strides: [1, 2, 2], padding })),
      ),
    }),
  ),
  { names: ['globalAveragePooling1d'], cases: [one('sequences', sequence, () => make.globalAveragePooling1d())] },
  {
    names: ['globalAveragePooling2d'],
    cases: each(formats, (dataFormat) => one(dataFormat, image, () => make.globalAveragePooling2d({ dataFormat }))),
  },
  {
    names: ['globalMaxPooling1d', 'globalMaxPool1d'],
    cases: [one('sequences', sequence, () => make.globalMaxPooling1d())],
  },
  {
    names: ['globalMaxPooling2d', 'globalMaxPool2d'],
    cases: each(formats, (dataFormat) => one(dataFormat, image, () => make.globalMaxPooling2d({ dataFormat }))),
  },
]
