import { ConfigurationError } from '@gantry/core'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'
import { BicubicEnlargement } from '../layers/bicubic-enlargement.ts'
import { type Network, networkOf } from '../network.ts'
import type { SuperResolutionOptions } from './super-resolution-options.ts'

/** What a network is built for that makes images larger. */
export interface EnlargingRequest<Options> {
  readonly options: Options & Pick<SuperResolutionOptions, 'factor' | 'skip'>
  /** Of the images that it is given, and makes. */
  readonly channels: number
  readonly seed: number
}

/** Builds a network of `low` [batch, height, width, channels] to `high`, `factor` times as high and wide: images of any size. */
export type EnlargingNetwork<Options> = (request: EnlargingRequest<Options>) => Network

/** Of the initial kernel of a last layer whose output is added to the enlarged image: training begins at bicubic interpolation. */
export const lastGain = ({ skip }: Pick<SuperResolutionOptions, 'skip'>, usual = 1) => (skip === 'none' ? usual : 1e-3)

/** The layers from a small image to a large one as a network, with what its output is added to. */
export function enlargingNetwork(
  { options: { factor, skip } }: EnlargingRequest<unknown>,
  low: SymbolicTensor,
  made: SymbolicTensor,
): Network {
  const high =
    skip === 'none' ? made : applied(layers.add({}), [applied(new BicubicEnlargement({ factor }), low), made])
  return networkOf('generator', { low }, { high })
}

/** How often a factor doubles. */
export const doublingsOf = (factor: number) => Math.log2(factor)

/**
 * Refuses images that cannot be reduced by the factor.
 *
 * @param shape of the large images: [height, width, channels]
 * @throws ConfigurationError `SIZE_IMPOSSIBLE`, with the nearest size
 */
export function checkReducible([height = 0, width = 0]: readonly number[], factor: number): void {
  if (height % factor === 0 && width % factor === 0 && Math.min(height, width) > 0) return
  const side = Math.max(factor, Math.round(Math.max(height, width) / factor) * factor)
  throw new ConfigurationError({
    code: 'SIZE_IMPOSSIBLE',
    message: `Images are reduced ${factor} times to learn from, but ${height}×${width} pixels cannot be divided by ${factor}.`,
    fix: `Use --size ${side}, or another multiple of ${factor}.`,
  })
}
