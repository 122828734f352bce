import { ConfigurationError } from '@gantry/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied, Blocks, normalWeights } from '../architectures/blocks.ts'
import { type Network, networkOf } from '../network.ts'
import type { TranslationOptions } from './translation-options.ts'

/** What a discriminator of patches is built for. */
export interface PatchRequest {
  readonly options: Pick<
    TranslationOptions,
    'discriminatorWidth' | 'discriminatorNormalization' | 'receptiveField' | 'initializer' | 'layerNoise'
  >
  /** Images that it judges: [height, width, channels]. */
  readonly samples: readonly number[]
  readonly seed: number
}

/** Layers of stride 2, by the side of the patches: n of them, and two of stride 1, all of 4×4. */
const HALVINGS = { 16: 1, 70: 3, 286: 5 } as const

const WIDEST = 8

/**
 * PatchGAN (Isola et al. 2017, sections 3.2.2 and 6.1.2): a logit for every patch, at each place of a grid, with the padding of the
 * authors' code. Patches of 1 pixel are judged by convolutions of 1×1.
 *
 * `samples` [batch, height, width, channels] to `logits` [batch, rows, columns, 1], and `features` [batch, width]: the means of the
 * last hidden maps.
 *
 * @throws ConfigurationError `SIZE_IMPOSSIBLE` for images that are smaller than the layers need
 */
export function patchDiscriminator({ options, samples, seed }: PatchRequest): Network {
  const { discriminatorWidth: width, receptiveField } = options
  const blocks = new Blocks(
    'discriminator',
    { ...normalWeights, activation: 'leakyReLU' },
    { options: { ...options, generatorNormalization: 'none', dropout: 0 }, seed },
  )
  const useBias = blocks.biasBeforeNormalization
  const hiddenLayer = (given: SymbolicTensor, filters: number, layer: number, kernelSize: number, strides: number) => {
    const padded = kernelSize === 1 ? given : applied(layers.zeroPadding2d({ padding: [1, 1] }), given)
    const own = { filters, kernelSize, strides, padding: 'valid', useBias: layer === 0 || useBias } as const
    const maps = blocks.conv2d(padded, own)
    return blocks.perturb(layer === 0 ? blocks.activate(maps) : blocks.normalizeAndActivate(maps))
  }
  const first = input({ shape: [...samples] })
  let maps: SymbolicTensor = first
  if (receptiveField === 1) {
    maps = hiddenLayer(hiddenLayer(first, width, 0, 1, 1), width * 2, 1, 1, 1)
  } else {
    const halvings = HALVINGS[receptiveField]
    checkSize(samples, receptiveField, halvings)
    for (let layer = 0; layer <= halvings; layer++) {
      maps = hiddenLayer(maps, width * Math.min(2 ** layer, WIDEST), layer, 4, layer < halvings ? 2 : 1)
    }
  }
  const kernelSize = receptiveField === 1 ? 1 : 4
  const padded = kernelSize === 1 ? maps : applied(layers.zeroPadding2d({ padding: [1, 1] }), maps)
  const logits = blocks.conv2d(padded, { filters: 1, kernelSize, padding: 'valid' })
  const features = applied(layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }), maps)
  return networkOf('discriminator', { samples: first }, { logits, features })
}

/** Each layer of stride 1 takes a row and a column away, and one must be left. */
function checkSize([height = 0, width = 0]: readonly number[], receptiveField: number, halvings: number): void {
  const smallest = 3 * 2 ** halvings
  if (Math.min(height, width) >= smallest) return
  throw new ConfigurationError({
    code: 'SIZE_IMPOSSIBLE',
    message: `A discriminator of patches of ${receptiveField} pixels needs images of ${smallest} pixels a side, but these have ${height}×${width}.`,
    fix: `Use --size ${smallest} or more, or a smaller receptiveField.`,
  })
}
