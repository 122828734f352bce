import type { DatasetDefinition } from '../dataset-definition.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import type { SampleSource } from '../sample-source.ts'

/** Points in each set, as in the toy experiments of Improved Training of Wasserstein GANs. */
export const POINT_COUNT = 100_000

/** Fixed: a data set is the same for every run, whose own seed only orders it. */
export const pointSeed = 0

export interface PointCloud {
  /** x and y of each point, interleaved. */
  readonly points: Float32Array
  /** Mode of each point, where the distribution has modes. */
  readonly modes?: Uint8Array
}

/** A data set of [2] points; its labels are the indices of the modes. */
export function pointDataset(definition: DatasetDefinition, { points, modes }: PointCloud): OpenedDataset {
  const modeCount = modes?.reduce((most, mode) => Math.max(most, mode + 1), 0)
  const samples: SampleSource = {
    size: points.length / 2,
    sampleShape: [2],
    ...(modes && {
      labels: Array.from({ length: modeCount! }, (_, mode) => String(mode)),
      labelOf: (index: number) => modes[index]!,
    }),
    readAhead: 0,
    read(index, target) {
      target.set(points.subarray(2 * index, 2 * index + 2))
      return modes?.[index] ?? 0
    },
  }
  return openedDataset(definition, samples)
}
