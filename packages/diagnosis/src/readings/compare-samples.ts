import type { Coordinates } from '@gantry/modalities'
import { type Distances, distances, nearest } from './distances.ts'
import type { Readings } from './readings.ts'

/** The neighbour whose distance is the radius of a sample's ball: as of precision and recall, and of coverage. */
const NEIGHBOUR = 5

/** Real samples, and what is the same at every look. */
export interface RealSide {
  readonly samples: Coordinates
  /** Of the balls of each. */
  readonly radii: readonly number[]
  /** Distance of each to its nearest fellow. */
  readonly near: readonly number[]
  /** Of two different ones. */
  readonly meanDistance: number
}

export function realSide(samples: Coordinates): RealSide {
  const among = distances(samples, samples)
  return { samples, radii: ballsOf(among), near: nearest(among), meanDistance: meanDistance(among) }
}

/**
 * How generated samples lie among real ones, from their distances alone; as many of both kinds.
 *
 * - `diversity`: mean distance of two generated samples over that of two real ones. About 1; 0 where all are the same.
 * - `spacing`: mean distance of a generated sample to the nearest other one, over that of real ones. Small where samples are many
 *   times the same few.
 * - `precision`: share of generated samples within the fifth-neighbour ball of a real one (Kynkäänniemi et al. 2019).
 * - `coverage`: share of real samples with a generated one in their ball (Naeem et al. 2020, equation 4).
 * - `neighbourAccuracy`: how often the nearest neighbour of a sample is of its own kind (Lopez-Paz and Oquab 2017). 0.5 where nothing
 *   tells them apart, 1 where everything does, below 0.5 where every generated sample sits on a real one.
 */
export function compareSamples(generated: Coordinates, real: RealSide): Readings {
  const { samples, radii, near: nearReal } = real
  const [among, between] = [distances(generated, generated), distances(generated, samples)]
  const near = nearest(among)
  const own = near.filter((distance, row) => distance < rowMinimum(between, row)).length
  const ownReal = nearReal.filter((distance, column) => distance < columnMinimum(between, column)).length
  const inside = (row: number, column: number) => between.at(row, column) <= radii[column]!
  const rows = [...Array(generated.rows).keys()]
  const columns = [...Array(samples.rows).keys()]
  return {
    diversity: ratio(meanDistance(among), real.meanDistance),
    spacing: ratio(mean(near), mean(nearReal)),
    precision: share(rows, (row) => columns.some((column) => inside(row, column))),
    coverage: share(columns, (column) => rows.some((row) => inside(row, column))),
    neighbourAccuracy: (own + ownReal) / (generated.rows + samples.rows),
  }
}

function share<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  return items.filter(holds).length / items.length
}

function ballsOf(among: Distances): number[] {
  const place = Math.min(NEIGHBOUR, among.rows - 1)
  // Every row has its own sample at distance 0.
  return Array.from({ length: among.rows }, (_, row) => among.row(row).toSorted()[place]!)
}

function rowMinimum(between: Distances, row: number): number {
  return between.row(row).reduce((least, value) => Math.min(least, value), Infinity)
}

function columnMinimum(between: Distances, column: number): number {
  let least = Infinity
  for (let row = 0; row < between.rows; row++) least = Math.min(least, between.at(row, column))
  return least
}

/** Of two different samples. */
function meanDistance({ rows, values }: Distances): number {
  return values.reduce((sum, value) => sum + value, 0) / (rows * (rows - 1))
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Real samples that are all the same have no other measure than themselves. */
const ratio = (value: number, measure: number) => (measure > 0 ? value / measure : value > 0 ? Infinity : 1)
