import type { FeatureMatrix } from '../features.ts'
import type { Work } from '../work.ts'
import { nearestNeighbours } from './nearest-neighbours.ts'

/** Whether a generator repeats its training samples. */
export interface Memorisation {
  /** The nearest training sample of every generated one. */
  readonly indices: Int32Array
  readonly distances: Float64Array
  /**
   * That distance over the one from the training sample to its nearest other training sample. Well below 1: a copy, closer
   * to its original than real samples are to each other. 0/0, the copy of a sample that the data have twice, counts as 0.
   */
  readonly ratios: Float64Array
  /** Share of generated samples with a ratio above 1. */
  readonly authenticity: number
  /** Generated samples that equal a training sample. */
  readonly exactCopies: number
}

/**
 * Nearest training samples, and how near is suspicious: authenticity as in Alaa et al., How faithful is your synthetic
 * data?, ICML 2022, section 3.3 (a sample is authentic if its nearest real sample has a real neighbour that is nearer than
 * it). Even fresh samples of the data's own distribution do not score 1 (one third on a line, 0.38 in the plane, more in higher
 * dimensions): compare with the number of held-out real samples.
 *
 * @param generated and `training`: features of one layer, or pixels
 * @throws ConfigurationError `NEIGHBOUR_COUNT` for fewer than two training samples; ShapeError as `nearestNeighbours`
 *
 * @example
 * ```ts
 * const { authenticity, indices, ratios } = await memorisation(generated, training)
 * ```
 */
export async function memorisation(
  generated: FeatureMatrix,
  training: FeatureMatrix,
  work: Work = {},
): Promise<Memorisation> {
  const { indices, distances } = await nearestNeighbours(generated, training, work)
  // Only those training samples that are somebody's nearest are looked at.
  const originals = [...new Set(indices)]
  const within = await nearestNeighbours(rowsOf(training, originals), training, { ...work, count: 2 })
  const spacing = new Map(
    originals.map((original, row) => {
      // A sample finds itself, or the first of its twins, at distance 0; the other of the two is its neighbour.
      return [original, within.distances[2 * row + 1]!] as const
    }),
  )
  const ratios = distances.map((distance, row) => (distance === 0 ? 0 : distance / spacing.get(indices[row]!)!))
  const count = (holds: (row: number) => boolean) => ratios.reduce((sum, _, row) => sum + (holds(row) ? 1 : 0), 0)
  return {
    indices,
    distances,
    ratios,
    authenticity: count((row) => ratios[row]! > 1) / generated.rows,
    exactCopies: count((row) => distances[row] === 0),
  }
}

function rowsOf({ columns, data }: FeatureMatrix, rows: readonly number[]): FeatureMatrix {
  const picked = new Float64Array(rows.length * columns)
  for (const [index, row] of rows.entries())
    picked.set(data.subarray(row * columns, (row + 1) * columns), index * columns)
  return { rows: rows.length, columns, data: picked }
}
