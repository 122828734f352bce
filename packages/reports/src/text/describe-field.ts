import type { Field, Port } from '@gantry/core'

/** `image 28×28×1`, `label of 10 names`, `latent 16, drawn (normal)` */
export function describeField(field: Field | Port): string {
  const { modality, shape, names, field: own, drawn, otherwise }: Port = field
  const lengths = shape.length > 0 ? ` ${shape.join('×')}` : ''
  return [
    `${modality}${lengths}${names ? ` of ${names.length} names` : ''}`,
    ...(own === undefined ? [] : [`as the field '${own}' of the data`]),
    ...(drawn === undefined ? [] : [`drawn (${drawn})`]),
    ...(otherwise === undefined ? [] : [`${otherwise} unless it is given`]),
  ].join(', ')
}
