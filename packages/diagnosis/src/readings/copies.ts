import type { Coordinates } from '@gantry/modalities'
import { distances, nearest } from './distances.ts'

/** A sample this much nearer to a training sample than that one is to its nearest fellow counts as its copy. */
const NEAR = 1 / 3

/** Training samples with the distance of each to its nearest fellow. */
export interface Originals {
  readonly samples: Coordinates
  readonly spacing: readonly number[]
}

export function originalsOf(samples: Coordinates): Originals {
  return { samples, spacing: nearest(distances(samples, samples)) }
}

/**
 * The share of generated samples that are copies of training samples: less than a third as far from the nearest one as that is
 * from its own nearest fellow (the ratio of Alaa et al. 2022, section 3.3). Fresh samples of many dimensions have none; of points
 * in the plane one in ten.
 */
export function copiesAmong(generated: Coordinates, { samples, spacing }: Originals): number {
  const between = distances(generated, samples)
  let copies = 0
  for (let row = 0; row < generated.rows; row++) {
    const own = between.row(row)
    const nearest = own.reduce((best, value, column) => (value < own[best]! ? column : best), 0)
    if (own[nearest]! <= NEAR * spacing[nearest]!) copies++
  }
  return copies / generated.rows
}
