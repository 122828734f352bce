import { layers as make } from '@tensorflow/tfjs-layers'
import { each, image, type LayerRow, one, paddings } from './layer-case.ts'

export const convolutions: readonly LayerRow[] = [
  {
    names: ['conv1d'],
    cases: [
      ...each(paddings, (padding) => one(padding, [[9, 3]], () => make.conv1d({ filters: 4, kernelSize: 3, padding }))),
      one('dilated', [[9, 3]], () => make.conv1d({ filters: 4, kernelSize: 2, dilationRate: 2 })),
      one('strides', [[9, 3]], () =>
        make.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      ),
    ],
  },
  {
    names: ['conv2d'],
    cases: [
      ...paddings.flatMap((padding) =>
        each([1, 2] as const, (strides) =>
          one(`${padding}, strides ${strides}`, image, () =>
            make.conv2d({ filters: 4, kernelSize: 3, strides, padding }),
          ),
        ),
      ),
      one('dilated', image, () => make.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same' })),
      one('channels first, activation', image, () =>
        make.conv2d({ filters: 4, kernelSize: [3, 2], dataFormat: 'channelsFirst', activation: 'elu' }),
      ),
      one('without bias', image, () =>
        make.conv2d({ filters: 4, kernelSize: 1, useBias: false, activation: 'relu6' as 'relu' }),
      ),
    ],
  },
  {
    names: ['conv2dTranspose'],
    cases: [
      ...paddings.flatMap((padding) =>
        each([1, 2, 3] as const, (strides) =>
          one(`${padding}, strides ${strides}`, image, () =>
            make.conv2dTranspose({ filters: 4, kernelSize: 3, strides, padding, activation: 'tanh' }),
          ),
        ),
      ),
      one('channels first', image, () =>
        make.conv2dTranspose({ filters: 4, kernelSize: 4, strides: 2, padding: 'same', dataFormat: 'channelsFirst' }),
      ),
    ],
  },
  {
    names: ['conv3d'],
    cases: [
      ...each(paddings, (padding) =>
        one(padding, [[5, 6, 4, 2]], () => make.conv3d({ filters: 3, kernelSize: 3, padding })),
      ),
      one('strides, activation', [[5, 6, 4, 2]], () =>
        make.conv3d({ filters: 3, kernelSize: 2, strides: [1, 2, 2], padding: 'same', activation: 'relu' }),
      ),
    ],
  },
  {
    names: ['conv3dTranspose'],
    cases: [
      ...each(paddings, (padding) =>
        one(padding, [[3, 4, 3, 2]], () => make.conv3dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding })),
      ),
    ],
  },
  {
    names: ['depthwiseConv2d'],
    cases: [
      ...paddings.flatMap((padding) =>
        each([1, 2] as const, (strides) =>
          one(`${padding}, strides ${strides}`, image, () =>
            make.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides, padding }),
          ),
        ),
      ),
      one('channels first', image, () =>
        make.depthwiseConv2d({ kernelSize: 3, dataFormat: 'channelsFirst', activation: 'relu' }),
      ),
      one('dilated', image, () => make.depthwiseConv2d({ kernelSize: 3, dilationRate: 2 })),
    ],
  },
  {
    names: ['separableConv2d'],
    cases: [
      ...each(paddings, (padding) =>
        one(padding, image, () => make.separableConv2d({ filters: 4, kernelSize: 3, padding, depthMultiplier: 2 })),
      ),
      one('strides, activation', image, () =>
        make.separableConv2d({ filters: 4, kernelSize: 3, strides: 2, activation: 'relu' }),
      ),
    ],
  },
  {
    names: ['upSampling2d'],
    cases: [
      one('nearest', image, () => make.upSampling2d({ size: [2, 3] })),
      one('bilinear', image, () => make.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })),
      one('channels first', image, () => make.upSampling2d({ size: [2, 2], dataFormat: 'channelsFirst' })),
    ],
  },
  {
    names: ['zeroPadding2d'],
    cases: [
      one('own padding for every side', image, () =>
        make.zeroPadding2d({
          padding: [
            [1, 2],
            [0, 3],
          ],
        }),
      ),
      one('channels first', image, () => make.zeroPadding2d({ padding: 2, dataFormat: 'channelsFirst' })),
    ],
  },
  {
    names: ['cropping2D'],
    cases: [
      one('own cropping for every side', image, () =>
        make.cropping2D({
          cropping: [
            [1, 2],
            [0, 3],
          ],
        }),
      ),
      one('channels first', image, () =>
        make.cropping2D({
          cropping: [
            [1, 0],
            [0, 1],
          ],
          dataFormat: 'channelsFirst',
        }),
      ),
    ],
  },
]

/** Pooling layers come in pairs, and in three spellings each. */
