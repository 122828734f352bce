import { ConfigurationError } from '@gantry/core'
import { type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied } from './architectures/blocks.ts'
import { type Ends, type Network, networkOf } from './network.ts'

/**
 * Lets any `tf.LayersModel` make the samples of a game: [batch, latentSize] in, [batch, ...shape] out. A second input is for
 * one-hot labels [batch, classes]. Images end in tanh, which is between -1 and 1 as the data are.
 *
 * The model's weights move with the game; it belongs to the game then, which disposes it.
 *
 * @throws ConfigurationError `NETWORK_UNFIT`
 *
 * @example
 * ```ts
 * const network = sequential({ layers: [layers.dense({ units: 2, inputShape: [16] })] })
 * const generator = ownGenerator(network)
 * ```
 */
export function ownGenerator(network: LayersModel): Network {
  checkEnds('generator', network)
  return networkOf('generator', inputsOf('latent', network), { samples: network.outputs[0]! })
}

/**
 * Lets any `tf.LayersModel` judge the samples of a game: [batch, ...shape] in, logits [batch, 1] out, so that its last
 * layer has no activation. A second input is for one-hot labels [batch, classes].
 *
 * What its last layer is given, flattened, counts as features (for `featureMatching`). Where that layer joins several, the
 * logits do.
 *
 * @throws ConfigurationError `NETWORK_UNFIT`
 */
export function ownDiscriminator(network: LayersModel): Network {
  checkEnds('discriminator', network)
  const logits = network.outputs[0]!
  if (logits.shape.length !== 2 || logits.shape[1] !== 1) {
    throw unfit(
      'discriminator',
      `ends in [${describe(logits)}]`,
      'End it in a dense layer of one unit without activation.',
    )
  }
  return networkOf('discriminator', inputsOf('samples', network), { logits, features: featuresBefore(logits) })
}

function inputsOf(first: 'latent' | 'samples', { inputs: [own, labels] }: LayersModel): Ends {
  return { [first]: own!, ...(labels && { labels }) }
}

/** The one input of the layer that made the logits, as [batch, width]. */
function featuresBefore(logits: SymbolicTensor): SymbolicTensor {
  const inputs = logits.sourceLayer.inboundNodes[logits.nodeIndex]?.inputTensors ?? []
  const [features] = inputs
  // A model's outputs must be different tensors.
  if (inputs.length !== 1) return applied(layers.activation({ activation: 'linear' }), logits)
  return features!.shape.length === 2 ? features! : applied(layers.flatten(), features!)
}

function checkEnds(role: string, { inputs, outputs }: LayersModel): void {
  if (outputs.length !== 1) throw unfit(role, `has ${outputs.length} outputs`, 'Give it one.')
  if (inputs.length > 2) {
    throw unfit(role, `has ${inputs.length} inputs`, 'Give it one, or two if it is conditioned on one-hot labels.')
  }
}

function unfit(role: string, detail: string, fix: string): ConfigurationError {
  return new ConfigurationError({ code: 'NETWORK_UNFIT', message: `The ${role}'s network ${detail}.`, fix })
}

function describe({ shape }: SymbolicTensor): string {
  return shape.map((length) => length ?? 'batch').join(',')
}
