import { ConfigurationError } from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { networkOf } from '../network.ts'
import type { DiscriminatorNetwork, GeneratorNetwork } from './architecture.ts'

/** Inputs of a network, by whether it is told the labels; labels for a network that is not are left out. */
function inputsOf(name: string, inputs: SymbolicTensor[], first: Tensor, classes: Tensor | undefined): Tensor[] {
  if (inputs.length === 1) return [first]
  if (classes !== undefined) return [first, classes]
  throw new ConfigurationError({
    code: 'LABELS_MISSING',
    message: `The ${name} is conditional, with ${inputs[1]!.shape[1]} classes, but was given no labels.`,
    fix: `Give one-hot labels of shape [${first.shape[0]},${inputs[1]!.shape[1]}].`,
  })
}

/** @param inputs noise, and labels if the network is told them */
export function generatorOf(inputs: SymbolicTensor[], output: SymbolicTensor): GeneratorNetwork {
  const network = model({ inputs, outputs: output })
  const { weights, trainable, dispose } = networkOf(network)
  return {
    weights,
    trainable,
    dispose,
    generate: (latent, classes, { training }) =>
      network.apply(inputsOf('generator', inputs, latent, classes), { training }) as Tensor,
  }
}

/**
 * @param inputs samples, and labels if the network is told them
 * @param outputs logits, features, and one output a head
 */
export function discriminatorOf(
  inputs: SymbolicTensor[],
  outputs: SymbolicTensor[],
  heads: readonly string[],
): DiscriminatorNetwork {
  const network = model({ inputs, outputs })
  const { weights, trainable, dispose } = networkOf(network)
  return {
    weights,
    trainable,
    dispose,
    judge: (samples, classes, { training }) => {
      const given = inputsOf('discriminator', inputs, samples, classes)
      const [logits, features, ...others] = network.apply(given, { training }) as [Tensor, Tensor, ...Tensor[]]
      return { logits, features, heads: Object.fromEntries(heads.map((name, index) => [name, others[index]!])) }
    },
  }
}
