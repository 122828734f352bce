import type { GradConfig } from '@tensorflow/tfjs-core'
import { constant } from './gradient.ts'

/**
 * Operations that are constant wherever they are differentiable: their gradient is zero, at every order. TF.js lacks
 * most of these gradients, and so cannot differentiate twice through the masks of relu and leakyRelu.
 */
const kernels: readonly (readonly [inputs: readonly string[], kernelNames: readonly string[]])[] = [
  [
    ['a', 'b'],
    [
      'Equal',
      'NotEqual',
      'Greater',
      'GreaterEqual',
      'Less',
      'LessEqual',
      'LogicalAnd',
      'LogicalOr',
      'LogicalXor',
      'BitwiseAnd',
      // TF.js pretends that this is an exact division.
      'FloorDiv',
    ],
  ],
  [
    ['x'],
    [
      'All',
      'Any',
      'ArgMax',
      'ArgMin',
      'Ceil',
      'Floor',
      'IsFinite',
      'IsInf',
      'IsNan',
      'LogicalNot',
      'OnesLike',
      'Round',
      'Sign',
      'Step',
      'ZerosLike',
    ],
  ],
  [['indices'], ['OneHot']],
]

export const piecewiseConstantGradients: readonly GradConfig[] = kernels.flatMap(([inputs, kernelNames]) =>
  kernelNames.map((kernelName) => constant(kernelName, inputs)),
)
