import { type NDArray, ndarray, type TypedArray } from '@gantry/core'
import type { ImageBatch } from '../../features.ts'

/**
 * Runs a model that was exported for `size` images on any number: in pieces, the last one filled up with black images whose
 * results are dropped.
 */
export async function runInBatches(
  { shape, data }: ImageBatch,
  size: number,
  run: (images: ImageBatch) => Promise<Readonly<Record<string, NDArray>>>,
): Promise<Record<string, NDArray>> {
  const [count, ...rest] = shape as readonly [number, ...number[]]
  const pixels = data.length / count
  const parts: Record<string, TypedArray[]> = {}
  for (let start = 0; start < count; start += size) {
    const piece = new Uint8Array(size * pixels)
    piece.set(data.subarray(start * pixels, (start + size) * pixels))
    const present = Math.min(size, count - start)
    for (const [name, output] of Object.entries(await run(ndarray('uint8', [size, ...rest], piece)))) {
      parts[name] ??= []
      parts[name].push(output.data.subarray(0, (output.data.length / size) * present))
    }
  }
  return Object.fromEntries(
    Object.entries(parts).map(([name, arrays]) => [name, join(arrays as Float32Array[], count)]),
  )
}

function join(arrays: readonly Float32Array[], count: number): NDArray<'float32'> {
  const joined = new Float32Array(arrays.reduce((length, array) => length + array.length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return ndarray('float32', [count, joined.length / count], joined)
}
