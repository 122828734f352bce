import type { SymbolicTensor } from '@tensorflow/tfjs-layers'
import { applied } from '../architectures/blocks.ts'
import { Clamp } from '../layers/clamp.ts'
import type { StyleGan2Options } from './style-options.ts'

/**
 * Maps with the limit that the options ask for, if any.
 *
 * @param gain of the activation before: what is less than √2, because maps are added, lowers the limit as well
 */
export function clamped(
  maps: SymbolicTensor,
  { activationClamp }: Pick<StyleGan2Options, 'activationClamp'>,
  gain = Math.SQRT2,
): SymbolicTensor {
  if (activationClamp === 0) return maps
  return applied(new Clamp({ limit: (activationClamp * gain) / Math.SQRT2 }), maps)
}
