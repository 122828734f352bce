import { ConfigurationError } from '@gantry/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied, Blocks, normalWeights } from '../architectures/blocks.ts'
import { NoiseDropout } from '../layers/noise-layers.ts'
import { type Network, networkOf } from '../network.ts'
import type { TranslationOptions } from './translation-options.ts'

/** What a U-Net is built for. */
export interface UnetRequest {
  readonly options: Pick<
    TranslationOptions,
    'generatorWidth' | 'generatorNormalization' | 'dropout' | 'dropoutInUse' | 'initializer' | 'layerNoise'
  >
  /** Images that it is given, and makes: [height, width, channels] of the same height and width. */
  readonly source: readonly number[]
  readonly target: readonly number[]
  readonly seed: number
}

/** Halvings of 256 pixels (Isola et al. 2017, section 6.1.1). */
const MOST_HALVINGS = 8

/** Layers of the decoder that have dropout there: the first three. */
const WITH_DROPOUT = 3

/** Widths stop growing at this many times the first. */
const WIDEST = 8

/**
 * How often images of this size can be halved, eight times at the most.
 *
 * @throws ConfigurationError `SIZE_IMPOSSIBLE` for a side that cannot be halved twice
 */
function halvingsOf([height = 0, width = 0]: readonly number[]): number {
  let halvings = 0
  while (halvings < MOST_HALVINGS && [height, width].every((side) => side % 2 ** (halvings + 1) === 0 && side > 0))
    halvings++
  if (halvings >= 2) return halvings
  const multiple = (side: number) => Math.max(4, Math.round(side / 4) * 4)
  throw new ConfigurationError({
    code: 'SIZE_IMPOSSIBLE',
    message: `A U-Net halves its images at least twice, but ${height}×${width} pixels cannot be.`,
    fix: `Use --size ${multiple(Math.max(height, width))}, or another multiple of 4 (of 256 for all eight halvings).`,
  })
}

/** Sides of the images of a U-Net that is built for images of this size are multiples of this. */
export const unetMultiple = (shape: readonly number[]): number => 2 ** halvingsOf(shape)

/**
 * A U-Net (Ronneberger et al. 2015) as Isola et al. 2017 have it (section 6.1.1): convolutions of stride 2 down to a map of a pixel
 * (or as far as the size can be halved), transposed ones up again, and every map of the way down beside its equal on the way up.
 * Leaky ReLU on the way down, ReLU on the way up, tanh at the end; dropout in the first three layers of the way up.
 *
 * `source` [batch, height, width, channels] to `target` of the same height and width: any that 2^halvings divides.
 */
export function unet({ options, source, target, seed }: UnetRequest): Network {
  const { generatorWidth, dropout, dropoutInUse } = options
  const halvings = halvingsOf(source)
  const blocks = new Blocks(
    'generator',
    { ...normalWeights, activation: 'leakyReLU' },
    { options: { ...options, discriminatorNormalization: 'none', dropout: 0 }, seed },
  )
  const useBias = blocks.biasBeforeNormalization
  const filtersAt = (depth: number) => generatorWidth * Math.min(2 ** depth, WIDEST)
  const first = input({ shape: [null, null, source[2]!] })
  const down: SymbolicTensor[] = []
  for (let depth = 0; depth < halvings; depth++) {
    const [isFirst, isLast] = [depth === 0, depth === halvings - 1]
    const given = isFirst ? first : blocks.activate(down.at(-1)!)
    // A map of one pixel would be normalized to nothing.
    const bare = isFirst || isLast
    const maps = blocks.conv2d(given, {
      filters: filtersAt(depth),
      kernelSize: 4,
      strides: 2,
      useBias: bare || useBias,
    })
    down.push(blocks.perturb(bare ? maps : blocks.normalize(maps)))
  }
  let maps = down.at(-1)!
  for (let depth = halvings - 2; depth >= 0; depth--) {
    const up = blocks.conv2dTranspose(relu(maps), { filters: filtersAt(depth), kernelSize: 4, strides: 2, useBias })
    let hidden = blocks.perturb(blocks.normalize(up))
    const layer = halvings - 2 - depth
    if (dropout > 0 && layer < WITH_DROPOUT) {
      const noise = `generator/dropout_${layer + 1}`
      hidden = applied(new NoiseDropout({ noise, rate: dropout, always: dropoutInUse }), hidden)
    }
    maps = applied(layers.concatenate({ axis: 3 }), [down[depth]!, hidden])
  }
  const last = blocks.conv2dTranspose(relu(maps), { filters: target[2]!, kernelSize: 4, strides: 2 })
  return networkOf('generator', { source: first }, { target: applied(layers.activation({ activation: 'tanh' }), last) })
}

const relu = (maps: SymbolicTensor) => applied(layers.activation({ activation: 'relu' }), maps)
