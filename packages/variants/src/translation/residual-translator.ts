import { ConfigurationError } from '@gantry/core'
import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied, Blocks, normalWeights } from '../architectures/blocks.ts'
import { ReflectionPadding2D } from '../layers/reflection-padding.ts'
import { type Network, networkOf } from '../network.ts'
import type { TranslationOptions } from './translation-options.ts'

/** What a residual generator is built for. */
export interface ResidualRequest {
  readonly options: Pick<
    TranslationOptions,
    'generatorWidth' | 'generatorNormalization' | 'initializer' | 'layerNoise'
  > & {
    readonly residualBlocks?: number | undefined
  }
  /** Images that it is given, and makes: [height, width, channels] of the same height and width. */
  readonly source: readonly number[]
  readonly target: readonly number[]
  readonly seed: number
}

/** Blocks for images below 256 pixels, and from there on (Zhu et al. 2017, section 7.2). */
const blocksFor = ([height = 0, width = 0]: readonly number[]) => (Math.max(height, width) < 256 ? 6 : 9)

/** Sides of its images are multiples of this. */
export const RESIDUAL_MULTIPLE = 4

/**
 * The generator of Zhu et al. 2017 (section 7.2, after Johnson et al. 2016): c7s1-64, d128, d256, residual blocks, u128, u64, c7s1-3;
 * instance normalization and ReLU, tanh at the end, reflection padding around the layers of stride 1.
 *
 * `source` [batch, height, width, channels] to `target` of the same height and width, multiples of 4.
 *
 * @throws ConfigurationError `SIZE_IMPOSSIBLE`
 */
export function residualTranslator({ options, source, target, seed }: ResidualRequest): Network {
  checkSize(source)
  const { generatorWidth: width, residualBlocks = blocksFor(source) } = options
  const blocks = new Blocks(
    'generator',
    { ...normalWeights, activation: 'relu' },
    { options: { ...options, discriminatorNormalization: 'none', dropout: 0 }, seed },
  )
  const useBias = blocks.biasBeforeNormalization
  const mirrored = (maps: SymbolicTensor, padding: number) => applied(new ReflectionPadding2D({ padding }), maps)
  const finished = (maps: SymbolicTensor) => blocks.perturb(blocks.normalizeAndActivate(maps))
  const within = (maps: SymbolicTensor) =>
    blocks.conv2d(mirrored(maps, 1), { filters: width * 4, kernelSize: 3, padding: 'valid', useBias })

  const first = input({ shape: [null, null, source[2]!] })
  let maps = finished(blocks.conv2d(mirrored(first, 3), { filters: width, kernelSize: 7, padding: 'valid', useBias }))
  for (const filters of [width * 2, width * 4]) {
    const padded = applied(layers.zeroPadding2d({ padding: [1, 1] }), maps)
    maps = finished(blocks.conv2d(padded, { filters, kernelSize: 3, strides: 2, padding: 'valid', useBias }))
  }
  for (let block = 0; block < residualBlocks; block++) {
    const residual = blocks.normalize(within(finished(within(maps))))
    maps = applied(layers.add({}), [maps, residual])
  }
  for (const filters of [width * 2, width]) {
    maps = finished(blocks.conv2dTranspose(maps, { filters, kernelSize: 3, strides: 2, useBias }))
  }
  const last = blocks.conv2d(mirrored(maps, 3), { filters: target[2]!, kernelSize: 7, padding: 'valid' })
  return networkOf('generator', { source: first }, { target: applied(layers.activation({ activation: 'tanh' }), last) })
}

function checkSize([height = 0, width = 0]: readonly number[]): void {
  if (height % 4 === 0 && width % 4 === 0 && Math.min(height, width) >= 8) return
  throw new ConfigurationError({
    code: 'SIZE_IMPOSSIBLE',
    message: `A residual generator halves its images twice, and makes them large again, but ${height}×${width} pixels are no multiples of 4 from 8 on.`,
    fix: `Use --size ${Math.max(8, Math.round(Math.max(height, width) / 4) * 4)}.`,
  })
}
