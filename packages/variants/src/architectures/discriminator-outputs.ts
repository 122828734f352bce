import { ConfigurationError } from '@gantry/core'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { MinibatchDiscrimination } from '../layers/minibatch-discrimination.ts'
import { MinibatchStandardDeviation } from '../layers/minibatch-standard-deviation.ts'
import type { ArchitectureRequest } from './architecture.ts'
import { applied } from './blocks.ts'
import type { DiscriminatorStem } from './conditioning.ts'

/** The spread of each group of samples as one more channel, where the options ask for it. */
export function withSpread({ options }: ArchitectureRequest, input: SymbolicTensor): SymbolicTensor {
  const size = options.minibatchStandardDeviation
  return size === 0 ? input : applied(new MinibatchStandardDeviation({ size }), input)
}

/**
 * The outputs of a discriminator from its last hidden layer: logits, features, then every head.
 *
 * A projection adds ⟨embedding of the label, features⟩ to the logits (Miyato & Koyama 2018, equation 3).
 *
 * @throws ConfigurationError `HEAD_NAME_TAKEN` for a head that is called as one of the others is
 */
export function discriminatorOutputs(
  { options, heads = {} }: ArchitectureRequest,
  { blocks, projected }: DiscriminatorStem,
  hidden: SymbolicTensor,
): Record<string, SymbolicTensor> {
  const kernels = options.minibatchDiscrimination
  const compare = () => new MinibatchDiscrimination({ kernels, kernelInitializer: blocks.kernelInitializer() })
  const features = kernels === 0 ? hidden : applied(compare(), hidden)
  let logits = blocks.dense(features, 1)
  if (projected) {
    const embedding = blocks.dense(projected, features.shape[1]!, { useBias: false })
    logits = applied(layers.add({}), [logits, applied(layers.dot({ axes: 1 }), [embedding, features])])
  }
  const outputs: Record<string, SymbolicTensor> = { logits, features }
  for (const [name, width] of Object.entries(heads)) {
    if (name in outputs) throw nameTaken(name)
    outputs[name] = blocks.dense(features, width)
  }
  return outputs
}

function nameTaken(name: string): ConfigurationError {
  return new ConfigurationError({
    code: 'HEAD_NAME_TAKEN',
    message: `A head of the discriminator is called '${name}', but so is another of its outputs.`,
    fix: 'Call it something else.',
  })
}
