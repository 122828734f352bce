import { ConfigurationError } from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { networkOf } from '../network.ts'
import type { DiscriminatorNetwork, GeneratorNetwork } from './architecture.ts'

/**
 * Layers that treat every sample on its own and change no state. Not among them: batch normalization, what compares samples,
 * spectral normalization (which takes a step of power iteration a call), and layers that are not known here.
 */
const PER_SAMPLE = new Set([
  ...['InputLayer', 'Dense', 'Conv1D', 'Conv2D', 'Conv2DTranspose', 'DepthwiseConv2D', 'SeparableConv2D', 'Embedding'],
  ...['Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU', 'Softmax', 'LayerNormalization'],
  ...['Flatten', 'Reshape', 'Permute', 'RepeatVector', 'ZeroPadding2D', 'Cropping2D', 'UpSampling2D'],
  ...['AveragePooling2D', 'MaxPooling2D', 'GlobalAveragePooling2D', 'GlobalMaxPooling2D', 'GlobalSumPooling'],
  ...['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot'],
  // A pack has samples of one kind only.
  ...['GroupNormalization', 'PixelNormalization', 'ClassScale', 'PackSamples', 'NoiseDropout', 'NoiseGaussian'],
])

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
    perSample: network.layers.every((layer) => PER_SAMPLE.has(layer.getClassName())),
    judge: (samples, classes, { training }) => {
      const given = inputsOf('discriminator', inputs, samples, classes)
      const [logits, features, ...others] = network.apply(given, { training }) as [Tensor, Tensor, ...Tensor[]]
      return { logits, features, heads: Object.fromEntries(heads.map((name, index) => [name, others[index]!])) }
    },
  }
}
