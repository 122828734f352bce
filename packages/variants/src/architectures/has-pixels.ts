import type { Field } from '@gantry/core'

/** Whether samples are pixels, with a place in a plane and values in [-1, 1], rather than numbers without bound. */
export function hasPixels({ modality }: Pick<Field, 'modality'>): boolean {
  return modality === 'image'
}
