import { cast, linalg, ones, type Tensor, where, zerosLike } from '@tensorflow/tfjs-core'

/**
 * Runs `body` while TF.js's functions that take a batch apart, entry by entry, compute it as a whole: recorded, a batch taken apart
 * would have the number of entries of the recording.
 */
export function withWholeBatches<Result>(body: () => Result): Result {
  const { bandPart } = linalg
  linalg.bandPart = (a, lower, upper) => {
    const [tensor, rows, columns] = [a as Tensor, ...(a as Tensor).shape.slice(-2)]
    if (columns === undefined) return bandPart(a, lower, upper)
    // TF.js's own band, of one matrix of ones: what it checks stays checked.
    const band = bandPart(ones([rows!, columns]), lower, upper)
    return where(cast(band, 'bool'), tensor, zerosLike(tensor)) as never
  }
  try {
    return body()
  } finally {
    linalg.bandPart = bandPart
  }
}
