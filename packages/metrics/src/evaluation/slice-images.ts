import { ndarray } from '@gantry/core'
import type { ImageBatch } from '../features.ts'

/** Images number `start` to `start + count - 1`: a view. */
export function sliceImages({ shape, data }: ImageBatch, start: number, count: number): ImageBatch {
  const [, ...image] = shape
  const length = image.reduce((product, side) => product * side, 1)
  return ndarray('uint8', [count, ...image], data.subarray(start * length, (start + count) * length))
}
