import type { IdxSplit } from '../idx/idx-split.ts'
import type { PlanarImages } from './planar-source.ts'

/** The images of a pair of IDX files: one plane each. */
export function greyImages({ side, images, labels }: IdxSplit, names: readonly string[]): PlanarImages {
  const length = side * side
  return {
    size: labels.length,
    side,
    channels: 1,
    labels: names,
    labelOf: (index) => labels[index]!,
    plane: (index) => images.subarray(index * length, (index + 1) * length),
  }
}
