import { convolution, fork, pool, type Step } from '../extractors/network/steps.ts'

/** The networks that LPIPS has heads for, by the reference's names. */
export type PerceptualNetwork = 'vgg' | 'alex' | 'squeeze'

const shrink = pool('MaxPool', 2, { stride: 2 })
const shrinkOverlapping = pool('MaxPool', 3, { stride: 2 })
const shrinkCeiling = pool('MaxPool', 3, { stride: 2, ceil: true })

/** SqueezeNet's module (Iandola et al. 2016): few channels, then two kernels side by side. */
function fire(name: string, squeezed: number, expanded: number): readonly Step[] {
  return [
    convolution(`${name}.squeeze`, squeezed, 1),
    fork([convolution(`${name}.expand1x1`, expanded, 1)], [convolution(`${name}.expand3x3`, expanded, 3)]),
  ]
}

/** Each network in slices: the features after every slice are compared. Layers have torchvision's names. */
export const perceptualNetworks: Readonly<Record<PerceptualNetwork, readonly (readonly Step[])[]>> = {
  // VGG-16 (Simonyan and Zisserman 2015), to the last ReLU of each block.
  vgg: [
    [convolution('features.0', 64, 3), convolution('features.2', 64, 3)],
    [shrink, convolution('features.5', 128, 3), convolution('features.7', 128, 3)],
    [
      shrink,
      convolution('features.10', 256, 3),
      convolution('features.12', 256, 3),
      convolution('features.14', 256, 3),
    ],
    [
      shrink,
      convolution('features.17', 512, 3),
      convolution('features.19', 512, 3),
      convolution('features.21', 512, 3),
    ],
    [
      shrink,
      convolution('features.24', 512, 3),
      convolution('features.26', 512, 3),
      convolution('features.28', 512, 3),
    ],
  ],
  // AlexNet on one GPU (Krizhevsky 2014), after every ReLU.
  alex: [
    [convolution('features.0', 64, 11, { stride: 4, padding: 2 })],
    [shrinkOverlapping, convolution('features.3', 192, 5)],
    [shrinkOverlapping, convolution('features.6', 384, 3)],
    [convolution('features.8', 256, 3)],
    [convolution('features.10', 256, 3)],
  ],
  // SqueezeNet 1.1.
  squeeze: [
    [convolution('features.0', 64, 3, { stride: 2, padding: 0 })],
    [shrinkCeiling, ...fire('features.3', 16, 64), ...fire('features.4', 16, 64)],
    [shrinkCeiling, ...fire('features.6', 32, 128), ...fire('features.7', 32, 128)],
    [shrinkCeiling, ...fire('features.9', 48, 192)],
    [...fire('features.10', 48, 192)],
    [...fire('features.11', 64, 256)],
    [...fire('features.12', 64, 256)],
  ],
}

/** Name of a layer's head in the weights: one number a channel. */
export function headName(layer: number): string {
  return `lin${layer}.model.1.weight`
}
