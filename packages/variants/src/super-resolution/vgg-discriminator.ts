import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied, Blocks, normalWeights } from '../architectures/blocks.ts'
import { type Network, networkOf } from '../network.ts'
import type { SuperResolutionOptions } from './super-resolution-options.ts'

/** What a discriminator of large images is built for. */
export interface VggDiscriminatorRequest {
  readonly options: Pick<
    SuperResolutionOptions,
    'discriminatorWidth' | 'discriminatorNormalization' | 'denseUnits' | 'initializer' | 'layerNoise'
  >
  /** Images that it judges: [height, width, channels]. */
  readonly samples: readonly number[]
  readonly seed: number
}

/** Widths of the pairs of convolutions, as multiples of the first; the second of each pair halves its maps. */
const WIDTHS = [1, 2, 4, 8] as const

/**
 * The discriminator of Ledig et al. 2017 (figure 4): eight convolutions of 3×3 with 64 to 512 channels and leaky ReLU 0.2, every second of
 * stride 2, batch normalization in all but the first, a layer of 1,024 units that sees the whole image.
 *
 * `samples` [batch, height, width, channels] to `logits` [batch, 1] and `features` [batch, denseUnits].
 */
export function vggDiscriminator({ options, samples, seed }: VggDiscriminatorRequest): Network {
  const blocks = new Blocks(
    'discriminator',
    { ...normalWeights, activation: 'leakyReLU' },
    { options: { ...options, generatorNormalization: 'none', dropout: 0 }, seed },
  )
  const useBias = blocks.biasBeforeNormalization
  const first = input({ shape: [...samples] })
  let maps: SymbolicTensor = first
  for (const multiple of WIDTHS) {
    const filters = options.discriminatorWidth * multiple
    for (const strides of [1, 2]) {
      const bare = maps === first
      const convolved = blocks.conv2d(maps, { filters, kernelSize: 3, strides, useBias: bare || useBias })
      maps = blocks.perturb(bare ? blocks.activate(convolved) : blocks.normalizeAndActivate(convolved))
    }
  }
  const features = blocks.activate(blocks.dense(applied(layers.flatten({}), maps), options.denseUnits))
  return networkOf('discriminator', { samples: first }, { logits: blocks.dense(features, 1), features })
}
