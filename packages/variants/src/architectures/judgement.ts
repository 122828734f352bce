import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { MinibatchDiscrimination } from '../layers/minibatch-discrimination.ts'
import { MinibatchStandardDeviation } from '../layers/minibatch-standard-deviation.ts'
import type { ArchitectureRequest } from './architecture.ts'
import { applied } from './blocks.ts'
import type { DiscriminatorBeginning } from './conditioning.ts'

/** The spread of each group of samples as one more channel, where the options ask for it. */
export function withSpread({ options }: ArchitectureRequest, input: SymbolicTensor): SymbolicTensor {
  const size = options.minibatchStandardDeviation
  return size === 0 ? input : applied(new MinibatchStandardDeviation({ size }), input)
}

/**
 * The outputs of a discriminator from its last hidden layer: logits, features, then every head.
 *
 * A projection adds ⟨embedding of the label, features⟩ to the logits (Miyato & Koyama 2018, equation 3).
 */
export function judgement(
  { options, heads = {} }: ArchitectureRequest,
  { blocks, projected }: DiscriminatorBeginning,
  hidden: SymbolicTensor,
): SymbolicTensor[] {
  const kernels = options.minibatchDiscrimination
  const compare = () => new MinibatchDiscrimination({ kernels, kernelInitializer: blocks.kernelInitializer() })
  const features = kernels === 0 ? hidden : applied(compare(), hidden)
  let logits = blocks.dense(features, 1)
  if (projected) {
    const embedding = blocks.dense(projected, features.shape[1]!, { useBias: false })
    logits = applied(layers.add({}), [logits, applied(layers.dot({ axes: 1 }), [embedding, features])])
  }
  return [logits, features, ...Object.values(heads).map((width) => blocks.dense(features, width))]
}
