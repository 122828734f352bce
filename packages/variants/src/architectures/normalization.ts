import { ConfigurationError } from '@gantry/core'
import { layers } from '@tensorflow/tfjs-layers'
import { GroupNormalization } from '../layers/group-normalization.ts'
import { InstanceNormalization } from '../layers/instance-normalization.ts'
import type { ArchitectureOptions } from './architecture-options.ts'
import type { Initializer } from './orthogonal-initializer.ts'

export type Normalization =
  | ArchitectureOptions['generatorNormalization']
  | ArchitectureOptions['discriminatorNormalization']

/** Normalizations that learn scale and offset. */
type Scaling = 'batch' | 'layer' | 'instance' | 'group'

/** True for the normalizations that learn scale and offset. */
export function hasOffset(normalization: Normalization): normalization is Scaling {
  return !['none', 'pixel', 'spectral'].includes(normalization)
}

/**
 * Refuses a normalization over pixels for layers that have none.
 *
 * @throws ConfigurationError `OPTIONS_INCOMPATIBLE`
 */
export function refuseInstance(
  option: 'generatorNormalization' | 'discriminatorNormalization',
  options: ArchitectureOptions,
  where: string,
): void {
  if (options[option] !== 'instance') return
  throw new ConfigurationError({
    code: 'OPTIONS_INCOMPATIBLE',
    message: `${option} is 'instance', which is over the pixels of a channel, but there are no pixels in ${where}.`,
    fix: `Use ${option} 'layer', or another architecture.`,
  })
}

const LARGEST_GROUP_COUNT = 32

/**
 * Wu & He 2018 take 32 groups; narrow layers get fewer. Of two numbers normalization would leave the signs only: vectors, which
 * have no pixels, get groups of 16 at least.
 */
function groupsOf(shape: readonly (number | null)[]): number {
  const channels = shape.at(-1)!
  let groups = Math.max(1, Math.min(LARGEST_GROUP_COUNT, Math.floor(channels / (shape.length === 2 ? 16 : 2))))
  while (channels % groups !== 0) groups--
  return groups
}

/** @param gamma makes the initial scales of batch normalization; the others begin with ones */
export function scalingLayer(
  normalization: Scaling,
  shape: readonly (number | null)[],
  gamma: () => Initializer,
): InstanceType<typeof layers.Layer> {
  switch (normalization) {
    // Momentum and epsilon of the DCGAN authors' code (Torch's defaults, with the momentum seen from the other side).
    case 'batch':
      return layers.batchNormalization({
        momentum: 0.9,
        epsilon: 1e-5,
        gammaInitializer: gamma(),
      })
    case 'layer':
      return new GroupNormalization({ groups: 1 })
    case 'instance':
      // Of any number of pixels where their number is open.
      return shape.slice(1).includes(null)
        ? new InstanceNormalization({})
        : new GroupNormalization({ groups: shape.at(-1)! })
    case 'group':
      return new GroupNormalization({ groups: groupsOf(shape) })
  }
}
