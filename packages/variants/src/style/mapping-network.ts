import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'
import { layerSeeds } from '../layer-seeds.ts'
import { BiasActivation } from '../layers/bias-activation.ts'
import { EqualizedDense } from '../layers/equalized-dense.ts'
import { PixelNormalization } from '../layers/pixel-normalization.ts'
import { type Network, networkOf } from '../network.ts'

export interface MappingRequest {
  /** What errors call it. */
  readonly name: string
  /** Of z; absent where only labels are mapped. */
  readonly latentSize?: number
  /** Absent without labels. */
  readonly classes?: number | undefined
  /** Of what it ends in, and of its hidden layers. */
  readonly styleSize: number
  readonly layers: number
  readonly learningRateMultiplier: number
  readonly seed: number
}

/**
 * The mapping of StyleGAN (Karras et al. 2019, section 2): layers with leaky ReLU from z and an embedding of the label, each brought to
 * unit spread, to w: `latent` and `labels` to `w` [batch, styleSize].
 */
export function mappingNetwork(request: MappingRequest): Network {
  const { name, latentSize, classes, styleSize, learningRateMultiplier } = request
  const nextSeed = layerSeeds(request.seed, name)
  const latent = latentSize === undefined ? undefined : input({ shape: [latentSize] })
  const labels = classes === undefined ? undefined : input({ shape: [classes] })
  const embedding =
    labels && applied(new EqualizedDense({ units: styleSize, seed: nextSeed(), name: 'embedding' }), labels)
  const parts = [latent, embedding].filter((part) => part !== undefined)
  const unit = parts.map((part) => applied(new PixelNormalization({}), part))
  let hidden: SymbolicTensor = unit.length === 1 ? unit[0]! : applied(layers.concatenate({ axis: -1 }), unit)
  for (let index = 0; index < request.layers; index++) {
    const gain = Math.SQRT2
    const dense = new EqualizedDense({
      ...{ units: styleSize, useBias: false, gain, learningRateMultiplier, seed: nextSeed() },
      name: `dense${index}`,
    })
    hidden = applied(
      new BiasActivation({ gain, learningRateMultiplier, name: `dense${index}/activation` }),
      applied(dense, hidden),
    )
  }
  return networkOf(name, { ...(latent && { latent }), ...(labels && { labels }) }, { w: hidden }, 'by-layer')
}
