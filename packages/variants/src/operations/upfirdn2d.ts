import { ShapeError } from '@gantry/core'
import { matMul, reshape, type Tensor, tensor, transpose } from '@tensorflow/tfjs-core'
import { BLUR, type Resampling, resampledLength, resamplingMatrix } from './resampling-matrix.ts'

/**
 * Images resampled along both axes with the same filter: [batch, height, width, channels] to [batch, …, …, channels].
 *
 * An axis is one product with a constant matrix. With space first, as convolutions of a compiled step lie, neither needs a transpose, and
 * however the filter moves, every derivative is a product with the transpose of the same matrix.
 *
 * @throws ShapeError `RESAMPLED_AWAY` where nothing would be left
 */
export function upfirdn2d(images: Tensor, resampling: Resampling, filter: readonly number[] = BLUR): Tensor {
  const [, height, width, channels] = images.shape as [number, number, number, number]
  const [rows, columns] = [height, width].map((length) => resampledLength(length, filter.length, resampling)) as [
    number,
    number,
  ]
  if (Math.min(rows, columns) < 1) throw resampledAway([height, width], filter.length, resampling)
  const matrix = (length: number, resampled: number) =>
    tensor(resamplingMatrix(length, filter, resampling), [resampled, length])
  const spaceFirst = transpose(images, [1, 2, 0, 3])
  const down = matMul(matrix(height, rows), reshape(spaceFirst, [height, -1]))
  const across = matMul(reshape(matrix(width, columns), [1, columns, width]), reshape(down, [rows, width, -1]))
  return transpose(reshape(across, [rows, columns, -1, channels]), [2, 0, 1, 3])
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
