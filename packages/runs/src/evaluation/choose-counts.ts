import { counted, DataError } from '@gantry/core'
import type { Sides } from './open-sides.ts'

export interface Counts {
  readonly real: number
  readonly generated: number
  /** First of the generated samples: past the real ones where both sides are one data set. */
  readonly generatedFrom: number
  /** What a person should know about the numbers. */
  readonly note?: string
}

/**
 * How many samples of either side: as many as are asked for, or as there are, and the same number on both, for precision and
 * recall of unequal numbers say little. One data set against itself is cut into parts that share no sample.
 *
 * @throws DataError `SAMPLES_TOO_FEW`
 */
export function chooseCounts({ real, generated }: Sides, wanted: number): Counts {
  const same = 'samples' in real && real.samples.name === generated.name
  const most = Math.min(
    'samples' in real ? (real.samples.available ?? wanted) : Number.POSITIVE_INFINITY,
    generated.available ?? Number.POSITIVE_INFINITY,
  )
  const count = Math.min(wanted, same ? Math.floor(most / 2) : most)
  if (count < 2) {
    throw new DataError({
      code: 'SAMPLES_TOO_FEW',
      message: `Scores need 2 samples or more on either side, but of ${real.name} and ${generated.name} there ${count === 1 ? 'is 1' : `are ${count}`}.`,
      fix: 'Take a larger data set or folder.',
    })
  }
  const parts = same ? `${real.name} is compared with itself: two parts of ${count} that share no sample.` : undefined
  const limited =
    count < wanted ? `${counted(count, 'sample')} on either side instead of ${wanted}: there are no more.` : undefined
  const note = parts ?? limited
  return {
    real: 'samples' in real ? count : (real.statistics.count ?? 0),
    generated: count,
    generatedFrom: same ? count : 0,
    ...(note !== undefined && { note }),
  }
}
