import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'

/** PReLU (He et al. 2015): what is below 0 times a slope that each channel learns, from 0.25. */
export function parametricRelu(maps: SymbolicTensor): SymbolicTensor {
  const alphaInitializer = initializers.constant({ value: 0.25 })
  return applied(layers.prelu({ sharedAxes: [1, 2], alphaInitializer } as Parameters<typeof layers.prelu>[0]), maps)
}
