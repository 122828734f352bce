import { ShapeError } from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { BandedMatrix } from './banded-product.ts'
import { filtered } from './filtered.ts'
import { BLUR, type Resampling, resampledLength, resamplingMatrix } from './resampling-matrix.ts'

/**
 * Images resampled along both axes with the same filter: [batch, height, width, channels] to [batch, …, …, channels].
 *
 * @throws ShapeError `RESAMPLED_AWAY` where nothing would be left
 */
export function upfirdn2d(images: Tensor, resampling: Resampling, filter: readonly number[] = BLUR): Tensor {
  const [, height, width] = images.shape as [number, number, number]
  const [rows, columns] = [height, width].map((length) => resampledLength(length, filter.length, resampling)) as [
    number,
    number,
  ]
  if (Math.min(rows, columns) < 1) throw resampledAway([height, width], filter.length, resampling)
  const matrix = (length: number, resampled: number): BandedMatrix => ({
    ...{ rows: resampled, columns: length },
    values: resamplingMatrix(length, filter, resampling),
  })
  return filtered(images, matrix(height, rows), matrix(width, columns))
}

/** Twice as many pixels a side, of the same brightness. */
export const ENLARGE: Resampling = { up: 2, padding: [2, 1], gain: 2 }

/** Half as many pixels a side. */
export const REDUCE: Resampling = { down: 2, padding: [1, 1] }

function resampledAway(size: readonly number[], taps: number, { up = 1, padding = [0, 0] }: Resampling): ShapeError {
  return new ShapeError({
    code: 'RESAMPLED_AWAY',
    message: `upfirdn2d: of ${size.join('×')} pixels, ${up} times as many and ${padding.join(' and ')} at the borders, a filter of ${taps} taps leaves none.`,
    fix: 'Resample larger images, or with more padding.',
  })
}
