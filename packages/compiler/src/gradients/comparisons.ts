import { type GradConfig, type Tensor, zeros } from '@tensorflow/tfjs-core'

/**
 * Comparisons are constant wherever they are differentiable, so their gradient is zero. TF.js has none, and so cannot
 * differentiate twice through the masks of relu and leakyRelu.
 */
function constant(kernelName: string): GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (_, saved) => {
      const [a, b] = saved as [Tensor, Tensor]
      return { a: () => zeros(a.shape), b: () => zeros(b.shape) }
    },
  }
}

export const comparisonGradients: readonly GradConfig[] = [
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'Equal',
  'NotEqual',
].map(constant)
